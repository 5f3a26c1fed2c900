"""Decides which faults are put into Python expressions: relations, arithmetic, constants, logic.

Names follow MutPy: A. Derezińska, K. Hałas, "Analysis of mutation operators for the Python
language", DepCoS-RELCOMEX 2014; ROR, AOR, LCR, CRP go back to the operators of Mothra.
"""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from viva_grader.mutation.mutant import Change, arrow

_RELATIONS: tuple[type[ast.cmpop], ...] = (
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq,
)  # fmt: skip
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.FloorDiv, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv), ast.FloorDiv: (ast.Mult, ast.Div), ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,), ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,), ast.Pow: (ast.Mult,),
}  # fmt: skip


def relations(node: ast.AST) -> Iterator[Change[Any]]:
    """ROR: a comparison becomes each of the others; `is` and `in` are turned round."""
    if not isinstance(node, ast.Compare):
        return
    for place, now in enumerate(node.ops):
        turned = _TURNED.get(type(now))
        others = (turned,) if turned else tuple(o for o in _RELATIONS if not isinstance(now, o))
        for other in others:
            said = f"{ast.unparse(node)}: {_SIGNS[type(now)]} → {_SIGNS[other]}"
            yield _set("ROR", node, said, _at(place, other))


def _at(place: int, other: type[ast.cmpop]) -> Callable[[Any], None]:
    def edit(copy: ast.Compare) -> None:
        copy.ops[place] = other()

    return edit


def arithmetic(node: ast.AST) -> Iterator[Change[Any]]:
    """AOR, ASR: an operator becomes another, also in `+=`; AOD: a sign goes."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        name = "AOR" if isinstance(node, ast.BinOp) else "ASR"
        for other in _ARITHMETIC.get(type(node.op), ()):
            said = f"{ast.unparse(node)}: {type(node.op).__name__} → {other.__name__}"

            def edit(copy: Any, other: type[ast.operator] = other) -> None:
                copy.op = other()

            yield _set(name, node, said, edit)
        if isinstance(node, ast.AugAssign):
            yield _set("ASR", node, arrow(ast.unparse(node), "="), _assign)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        name = "AOD" if isinstance(node.op, ast.USub) else "COD"
        yield replace(name, node, node.operand)


def _assign(copy: Any) -> None:
    value, target = copy.value, copy.target
    become(copy, ast.Assign(targets=[target], value=value, lineno=copy.lineno))


def logic(node: ast.AST) -> Iterator[Change[Any]]:
    """LCR: `and` and `or` become each other; a side goes. COI: a condition is negated."""
    if isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield replace("LCR", node, ast.BoolOp(op=other(), values=node.values))
        for place in range(len(node.values)):
            rest = [each for at, each in enumerate(node.values) if at != place]
            kept = rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest)
            yield replace("LCR", node, kept)
    elif isinstance(node, ast.If | ast.While | ast.IfExp) and not isinstance(
        node.test, ast.Constant
    ):
        yield replace("COI", node.test, ast.UnaryOp(op=ast.Not(), operand=node.test))
    elif isinstance(node, ast.comprehension):
        for condition in node.ifs:
            yield replace("COI", condition, ast.UnaryOp(op=ast.Not(), operand=condition))
            yield replace("COD", condition, ast.Constant(value=True))


def constants(node: ast.AST) -> Iterator[Change[Any]]:
    """CRP: a number becomes one more and one less, True False; a text that is compared another.

    Other texts mostly name columns and keys: a wrong one is an error at once, and proves nothing.
    """
    if isinstance(node, ast.Compare):
        for each in (node.left, *node.comparators):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield replace("CRP", each, ast.Constant(value=each.value + "_"))
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    others: tuple[object, ...] = ()
    if isinstance(value, bool):
        others = (not value,)
    elif isinstance(value, int | float):
        others = (value + 1, value - 1)
    elif value is None:
        others = (0,)
    for other in others:
        yield replace("CRP", node, ast.Constant(value=other))


def slices(node: ast.AST) -> Iterator[Change[Any]]:
    """SIR: an end or the step of a slice goes."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        for end in ("lower", "upper", "step"):
            if getattr(node.slice, end) is not None:

                def edit(copy: Any, end: str = end) -> None:
                    setattr(copy.slice, end, None)

                yield _set("SIR", node, f"{ast.unparse(node)}: no {end}", edit)


def replace(operator: str, old: ast.AST, new: ast.AST) -> Change[Any]:
    """Replace a node by another."""
    text = ast.unparse(new)

    def edit(copy: ast.AST) -> None:
        tree = ast.parse(text).body[0]
        become(copy, tree.value if isinstance(tree, ast.Expr) else tree)

    return Change(operator, arrow(ast.unparse(old), text), old, edit)


def become(copy: ast.AST, other: ast.AST) -> None:
    """Turn a node into another one in its place."""
    copy.__class__ = type(other)
    copy.__dict__.clear()
    copy.__dict__.update(other.__dict__)


def _set(operator: str, node: ast.AST, said: str, edit: Callable[[Any], None]) -> Change[Any]:
    return Change(operator, said, node, edit)
