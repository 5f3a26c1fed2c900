"""How the console speaks to JupyterHub and to candidates' servers: a port, and HTTP behind it."""
