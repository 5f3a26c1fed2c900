"""How work waits for workers: a port, and procrastinate behind it."""
