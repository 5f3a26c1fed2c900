"""Decides how the store keeps what staff know of a candidate."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column to interviews."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver's own cursor: several statements at once, and no per cent sign is a parameter.
    op.get_bind().connection.cursor().execute(sql)
