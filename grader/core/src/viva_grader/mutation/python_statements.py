"""Decides which faults are put into Python statements and into calls of pandas and of builtins."""

import ast
from collections.abc import Iterator
from typing import Any

from viva_grader.mutation.mutant import Change, arrow, shorten
from viva_grader.mutation.python_operators import become, replace

_METHODS: dict[str, tuple[str, ...]] = {
    "sum": ("mean", "max", "min", "count"), "mean": ("sum", "median"), "max": ("min",),
    "min": ("max",), "count": ("size", "nunique"), "nunique": ("count",), "first": ("last",),
    "last": ("first",), "head": ("tail",), "tail": ("head",), "ffill": ("bfill",),
    "cumsum": ("cummax",), "idxmax": ("idxmin",), "idxmin": ("idxmax",), "ceil": ("floor",),
    "floor": ("ceil",), "nlargest": ("nsmallest",), "nsmallest": ("nlargest",), "any": ("all",),
    "all": ("any",), "append": ("extend",), "popleft": ("pop",), "bisect_left": ("bisect_right",),
    "bisect_right": ("bisect_left",), "heappush": ("heappop",), "gt": ("ge",), "ge": ("gt",),
}  # fmt: skip
_DROPPED = frozenset({
    "dropna", "drop_duplicates", "fillna", "reset_index", "sort_values", "sort_index", "astype",
    "copy", "strip", "lower", "casefold", "round", "abs", "items", "unique",
})  # fmt: skip
_BUILTINS: dict[str, tuple[str, ...]] = {
    "min": ("max",), "max": ("min",), "any": ("all",), "all": ("any",), "sum": ("len",),
    "bisect_left": ("bisect_right",), "bisect_right": ("bisect_left",),
    "heappop": ("len",),
}  # fmt: skip
_WRAPPERS = frozenset({"sorted", "reversed", "abs", "set", "round", "int"})
_WORDS: dict[str, tuple[str, ...]] = {
    "left": ("inner", "right", "outer"), "inner": ("left", "right", "outer"),
    "right": ("inner", "left"), "outer": ("inner", "left"),
    "first": ("last",), "last": ("first",), "both": ("left", "right", "neither"),
    "neither": ("both",), "any": ("all",), "all": ("any",),
}  # fmt: skip


def statements(node: ast.AST) -> Iterator[Change[Any]]:
    """SDL: a statement goes. BCR: break and continue become each other. RET: nothing is returned.

    A lone docstring, an import and a definition are no faults to make.
    """
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.If | ast.For | ast.While):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        yield Change("SDL", f"{shorten(ast.unparse(node))} → pass", node, _pass)
    elif isinstance(node, ast.Break | ast.Continue):
        other = ast.Continue() if isinstance(node, ast.Break) else ast.Break()
        said = arrow(ast.unparse(node), ast.unparse(other))
        yield Change("BCR", said, node, lambda copy, other=other: become(copy, type(other)()))
    elif isinstance(node, ast.Return) and node.value is not None:
        yield replace("RET", node.value, ast.Constant(value=None))


def _pass(copy: Any) -> None:
    become(copy, ast.Pass())


def defaults(node: ast.AST) -> Iterator[Change[Any]]:
    """DFT: a default of a parameter goes."""
    if isinstance(node, ast.arguments):
        for place in range(len(node.defaults)):
            said = f"default {ast.unparse(node.defaults[place])} → nothing"
            if place == 0:
                yield Change("DFT", said, node, lambda copy: copy.defaults.pop(0))


def calls(node: ast.AST) -> Iterator[Change[Any]]:
    """MCR: a method or a builtin becomes its neighbour, or is not called."""
    if not isinstance(node, ast.Call):
        return
    function = node.func
    if isinstance(function, ast.Attribute):
        for other in _METHODS.get(function.attr, ()):
            said = f".{function.attr} → .{other} of {ast.unparse(function.value)}"

            def rename(copy: Any, other: str = other) -> None:
                copy.attr = other

            yield Change("MCR", shorten(said), function, rename)
        if function.attr in _DROPPED:
            said = f".{function.attr}() → nothing, of {ast.unparse(function.value)}"
            yield Change("MCR", shorten(said), node, lambda copy: become(copy, copy.func.value))
    elif isinstance(function, ast.Name):
        for other in _BUILTINS.get(function.id, ()):
            yield replace("MCR", function, ast.Name(id=other, ctx=ast.Load()))
        if function.id in _WRAPPERS and node.args:
            yield replace("MCR", node, node.args[0])
        if function.id == "sorted" and not any(k.arg == "reverse" for k in node.keywords):
            reverse = ast.keyword(arg="reverse", value=ast.Constant(value=True))
            turned = ast.Call(func=function, args=node.args, keywords=[*node.keywords, reverse])
            yield replace("MCR", node, turned)


def keywords(node: ast.AST) -> Iterator[Change[Any]]:
    """KWR: a keyword argument goes; its word becomes another that the library knows."""
    if not isinstance(node, ast.Call):
        return
    for place, keyword in enumerate(node.keywords):
        said = f"{ast.unparse(keyword)} → nothing, in {ast.unparse(node)}"

        def edit(copy: Any, place: int = place) -> None:
            copy.keywords.pop(place)

        yield Change("KWR", shorten(said), node, edit)
        word = keyword.value
        if isinstance(word, ast.Constant) and isinstance(word.value, str):
            for other in _WORDS.get(word.value, ()):
                yield replace("KWR", word, ast.Constant(value=other))
