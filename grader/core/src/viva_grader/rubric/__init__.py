"""Decides how a model scores what tests cannot: prompt, redact, parse, verify, keep for replay."""
