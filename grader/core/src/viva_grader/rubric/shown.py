"""Decides what a model is shown of a submission: numbered lines, normalised and without a name."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from viva_grader.domain.grade import Grade, Json
from viva_grader.rubric.clean import clean
from viva_grader.rubric.redact import Redactor

MAX_LINE_CHARACTERS: Final = 600
MAX_FACT_CHARACTERS: Final = 1_500


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell as the model sees it.

    Attributes
    ----------
    label : str
        ``c1``, ``c2``, …: what citations name.
    cell : str
        The id that the grade gives it.
    kind : str
        ``code`` or ``markdown``.
    lines : tuple of str
        As shown, without their prefix; line *n* of the cell is ``lines[n - 1]``.
    """

    label: str
    cell: str
    kind: str
    lines: tuple[str, ...]

    def document(self) -> dict[str, Json]:
        """Give the cell as JSON."""
        return {
            "label": self.label,
            "cell": self.cell,
            "kind": self.kind,
            "lines": list(self.lines),
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """All data of one prompt: the submission's cells, and what tests found, by id."""

    cells: tuple[ShownCell, ...]
    facts: dict[str, str]

    @property
    def texts(self) -> list[str]:
        """Every line of it."""
        return [*self.facts.values(), *(line for cell in self.cells for line in cell.lines)]

    def document(self) -> dict[str, Json]:
        """Give it as JSON; :func:`shown_from` reads it back."""
        return {"cells": [each.document() for each in self.cells], "facts": self.facts}


def shown(grade: Grade, known_names: Sequence[str] = ()) -> Shown:
    """Show a grade's cells and evidence, cleaned, and without what is known of a person."""
    redactor = Redactor(known_names)
    return Shown(_cells(grade, redactor), _facts(grade, redactor))


def without_a_person(grade: Grade, known_names: Sequence[str] = ()) -> Grade:
    """Give a grade whose texts of the candidate's are cleaned and redacted; its hash is another.

    It is shown to a model as the original is.
    """
    redactor = Redactor(known_names)
    return replace(
        grade,
        items=tuple(
            replace(each, message=_without(each.message, redactor)) for each in grade.items
        ),
        evidence=tuple(
            replace(each, data=_without(each.data, redactor)) for each in grade.evidence
        ),
        cells=tuple(
            cell | {"source": _without(str(cell["source"]), redactor)} for cell in grade.cells
        ),
        shares=_without(grade.shares, redactor),
        penalties=tuple(_without(each, redactor) for each in grade.penalties),
    )


def shown_from(document: dict[str, Json]) -> Shown:
    """Read what :meth:`Shown.document` wrote."""
    cells = (
        ShownCell(each["label"], each["cell"], each["kind"], tuple(each["lines"]))
        for each in document["cells"]
    )
    return Shown(tuple(cells), dict(document["facts"]))


def normalise(text: str) -> str:
    """Bring a text to the form that quotations are compared in: cleaned, with single spaces."""
    return " ".join(clean(text).split())


def _cells(grade: Grade, redactor: Redactor) -> tuple[ShownCell, ...]:
    return tuple(
        ShownCell(
            label=f"c{number}",
            cell=str(cell["cell"]),
            kind=str(cell["type"]),
            lines=tuple(
                _cut(line, MAX_LINE_CHARACTERS)
                for line in redactor.redact(clean(str(cell["source"]))).split("\n")
            ),
        )
        for number, cell in enumerate(grade.cells, start=1)
    )


def _facts(grade: Grade, redactor: Redactor) -> dict[str, str]:
    """Give each piece of evidence as one line of JSON; a candidate's messages may stand in it."""
    facts: dict[str, str] = {}
    for fact in grade.evidence:
        # Before it is JSON too: there a quote, a line feed and a backslash look otherwise.
        plain = _without(fact.data, redactor)
        data = json.dumps(plain, ensure_ascii=False, sort_keys=True)
        line = clean(f"{fact.kind} of {fact.part}: {data}").replace("\n", " ")
        facts[fact.id] = _cut(redactor.redact(line), MAX_FACT_CHARACTERS)
    return facts


def _without(value: Json, redactor: Redactor) -> Json:
    if isinstance(value, str):
        return redactor.redact(clean(value))
    if isinstance(value, dict):
        fields = cast("dict[str, Json]", value)
        return {redactor.redact(name): _without(each, redactor) for name, each in fields.items()}
    if isinstance(value, list | tuple):
        return [_without(each, redactor) for each in cast("list[Json]", value)]
    return value


def _cut(line: str, limit: int) -> str:
    if len(line) <= limit:
        return line
    return f"{line[:limit]} ⟨{len(line) - limit} more characters⟩"
