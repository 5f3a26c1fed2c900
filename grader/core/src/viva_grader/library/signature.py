"""Decides what a function takes, as a question writes it and as a submission does."""

import ast
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a parameter is given."""

    POSITIONAL = "positional-only"
    EITHER = "positional or by name"
    REST = "any number of positional"
    NAMED = "by name only"
    NAMED_REST = "any number by name"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``optional`` where it has a default, whatever that is."""

    name: str
    kind: Kind
    optional: bool

    def same_as(self, other: "Parameter") -> bool:
        """Whether no caller can tell them apart; names that no call uses are free."""
        names = self.kind not in {Kind.EITHER, Kind.NAMED} or self.name == other.name
        return names and (self.kind, self.optional) == (other.kind, other.optional)


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's name and parameters, in their order."""

    name: str
    parameters: tuple[Parameter, ...]
    coroutine: bool = False

    def same_as(self, other: "Signature") -> bool:
        """Whether every call of the one is a call of the other; keyword-only order is free."""
        mine, theirs = _ordered(self.parameters), _ordered(other.parameters)
        return (
            (self.name, self.coroutine, len(mine)) == (other.name, other.coroutine, len(theirs))
        ) and all(one.same_as(two) for one, two in zip(mine, theirs, strict=True))

    def __str__(self) -> str:
        """As Python writes it, with ``=…`` for a default."""
        words: list[str] = []
        kinds = [each.kind for each in self.parameters]
        for index, each in enumerate(self.parameters):
            before = kinds[:index]
            if each.kind is Kind.NAMED and not {Kind.REST, Kind.NAMED} & set(before):
                words.append("*")
            stars = {Kind.REST: "*", Kind.NAMED_REST: "**"}.get(each.kind, "")
            words.append(f"{stars}{each.name}{'=…' if each.optional else ''}")
            after = kinds[index + 1 :]
            if each.kind is Kind.POSITIONAL and Kind.POSITIONAL not in after:
                words.append("/")
        return f"{'async ' if self.coroutine else ''}{self.name}({', '.join(words)})"


def parse_signature(text: str) -> Signature:
    """Read ``f(x, /, y, *, z=1)``, with ``async`` before it or not.

    Raises
    ------
    ValueError
        With one line, if it is no signature.
    """
    words = text.strip()
    head = "async def " if words.startswith("async ") else "def "
    try:
        tree = ast.parse(f"{head}{words.removeprefix('async ')}: pass")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"{words!r} is no signature such as f(x, *, y=1)") from error
    found = tree.body[0] if len(tree.body) == 1 else None
    plain = isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef)
    if not plain or len(found.body) != 1 or not isinstance(found.body[0], ast.Pass):
        raise ValueError(f"{words!r} is no signature such as f(x, *, y=1)")
    return signature_of(found.name, found.args, coroutine=isinstance(found, ast.AsyncFunctionDef))


def signature_of(name: str, given: ast.arguments, *, coroutine: bool) -> Signature:
    """Read the parameters of a ``def`` or ``lambda``."""
    places = [*given.posonlyargs, *given.args]
    required = len(places) - len(given.defaults)
    found = [
        Parameter(
            each.arg,
            Kind.POSITIONAL if index < len(given.posonlyargs) else Kind.EITHER,
            index >= required,
        )
        for index, each in enumerate(places)
    ]
    if given.vararg:
        found.append(Parameter(given.vararg.arg, Kind.REST, optional=False))
    found += [
        Parameter(each.arg, Kind.NAMED, default is not None)
        for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    if given.kwarg:
        found.append(Parameter(given.kwarg.arg, Kind.NAMED_REST, optional=False))
    return Signature(name, tuple(found), coroutine)


def _ordered(parameters: tuple[Parameter, ...]) -> list[Parameter]:
    named = sorted((p for p in parameters if p.kind is Kind.NAMED), key=lambda p: p.name)
    rest = [p for p in parameters if p.kind is not Kind.NAMED]
    return [*rest, *named]
