"""Decides what a candidate gets on a Docker engine: a network, a database, a server."""
