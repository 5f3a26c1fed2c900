"""Decides what may stand in a question's calls: a submitted name, and arguments that are data."""

import ast
import math
from dataclasses import dataclass
from typing import Any

_NAMED: dict[str, float] = {"nan": math.nan, "inf": math.inf}
_EMPTY: dict[str, type[Any]] = {"set": set, "frozenset": frozenset}


@dataclass(frozen=True, slots=True)
class LiteralCall:
    """A call as it is written: each use of its arguments makes fresh ones.

    Attributes
    ----------
    function : str
        The submitted name that is called.
    """

    function: str
    _node: ast.Call

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """Make the arguments anew, so that a change made to them stays with one call."""
        return (
            [_value(each) for each in self._node.args],
            {str(each.arg): _value(each.value) for each in self._node.keywords},
        )


@dataclass(frozen=True, slots=True)
class SizedCall:
    """A call whose arguments are made by Python from ``n`` and a question's ``setup``.

    Attributes
    ----------
    arguments : str
        An expression that gives the pair of positional and named arguments.
    """

    function: str
    arguments: str


def parse_call(text: str) -> LiteralCall:
    """Read a call of a name with literal arguments, such as ``f([1, 2], k=nan)``.

    Literals are Python's, nested as one likes, and the names ``nan``, ``inf``, ``set()`` and
    ``frozenset(...)``.

    Raises
    ------
    ValueError
        With one line that says what is wrong in it.
    """
    call = LiteralCall(*_call(text))
    call.arguments()
    return call


def parse_literal(text: str) -> Any:
    """Read one literal, as :func:`parse_call` reads arguments.

    Raises
    ------
    ValueError
        If it is none.
    """
    return _value(_parsed(text))


def parse_sized_call(text: str) -> SizedCall:
    """Read a call of a name in which ``n`` stands for the size, such as ``f(numbers(n))``.

    Raises
    ------
    ValueError
        If it is no call of a name, or says nothing of ``n``.
    """
    function, node = _call(text)
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    if "n" not in names:
        raise ValueError(f"{text!r} says nothing of n, the size")
    positional = ast.List([*node.args], ast.Load())
    named = ast.Dict(
        [ast.Constant(each.arg) for each in node.keywords], [k.value for k in node.keywords]
    )
    pair = ast.fix_missing_locations(ast.Tuple([positional, named], ast.Load()))
    return SizedCall(function, ast.unparse(pair))


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"{text[:80]!r} is no Python expression") from error


def _call(text: str) -> tuple[str, ast.Call]:
    """Read a call: the name that is called, and the call itself."""
    node = _parsed(text)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise ValueError(f"{text[:80]!r} is no call of a name")  # noqa: TRY004 - it is a text
    if any(keyword.arg is None for keyword in node.keywords):
        raise ValueError(f"{text[:80]!r} unpacks its arguments; write them out")
    return node.func.id, node


def _value(node: ast.expr) -> Any:  # noqa: PLR0911 - one return for each kind of literal
    match node:
        case ast.Constant(value=value) if value is not Ellipsis:
            return value
        case ast.List(elts=items):
            return [_value(each) for each in items]
        case ast.Tuple(elts=items):
            return tuple(_value(each) for each in items)
        case ast.Set(elts=items):
            return {_hashable(each) for each in items}
        case ast.Dict(keys=keys, values=values) if None not in keys:
            pairs = zip(keys, values, strict=True)
            return {_hashable(k): _value(v) for k, v in pairs if k is not None}
        case ast.Name(id=name) if name in _NAMED:
            return _NAMED[name]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            number = _number(operand)
            return -number if isinstance(sign, ast.USub) else number
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=right):
            return _complex(left, sign, right)
        case ast.Call(func=ast.Name(id=name), args=items, keywords=[]) if name in _EMPTY:
            return _EMPTY[name](*(_value(each) for each in items))
        case _:
            raise ValueError(f"{ast.unparse(node)[:80]!r} is no literal")


def _hashable(node: ast.expr) -> Any:
    value = _value(node)
    try:
        hash(value)
    except TypeError as error:
        raise ValueError(f"{ast.unparse(node)[:80]!r} cannot be in a set or a key") from error
    return value


def _number(node: ast.expr) -> Any:
    value = _value(node)
    if type(value) not in {int, float, complex}:
        raise ValueError(f"{ast.unparse(node)[:80]!r} is no number")
    return value


def _complex(left: ast.expr, sign: ast.operator, right: ast.expr) -> complex:
    real, imaginary = _number(left), _number(right)
    if type(imaginary) is not complex:
        raise ValueError("a sum is no literal; write the number")
    return real - imaginary if isinstance(sign, ast.Sub) else real + imaginary
