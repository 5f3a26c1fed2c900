"""Where everything is kept: a port, and PostgreSQL behind it."""
