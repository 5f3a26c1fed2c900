"""Decides where the defences stand: which twin is scored again, and what speaks to the judge."""

import json
import re
from collections.abc import Sequence
from typing import Final, cast

from viva_grader.domain.grade import Grade, Json
from viva_grader.rubric.detect import injections
from viva_grader.rubric.shown import Shown
from viva_grader.rubric.twin import neutralise

_WORD: Final = re.compile(r"[^\W\d]\w*")
MAX_QUOTE: Final = 120
_PLAIN_WORDS: Final = frozenset({"status", "outcome", "rule", "kind", "variant", "cell", "name"})
"""Keys of a fact whose words are ours or the author's, never the candidate's."""


def twin_of(data: Shown, grade: Grade, task: str, *, keep_strings: bool) -> Shown:
    """Give the neutral twin: the same lines and facts without words that could persuade.

    Parameters
    ----------
    task : str
        What judges are told of the question: its names and words stay as they are.
    """
    facts = {
        each.id: f"{each.kind} of {each.part}: {_canonical(_plain(each.data))}"
        for each in grade.evidence
    }
    public = frozenset(_WORD.findall(task))
    return Shown(neutralise(data.cells, keep_strings=keep_strings, public=public), facts)


def injected(data: Shown, grade: Grade) -> list[str]:
    """Say what in a submission speaks to its judge, a red flag each; it never lowers a score.

    The raw text is searched, because only that can show what was hidden in it; what is quoted is
    the line as it is shown, without a name.
    """
    found: list[str] = []
    for cell, raw in zip(data.cells, grade.cells, strict=True):
        found += [
            f"high: {each.kind} in {cell.label}, line {each.line}: {_quoted(cell.lines, each.line)}"
            for each in injections(str(raw["source"]))
        ]
    for name, line in data.facts.items():
        found += [f"high: {each.kind} in {name}: {_short(line)}" for each in injections(line)]
    return found


def _quoted(lines: Sequence[str], number: int) -> str:
    return _short(lines[number - 1]) if 1 <= number <= len(lines) else ""


def _short(line: str) -> str:
    return line.strip()[:MAX_QUOTE]


def _plain(value: Json, key: str = "") -> Json:
    """Keep numbers and our own words of a fact; the rest may be what a candidate's code said."""
    if isinstance(value, dict):
        fields = cast("dict[str, Json]", value)
        return {name: _plain(each, name) for name, each in fields.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, key) for each in cast("list[Json]", value)]
    if isinstance(value, str) and key not in _PLAIN_WORDS:
        return "…"
    return value


def _canonical(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True)
