"""Decides how an author's cell runs in the trusted process, and what its last expression gave."""

import ast
import asyncio
import inspect
import linecache
from typing import Any

from viva_grader.checks.watched import defines_functions, watched
from viva_grader.library.notebook_magics import leaves_out_code, plain_python
from viva_grader.library.parsing import parse_cell

_AUTOTEST = ("### AUTOTEST", "### HASHED AUTOTEST")
_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def why_not_a_test(source: str) -> str:
    """Say why a test cell cannot be judged here; empty if it can."""
    if any(mark in source for mark in _AUTOTEST):
        return "Not graded by tests: AUTOTEST becomes tests only in nbgrader's release"
    if leaves_out_code(source):
        return "Not graded by tests: the test cell is not Python alone"
    return ""


def run_trusted(source: str, cell: str, namespace: dict[str, Any]) -> Any:
    """Run an author's test, watched, and give what a notebook would show below it.

    Returns
    -------
    object
        The value of a last expression that has no semicolon after it; None otherwise.
    """
    source = plain_python(source)
    name = f"<{cell}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    tree = watched(parse_cell(source, name), cell)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        _run(compile(tree, name, "exec", _FLAGS, dont_inherit=True), namespace)
        return None
    _run(
        compile(ast.Module(tree.body[:-1], []), name, "exec", _FLAGS, dont_inherit=True), namespace
    )
    expression = ast.Expression(last.value)
    return _run(compile(expression, name, "eval", _FLAGS, dont_inherit=True), namespace)


def run_leniently(
    source: str, cell: str, namespace: dict[str, Any], *, watch: bool = False
) -> list[str]:
    """Run an author's visible cell; an import for which the package is missing is passed over.

    Parameters
    ----------
    watch : bool
        Whether its functions are to tell what they look through: a test may use them.

    Returns
    -------
    list of str
        The packages that were missing.
    """
    source = plain_python(source)
    name = f"<{cell}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    missing: list[str] = []
    tree = parse_cell(source, name)
    if watch and defines_functions(tree):
        tree = watched(tree, cell)
    for statement in tree.body:
        code = compile(ast.Module([statement], []), name, "exec", _FLAGS, dont_inherit=True)
        try:
            _run(code, namespace)
        except ModuleNotFoundError as error:
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                raise
            missing.append(str(error.name))
    return missing


def _run(code: Any, namespace: dict[str, Any]) -> Any:
    result = eval(code, namespace)  # noqa: S307 - an author's code: running it is the point
    if code.co_flags & inspect.CO_COROUTINE:
        return asyncio.run(result)
    return result
