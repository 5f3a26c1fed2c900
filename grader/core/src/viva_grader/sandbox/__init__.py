"""Where submissions run: one port, two adapters; nothing in here knows a test or an answer."""
