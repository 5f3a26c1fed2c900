"""Decides which places of a test's text tell who watches it what they look through, and how."""

import ast
import re
from typing import Any

from viva_grader.checks.watch import COMPARISONS

NAME = "__viva_watch__"
"""By which a watched cell finds who watches it; ends in ``__`` so that no class changes it."""
_THROUGH = frozenset({"all", "any", "sum", "issubset"})
"""Functions and methods that go through a whole, and find no fault with an empty one."""
_BEGINNINGS = frozenset({"startswith", "endswith", "issuperset"})
_ONE_BY_ONE = frozenset({"filter", "map"})
_CODE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp)
_COMPARE = re.compile(r"assert\w*|allclose|isclose|array_equal")
"""Functions that compare their first two arguments."""


def watched(tree: ast.Module, cell: str) -> ast.Module:
    """Let a cell's code tell ``NAME``, where it runs, what it looks through."""
    return _Watched(cell).visit(tree)


def defines_functions(tree: ast.Module) -> bool:
    """Whether a cell leaves code that runs later, in a test."""
    return any(isinstance(node, _CODE) for node in ast.walk(tree))


def _is_empty(node: ast.expr) -> bool:
    """Whether a text writes nothing down: ``[]``, ``{}``, ``()``, ``""``, ``set()``."""
    match node:
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]) | ast.Constant(""):
            return True
        case ast.Call(ast.Name("set" | "list" | "dict" | "tuple"), args=[], keywords=[]):
            return True
        case _:
            return False


def _demands_nothing(node: ast.expr) -> bool:
    """Whether an assertion of this holds for nothing alone, whoever's answer it is."""
    match node:
        case ast.Compare(left, [ast.Eq()], [right]):
            return _is_empty(left) or _is_empty(right)
        case _:
            return False


def _unpacks(arguments: list[ast.expr]) -> bool:
    return any(isinstance(each, ast.Starred) for each in arguments)


class _Watched(ast.NodeTransformer):
    """Puts the calls in; each has the place of what it looks at."""

    def __init__(self, cell: str) -> None:
        self._cell = cell
        self._number = 0
        self._right: set[int] = set()

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        # The author's answer holds too, so nothing is right there: it need not be tried.
        parts = node.test.values if isinstance(node.test, ast.BoolOp) else [node.test]
        if not isinstance(getattr(node.test, "op", None), ast.Or):
            self._right |= {id(each) for each in parts if _demands_nothing(each)}
        self.generic_visit(node)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        how = type(node.ops[0]).__name__
        if len(node.ops) != 1 or how not in COMPARISONS or id(node) in self._right:
            return node
        operands = [node.left, *node.comparators]
        said = ast.Constant(how, **_location(node))
        return self._call("compared", [said, *operands], node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return self._told("difference", node) if isinstance(node.op, ast.Sub) else node

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        node.guard = None if node.guard is None else self.visit(node.guard)
        node.body = [self.visit(each) for each in node.body]  # a pattern is no expression
        return node

    def visit_For(self, node: ast.For) -> ast.For:
        self.generic_visit(node)
        node.iter = self._told("over", node.iter)
        return node

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AsyncFor:
        self.generic_visit(node)
        node.iter = self._told("awaited", node.iter)
        return node

    def visit_While(self, node: ast.While) -> ast.While | list[ast.stmt]:
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return node
        node.test = self._call("goes_on", [node.test], node.test)
        place = node.test.args[0]
        before = ast.copy_location(self._call("before", [], node.test), node)
        before.args = [place]
        return [ast.copy_location(ast.Expr(before), node), node]

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        self._comprehension(node, "later")
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        self._comprehension(node, "over")
        return node

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        self._comprehension(node, "over")
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        function = node.func
        name = getattr(function, "attr", getattr(function, "id", ""))
        if _COMPARE.fullmatch(name) and len(node.args) > 1 and not _unpacks(node.args[:2]):
            node.args[:2] = [self._unpacked("paired", node.args[:2], node)]
        if isinstance(function, ast.Attribute) and function.attr in _THROUGH:
            function.value = self._told("seen", self._told("asked", function.value))
            self._argument(node, 0, "seen")
        elif isinstance(function, ast.Attribute):
            function.value = self._told("asked", function.value)
            if function.attr in _BEGINNINGS:
                self._argument(node, 0, "seen")
        elif isinstance(function, ast.Name) and function.id in _THROUGH:
            self._argument(node, 0, "over")
        elif isinstance(function, ast.Name) and function.id in _ONE_BY_ONE:
            self._argument(node, 1, "later")
        elif isinstance(function, ast.Name) and function.id == "zip" and len(node.args) > 1:
            node.args = [self._unpacked("sides", node.args, node)]
        return node

    def _argument(self, node: ast.Call, number: int, how: str) -> None:
        given = node.args[number:][:1]
        if given and not isinstance(given[0], ast.Starred | ast.GeneratorExp):
            node.args[number] = self._told(how, given[0])

    def _comprehension(
        self, node: ast.GeneratorExp | ast.ListComp | ast.SetComp, first: str
    ) -> None:
        self.generic_visit(node)
        for number, each in enumerate(node.generators):
            how = "awaited" if each.is_async else "over" if number else first
            each.iter = self._told(how, each.iter)

    def _told(self, how: str, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Constant):
            return node
        return self._call(how, [node], node)

    def _call(self, how: str, values: list[ast.expr], at: ast.expr) -> ast.Call:
        self._number += 1
        here = _location(at)
        place = ast.Constant(f"{self._cell}:{at.lineno}:{self._number}", **here)
        watch = ast.Attribute(ast.Name(NAME, ast.Load(), **here), how, ast.Load(), **here)
        return ast.Call(watch, [place, *values], [], **here)

    def _unpacked(self, how: str, values: list[ast.expr], at: ast.expr) -> ast.Starred:
        return ast.Starred(self._call(how, values, at), ast.Load(), **_location(at))


def _location(node: ast.expr) -> dict[str, Any]:
    """Where a node stands, as another one is given it: filling a whole tree in takes longer."""
    names = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    return {name: getattr(node, name) for name in names}
