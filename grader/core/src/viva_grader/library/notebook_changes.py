"""Decides which names of the module a cell changes in place, by its syntax alone."""

import ast
from collections.abc import Iterator

MUTATORS = frozenset({
    "add", "append", "appendleft", "clear", "difference_update", "discard", "drop_duplicates",
    "extend", "extendleft", "fill", "insert", "intersection_update", "itemset", "move_to_end",
    "partition", "pop", "popitem", "popleft", "put", "remove", "resize", "reverse", "rotate",
    "setdefault", "sort", "subtract", "symmetric_difference_update", "update",
})  # fmt: skip
"""Methods of containers (the standard library, numpy, pandas) that change their object."""
_FUNCTIONS = frozenset({"shuffle", "heapify", "heappush", "heappop", "insort", "fill_diagonal"})
"""Functions that change their first argument."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def changed_names(tree: ast.AST) -> Iterator[str]:
    """Name what is changed at the module's level and, as a global, inside functions."""
    yield from _changed(tree, frozenset())


def _changed(scope: ast.AST, local: frozenset[str]) -> Iterator[str]:
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, _SCOPES):
            yield from _changed(node, local | _locals(node))
            continue
        name = _root(node)
        if name is not None and name not in local:
            yield name
        yield from _changed(node, local)


def _locals(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    taken = function.args
    arguments = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs, taken.vararg, taken.kwarg]
    found = {argument.arg for argument in arguments if argument is not None}
    shared = {name for n in ast.walk(function) if isinstance(n, ast.Global) for name in n.names}
    stored = {
        n.id
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
    }
    return frozenset((found | stored) - shared)


def _root(node: ast.AST) -> str | None:
    """Give the name whose value this node changes; None if it changes none."""
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        return _name(node)
    if not isinstance(node, ast.Call):
        return None
    called = node.func
    if isinstance(called, ast.Attribute) and (called.attr in MUTATORS or _in_place(node)):
        return _name(called)
    named = called.attr if isinstance(called, ast.Attribute) else _name(called)
    return _name(node.args[0]) if named in _FUNCTIONS and node.args else None


def _in_place(call: ast.Call) -> bool:
    return any(
        k.arg == "inplace" and isinstance(k.value, ast.Constant) and k.value.value is True
        for k in call.keywords
    )


def _name(node: ast.AST) -> str | None:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
