"""Decides how a revision meets the database: on the connection of ``store.migrate``."""

from alembic import context

from viva_console.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
