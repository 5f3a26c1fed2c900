"""Decides how a class of the author's notebook is described: by its methods, and one more fact."""

SWALLOWS = "__exit__ may swallow"
"""Stands among the methods of a class whose ``__exit__`` can end an exception."""
