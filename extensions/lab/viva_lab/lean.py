"""Decides what a candidate's server does not import: what costs much and gives nothing.

Measured: of 2.6 s that the imports of a single-user server take, 1.7 s go into compiling a grammar.
"""

import sys

# jsonschema checks addresses with foreign letters by it, if it is there. No schema of the server's
# has such a field.
UNUSED = ("rfc3987_syntax",)


def leave_out() -> None:
    """Make imports of what is unused fail; those who import it do without. Call it first of all."""
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # pyright: ignore[reportArgumentType] -- how Python marks a module that is not to be had
