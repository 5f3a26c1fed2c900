"""Decides how a cell runs: as in a kernel, but a missing package stops only its import."""

import ast
import inspect
import linecache
from typing import Any

from viva_runner.awaiting import settle
from viva_runner.magics import plain_python
from viva_runner.parsing import parse_cell

FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def run_cell(source: str, cell: str, namespace: dict[str, Any], *, lenient: bool) -> list[str]:
    """Run one cell in ``namespace``.

    Parameters
    ----------
    lenient : bool
        Whether an import that fails for want of a package is passed over (author's cells).

    Returns
    -------
    list of str
        The packages that were missing.
    """
    source = plain_python(source)
    name = f"<{cell}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    tree = parse_cell(source, name)
    missing: list[str] = []
    for group in _groups(tree, lenient=lenient):
        code = compile(group, name, "exec", FLAGS, dont_inherit=True)
        try:
            _run(code, namespace)
        except ModuleNotFoundError as error:
            if not lenient or not isinstance(group.body[0], ast.Import | ast.ImportFrom):
                raise
            missing.append(str(error.name))
    return missing


def _groups(tree: ast.Module, *, lenient: bool) -> list[ast.Module]:
    if not lenient or not any(isinstance(n, ast.Import | ast.ImportFrom) for n in tree.body):
        return [tree]
    return [ast.Module([statement], []) for statement in tree.body]


def _run(code: Any, namespace: dict[str, Any]) -> None:
    if code.co_flags & inspect.CO_COROUTINE:
        settle(eval(code, namespace))  # noqa: S307 - running the cell is the point
    else:
        exec(code, namespace)  # noqa: S102 - running the cell is the point
