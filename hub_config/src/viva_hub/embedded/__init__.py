"""Decides what a candidate gets without a container engine: a room of namespaces."""
