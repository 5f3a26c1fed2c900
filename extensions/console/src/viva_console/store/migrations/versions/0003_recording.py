"""Decides how the store keeps recordings: every update of a notebook, written once and sealed."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the log of updates, and beside it how far each notebook's has come."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver's own cursor: several statements at once, and no per cent sign is a parameter.
    op.get_bind().connection.cursor().execute(sql)
