"""Decides who may log in to the hub: staff by link or OAuth, candidates by ticket."""
