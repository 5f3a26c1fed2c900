"""Decides how a cell's text becomes a tree: in one piece, whatever has to be cleaned up."""

import ast
import gc


def parse_cell(source: str, name: str = "<cell>") -> ast.Module:
    """Parse as ``ast.parse`` does, without collecting garbage in the middle of it.

    What a collection runs (the warning of a coroutine that nobody awaited, a finalizer) may parse
    too. CPython 3.11 then ends the outer one with a SystemError (its issue 106905).
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(source, name)
    finally:
        if collects:
            gc.enable()
