"""Verdicts: what a part is worth, from facts that were measured elsewhere; no I/O."""
