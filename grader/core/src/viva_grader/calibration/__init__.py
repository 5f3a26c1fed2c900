"""Decides how far a model's rubric scores can be trusted: by comparing them with people's."""
