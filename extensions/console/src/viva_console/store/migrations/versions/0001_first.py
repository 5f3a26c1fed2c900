"""Decides the store's first form: evidence that nobody can change, state beside it."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table and the triggers that keep evidence as it was written."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver's own cursor: several statements at once, and no per cent sign is a parameter.
    op.get_bind().connection.cursor().execute(sql)
