"""Decides what the console says over HTTP to programs, and who may speak to it at all."""
