"""How the store's tables came to be: Alembic's revisions, run by ``viva migrate``."""
