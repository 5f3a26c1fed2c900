"""Decides what an attack is: data, with what it may earn and where it is shown to work."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]
GROUPS = tuple(sorted(path.stem for path in (Path(__file__).parent / "submissions").glob("*.py")))


class Against(StrEnum):
    """Where an attack's positive control runs: what Viva has, and this has not."""

    ONE_PROCESS = "one process"
    """Submission and tests share an interpreter, as in nbgrader; nothing limits it."""
    STOCK = "stock nbgrader"
    """``nbgrader autograde`` itself, with a kernel, a gradebook and all its steps."""
    BELIEF = "a believing reader"
    """Viva's own runner, read by one who takes the first message for the answer."""
    READER = "a plain reader"
    """Reads the notebook and parses its cells as any program would, on its own stack."""
    SUPERUSER = "a superuser's psql"
    """A PostgreSQL of stock settings, asked by its owner in the simple protocol."""


class Gain(StrEnum):
    """What an attack gains in its positive control."""

    POINTS = "points"
    LOOT = "loot"
    """It puts what it found, or a word for the harm that it did, into ``loot``."""
    STALL = "a stalled batch"
    DEATH = "a dead grader"
    FLOOD = "a flood of output"
    SURVIVOR = "a process that survives"


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile submission.

    Attributes
    ----------
    name : str
        Of letters and ``_``, unique in its group.
    tries : str
        One line: what it does.
    answers : mapping of str to str
        Code for the victim's cells ``square``, ``total`` and ``more``; the others stay honest, but
        ``total`` is wrong unless it is given.
    gain : Gain
        What it gains in the control.
    against : Against
        Where.
    earns : mapping of str to float
        Points per part that it may honestly get; no other part may have any.
    change : callable or None
        Changes the submitted notebook in place, or gives the bytes to submit instead.
    trick : tuple of four str or None
        Another victim instead: the author's answer, the test, the hostile answer, a given cell.
    then : str
        That victim's given cell between the answer and the test; empty where it has none.
    """

    name: str
    tries: str
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    gain: Gain = Gain.POINTS
    against: Against = Against.ONE_PROCESS
    earns: Mapping[str, float] = field(default_factory=dict[str, float])
    change: Any = None
    trick: tuple[str, str, str, str] | None = None
    then: str = ""


@dataclass(frozen=True, slots=True)
class Sql:
    """One hostile query.

    Attributes
    ----------
    harm : str
        Asked of the control afterwards: true if the attack worked. Empty: any answer of it is one.
    """

    name: str
    tries: str
    query: str
    harm: str = ""


def attacks_of(group: str) -> tuple[Attack, ...]:
    """Give the submissions of one group."""
    module = importlib.import_module(f"tests.attacks.submissions.{group}")
    return tuple(getattr(module, "ATTACKS", ()))


def queries_of(group: str) -> tuple[Sql, ...]:
    """Give the queries of one group."""
    module = importlib.import_module(f"tests.attacks.submissions.{group}")
    return tuple(getattr(module, "QUERIES", ()))


CORPUS: dict[str, Attack] = {
    f"{group}/{attack.name}": attack for group in GROUPS for attack in attacks_of(group)
}
QUERIES: dict[str, Sql] = {
    f"{group}/{query.name}": query for group in GROUPS for query in queries_of(group)
}
