"""Decides how the store is brought to the newest form: Alembic, one process at a time."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from viva_console.store.engine import connect

_LOCK = 0x76697661
"""The advisory lock of whoever migrates: ``viva`` in ASCII."""


def migrate(url: str) -> None:
    """Create or upgrade the tables; does nothing where they are up to date.

    Parameters
    ----------
    url : str
        PostgreSQL ≥ 15, as libpq reads it.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = connect(url)
    try:
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
