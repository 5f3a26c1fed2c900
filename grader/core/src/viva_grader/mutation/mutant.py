"""Decides what a mutant is: the author's own answer with one small fault, and a name that stays."""

import difflib
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Node = TypeVar("Node")

_SHOWN = 70


@dataclass(frozen=True, slots=True)
class Change(Generic[Node]):
    """One fault that an operator can put at a place of a syntax tree.

    Attributes
    ----------
    operator : str
        The operator's short name, such as ``ROR``.
    said : str
        One line: what stands there, an arrow, and what is put in its place.
    target : node
        The node of the author's tree to which it happens.
    edit : callable
        Puts the fault into a copy of the tree; gets the target's copy there.
    """

    operator: str
    said: str
    target: Node
    edit: Callable[[Node], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A faulty answer.

    Attributes
    ----------
    id : str
        The operator and eight hex digits over cell and source: the same on every machine as long
        as the author's answer is the same.
    cell : str
        The grade_id of the solution cell that it replaces.
    source : str
        The whole cell with the fault.
    diff : tuple of str
        The lines that differ from the author's, as ``- …`` and ``+ …``.
    """

    id: str
    cell: str
    operator: str
    said: str
    source: str
    diff: tuple[str, ...]


def make_mutant(
    cell: str, change: tuple[str, str], original: str, mutated: str, source: str
) -> Mutant:
    """Name a mutant and say how it differs.

    Parameters
    ----------
    change : tuple of str
        The operator's name and what it did, in a line.
    original, mutated : str
        Both texts as the same printer wrote them.
    source : str
        The cell that a candidate would have written.
    """
    operator, said = change
    digest = hashlib.sha256(f"{cell}\0{mutated}".encode()).hexdigest()[:8]
    return Mutant(f"{operator}-{digest}", cell, operator, said, source, _diff(original, mutated))


def distinct(mutants: Iterable[Mutant], original: str) -> list[Mutant]:
    """Keep the first of equal mutants, and none that says what the author said."""
    kept: dict[str, Mutant] = {}
    for mutant in mutants:
        if mutant.source != original:
            kept.setdefault(mutant.source, mutant)
    return list(kept.values())


def shorten(text: str) -> str:
    """Cut a piece of code to a part of a line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def arrow(before: str, after: str) -> str:
    """Say what was replaced by what; empty: removed."""
    return f"{shorten(before)} → {shorten(after) or 'nothing'}"


def _diff(original: str, mutated: str) -> tuple[str, ...]:
    lines = difflib.ndiff(original.splitlines(), mutated.splitlines())
    return tuple(line for line in lines if line[:2] in {"- ", "+ "})
