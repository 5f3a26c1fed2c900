"""Decides how the store keeps people's levels, their comments and what the levels change."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add judgements, comments, and the recommendation that stood to decisions."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver's own cursor: several statements at once, and no per cent sign is a parameter.
    op.get_bind().connection.cursor().execute(sql)
