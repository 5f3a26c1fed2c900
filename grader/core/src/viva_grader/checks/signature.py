"""Decides whether a submitted function takes what the question asks for, by its text alone."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viva_grader.library.signature import Signature, parse_signature, signature_of

_SHOWN = 200
"""Characters of a submitted signature."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A function that takes something else.

    Attributes
    ----------
    said : str
        One line: what is asked for and what was submitted.
    """

    said: str
    cell: str
    line: int


def check_signature(wanted: str, trees: Sequence[tuple[str, ast.Module]]) -> Wrong | None:
    """Compare a signature with the last binding of its name.

    Parameters
    ----------
    wanted : str
        As in ``question.toml``.
    trees : sequence of (cell, tree)
        The candidate's cells, in the order in which they run.

    Returns
    -------
    Wrong or None
        None where it is right, and where it cannot be read off the text: no binding, a decorator, a
        name that is bound in a branch, imported, or assigned anything but a ``lambda``. Then the
        tests decide alone.
    """
    asked = parse_signature(wanted)
    bound: tuple[str, ast.stmt] | None = None
    for cell, tree in trees:
        for statement in tree.body:
            if asked.name in _binds(statement):
                bound = (cell, statement)
    if bound is None:
        return None
    cell, statement = bound
    found = _signature(asked.name, statement)
    if found is None or asked.same_as(found):
        return None
    shown = str(found)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return Wrong(f"{asked} is asked for; submitted: {shown}", cell, statement.lineno)


def _signature(name: str, statement: ast.stmt) -> Signature | None:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        if statement.decorator_list or statement.name != name:
            return None
        coroutine = isinstance(statement, ast.AsyncFunctionDef)
        return signature_of(name, statement.args, coroutine=coroutine)
    targets: Mapping[type[ast.stmt], list[ast.expr]] = {
        ast.Assign: getattr(statement, "targets", []),
        ast.AnnAssign: [getattr(statement, "target", ast.Constant(0))],
    }
    named = any(isinstance(t, ast.Name) and t.id == name for t in targets.get(type(statement), []))
    value = getattr(statement, "value", None)
    if named and isinstance(value, ast.Lambda):
        return signature_of(name, value.args, coroutine=False)
    return None


def _binds(statement: ast.stmt) -> set[str]:
    """Names that a statement of the module binds or deletes, inside its branches too."""
    found: set[str] = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            found |= {
                n for each in ast.walk(node) if isinstance(each, ast.Global) for n in each.names
            }
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {a.asname or a.name.split(".")[0] for a in node.names}
        waiting += ast.iter_child_nodes(node)
    return found
