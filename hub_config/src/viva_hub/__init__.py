"""The hub zone: settings, authenticator and spawners for JupyterHub."""
