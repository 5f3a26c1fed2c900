"""Decides what a finding is: a rule that an answer breaks, and the line where it does."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MAX_MESSAGE = 200


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One place.

    Attributes
    ----------
    line : int
        From 1, within the cell.
    message : str
        One line, without control characters.
    """

    cell: str
    line: int
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule means; ``kind`` is ``fault``, ``trap`` or ``untidy``."""

    name: str
    kind: str
    why: str


@cache
def rules() -> dict[str, Rule]:
    """Read the fixed list of rules, by name."""
    text = (Path(__file__).parent / "quality_rules.toml").read_text("utf-8")
    return {
        name: Rule(name, kind, why)
        for kind, listed in tomllib.loads(text).items()
        for name, why in listed.items()
    }


def finding(cell: str, line: int, rule: str, message: str = "") -> Finding:
    """Note a finding; its message may hold text of the candidate's."""
    shown = "".join(c if c.isprintable() else " " for c in message or rules()[rule].why)
    return Finding(cell, max(1, line), rule, shown[:MAX_MESSAGE])
