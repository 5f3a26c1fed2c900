"""Decides what a cell of a whole notebook leaves to look at: what it shows, or how it failed."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import ast
import asyncio
import contextlib
import hashlib
import inspect
import json
import linecache
import random
import sys
import traceback
from typing import Any

from viva_runner.cells import FLAGS
from viva_runner.codec import Encoder
from viva_runner.handles import Handles
from viva_runner.magics import plain_python
from viva_runner.parsing import parse_cell

_SHOWN = 4000
"""Characters of a value's ``repr`` that are compared."""


def close_figures() -> None:
    """Close every figure of pyplot's, as a notebook does after each cell."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    with contextlib.suppress(Exception):  # the submission may have put anything there
        if pyplot is not None:
            pyplot.close("all")


def vary(seed: int) -> None:
    """Start generators of random numbers elsewhere than another run does."""
    random.seed(seed)
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed)
        # default_rng() and SeedSequence() ask this for entropy
        numpy.random.bit_generator.randbits = random.Random(seed).getrandbits  # noqa: S311 - no secret


def show(source: str, cell: str, namespace: dict[str, Any]) -> dict[str, Any]:
    """Run a cell, and describe the value of its last expression or the error that ended it."""
    name = f"<{cell}>"
    try:
        value = _run(plain_python(source), name, namespace)
    except BaseException as error:
        lines = [
            line
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename == name
        ]
        if isinstance(error, SyntaxError) and error.filename == name:
            lines.append(error.lineno or 1)
        missed = error.name if isinstance(error, NameError) else None
        error.__traceback__ = None
        return {
            "error": type(error).__name__, "line": lines[-1] if lines else None, "missed": missed,
        }  # fmt: skip
    if value is None:
        return {}
    return {"shown": repr(value)[:_SHOWN], "data": digest(value)}


def digest(value: Any) -> str | None:
    """Give a hash over a value as data; None for what is no data."""
    handles = Handles()
    try:
        encoded = Encoder(handles).encode(value)
        text = json.dumps(encoded, allow_nan=False)
    except Exception:
        return None
    return None if handles.used() else hashlib.sha256(text.encode()).hexdigest()


def _run(source: str, name: str, namespace: dict[str, Any]) -> Any:
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    tree = parse_cell(source, name)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        _finish(compile(tree, name, "exec", FLAGS, dont_inherit=True), namespace)
        return None
    before = ast.Module(tree.body[:-1], [])
    _finish(compile(before, name, "exec", FLAGS, dont_inherit=True), namespace)
    return _finish(
        compile(ast.Expression(last.value), name, "eval", FLAGS, dont_inherit=True), namespace
    )


def _finish(code: Any, namespace: dict[str, Any]) -> Any:
    result = eval(code, namespace)  # noqa: S307 - running the cell is the point
    return asyncio.run(result) if code.co_flags & inspect.CO_COROUTINE else result
