"""Decides how the store keeps people's blind ratings, and who has seen a model's scores."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add ratings, the steps towards them, and what was imported."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver's own cursor: several statements at once, and no per cent sign is a parameter.
    op.get_bind().connection.cursor().execute(sql)
