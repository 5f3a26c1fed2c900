"""Decides whose figures ``pyplot`` speaks of in a test: the submission's, unless the test draws.

``pyplot`` keeps the current figure to itself, and a submission draws in its own process. A test
that only looks (``plt.gca()``), or makes empty figures for the submission to draw on, is meant to
see that one. A test that draws may draw what it expects: then all stays on this side.
"""

import ast
import contextlib
import importlib
import sys
from collections.abc import Generator
from functools import partial
from typing import Any

from viva_grader.callee.handle import Reference
from viva_grader.callee.session import Session
from viva_grader.library.notebook_magics import UNREADABLE, plain_python
from viva_grader.library.parsing import parse_cell

_PYPLOT = "matplotlib.pyplot"
_LOOKS = frozenset({
    "axes", "axis", "cla", "clf", "close", "draw", "figure", "fignum_exists", "gca", "gcf", "gci",
    "get_figlabels", "get_fignums", "sca", "show", "subplot", "subplots", "tight_layout", "xlim",
    "xticks", "ylim", "yticks",
})  # fmt: skip
"""Functions of pyplot that draw no data: these run where the submission draws."""
_DRAWS = frozenset({
    "add_artist", "add_collection", "add_image", "add_line", "add_patch", "annotate", "arrow",
    "axhline", "axline", "axvline", "bar", "barh", "boxplot", "contour", "contourf", "errorbar",
    "fill", "fill_between", "hexbin", "hist", "hist2d", "hlines", "imshow", "legend", "loglog",
    "matshow", "pcolor", "pcolormesh", "pie", "plot", "plot_surface", "quiver", "scatter",
    "semilogx", "semilogy", "set", "stackplot", "stairs", "stem", "step", "suptitle", "table",
    "text", "tricontour", "tripcolor", "violinplot", "vlines",
})  # fmt: skip
"""Methods of axes that draw data; with them, those that begin with ``set_``."""


@contextlib.contextmanager
def shared_figures(session: Session, source: str, namespace: dict[str, Any]) -> Generator[None]:
    """Let ``pyplot`` speak of the submission's figures while a test cell runs that only looks."""
    pyplot = _pyplot_of(source, namespace)
    if pyplot is None:
        yield
        return
    pyplot.close("all")
    held = {name: getattr(pyplot, name) for name in _LOOKS if hasattr(pyplot, name)}
    names = {name for name, value in namespace.items() if value is pyplot} | {"plt", "pyplot"}
    if not _draws(source, names):
        over_there = {name: partial(_ask, session, Reference(_PYPLOT, name)) for name in held}
        if session.alive:
            over_there["close"]("all")  # as a notebook does after every cell
        _set(pyplot, over_there)
    try:
        yield
    finally:
        _set(pyplot, held)
        pyplot.close("all")


def _set(pyplot: Any, functions: dict[str, Any]) -> None:
    for name, function in functions.items():
        setattr(pyplot, name, function)


def _ask(session: Session, function: Reference, /, *args: Any, **kwargs: Any) -> Any:
    return session.apply("call", function, *args, **kwargs)


def _pyplot_of(source: str, namespace: dict[str, Any]) -> Any:
    """Give the module if the test may use it."""
    known: Any = sys.modules.get(_PYPLOT)
    aliases = [name for name, value in namespace.items() if value is known and known is not None]
    if "pyplot" not in source and not any(name in source for name in aliases):
        return None
    with contextlib.suppress(ImportError):
        return importlib.import_module(_PYPLOT)
    return None


def _draws(source: str, names: set[str]) -> bool:
    """Whether a test draws by itself, on ``pyplot`` or on a figure that it made."""
    try:
        tree = parse_cell(plain_python(source))
    except (SyntaxError, *UNREADABLE):
        return True
    made: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _root(node.value) in names:
            made |= {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        root, method = _root(node.func), node.func.attr
        direct = isinstance(node.func.value, ast.Name) and root in names
        if direct and method not in _LOOKS:
            return True
        draws = method in _DRAWS or method.startswith("set_")
        if not direct and draws and root in names | made:
            return True
    return False


def _root(node: ast.AST) -> str | None:
    """Name what an expression is read from: ``plt`` of ``plt.gca().lines[0]``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
