"""Decides what ``viva explain`` reads and prints: a stored grade's whole arithmetic, as a table."""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table

from viva_grader.domain.decision import DimensionDecision, decisions_from
from viva_grader.domain.errors import (
    BadEvaluationError,
    BadGradeError,
    BadRubricError,
    DifferingFiguresError,
)
from viva_grader.domain.evaluation import Evaluation, evaluation_from
from viva_grader.domain.final_score import final_score_from
from viva_grader.domain.grade import SCHEMA, Grade, Json, canonical
from viva_grader.domain.rubric import Rubric
from viva_grader.domain.visible import reveal
from viva_grader.flow.explain import Explanation, StoredScores, explain_stored
from viva_grader.flow.figure_lines import Line
from viva_grader.library.plain_file import UnreadableFileError, read_plain
from viva_grader.library.rubrics import load_rubric
from viva_grader.settings import GraderSettings

MAX_BYTES: Final = 64 * 1024 * 1024
_HASH: Final = "grade_sha256"
_GRADE: Final = TypeAdapter(Grade)
_EVALUATION: Final = TypeAdapter(Evaluation)
_DECISIONS: Final = TypeAdapter(tuple[DimensionDecision, ...], config=ConfigDict(strict=True))
_SHOWN_PLACES: Final = 5
_BROKEN_FORM: Final = (
    ArithmeticError, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What reading a document of another shape may raise; ours are all VivaErrors."""


def explain_files(
    path: Path,
    *,
    evaluation: Path | None,
    final: Path | None,
    decisions: Path | None,
    as_json: bool,
) -> None:
    """Print a stored grade's arithmetic, with the scores that lie beside it.

    Parameters
    ----------
    evaluation, final, decisions : Path, optional
        Where they are, if not beside the grade under its name.

    Raises
    ------
    BadGradeError, BadEvaluationError, BadRubricError
        Where a document cannot be used.
    BrokenRecordError
        Where a stored scoring does not fit its own hashes.
    DifferingFiguresError
        After printing, where a stored figure is not what was computed.
    """
    grade, own, said = _grade(path)
    scored = _evaluation(evaluation or _beside(path, "evaluation"), named=evaluation is not None)
    found = _final(final or _beside(path, "final"), named=final is not None)
    decided = _decided(decisions or _beside(path, "decisions"), named=decisions is not None)
    stored = StoredScores(grade, own, said, scored, found, decided)
    rubric = _rubric(grade, scored)
    try:
        explanation = explain_stored(stored, rubric)
        differing, document = explanation.differences, explanation.document()
    except _BROKEN_FORM as error:
        raise BadGradeError("A document breaks its form: nothing can be computed.") from error
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=True) + "\n")
    else:
        _print(explanation, stored)
    if differing:
        raise DifferingFiguresError(_said(differing))


def _grade(path: Path) -> tuple[Grade, str, str]:
    """Read a grade, the hash that its document has, and the one that it names."""
    document = _read(path, BadGradeError)
    said = document.pop(_HASH, None)
    if document.get("schema") != SCHEMA or not isinstance(said, str):
        raise BadGradeError(f"This is no grade document of schema {SCHEMA}.")
    fields = {name: value for name, value in document.items() if name != "schema"}
    try:
        own = hashlib.sha256(canonical(document)).hexdigest()
        return _GRADE.validate_python(fields), own, said
    except ValidationError as error:
        where = ".".join(str(each) for each in error.errors()[0]["loc"])
        raise BadGradeError(f"The grade document breaks its form, at {reveal(where)}.") from error
    except (ValueError, RecursionError) as error:
        raise BadGradeError("The grade document breaks its form.") from error


def _said(places: Sequence[str]) -> str:
    count = f"{len(places)} stored figure{'s are' if len(places) > 1 else ' is'}"
    named = ", ".join(reveal(each) for each in places[:_SHOWN_PLACES])
    more = f" and {len(places) - _SHOWN_PLACES} more" if len(places) > _SHOWN_PLACES else ""
    return f"{count} not what was computed again: {named}{more}."


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name.removesuffix('.json').removesuffix('.grade')}.{kind}.json")


def _read(path: Path, error_class: type[BadGradeError | BadEvaluationError]) -> dict[str, Json]:
    try:
        found: Any = json.loads(read_plain(path, MAX_BYTES))
    except UnreadableFileError as error:
        raise error_class(f"{reveal(path.name)} cannot be read: {error}.") from error
    except (ValueError, RecursionError) as error:
        raise error_class(f"{reveal(path.name)} is no JSON.") from error
    if not isinstance(found, dict):
        raise error_class(f"{reveal(path.name)} is no document of ours.")
    return cast("dict[str, Json]", found)


def _evaluation(path: Path, *, named: bool) -> Evaluation | None:
    if not named and not path.exists():
        return None
    document = _read(path, BadEvaluationError)
    try:
        found = evaluation_from(document)
        _EVALUATION.validate_python(document)  # its types: what is returned is as it was stored
    except _BROKEN_FORM as error:
        raise BadEvaluationError(f"{reveal(path.name)} is no stored evaluation.") from error
    return found


def _final(path: Path, *, named: bool) -> dict[str, Json] | None:
    if not named and not path.exists():
        return None
    document = _read(path, BadEvaluationError)
    try:
        final_score_from(document)
    except _BROKEN_FORM as error:
        raise BadEvaluationError(f"{reveal(path.name)} is no stored final score.") from error
    return document


def _decided(path: Path, *, named: bool) -> dict[str, Json] | None:
    if not named and not path.exists():
        return None
    document = _read(path, BadEvaluationError)
    try:
        decisions_from(document)
        _DECISIONS.validate_json(canonical(document["decisions"]))
        final_score_from(document["final"])
    except _BROKEN_FORM as error:
        raise BadEvaluationError(f"{reveal(path.name)} holds no stored decisions.") from error
    return document


def _rubric(grade: Grade, evaluation: Evaluation | None) -> Rubric | None:
    """Load the rubric that scores were made by; one that only the grade names may be gone."""
    root = GraderSettings().library_root / "rubrics"
    if evaluation is not None:
        return load_rubric(root, evaluation.rubric)
    name, _, sha256 = grade.environment.get("rubric", "").partition(" ")
    try:
        found = load_rubric(root, name)
    except BadRubricError:
        return None
    return found if found.sha256 == sha256 else None


def _print(explanation: Explanation, stored: StoredScores) -> None:
    console = Console(markup=False, highlight=False)
    grade, scored = stored.grade, stored.evaluation
    by = scored.rubric if scored is not None else grade.environment.get("rubric", "no rubric")
    console.print(reveal(f"{grade.question}, {grade.status.value}, by {by}"))
    for section, lines in groupby(explanation.lines, key=lambda each: each.section):
        console.print(_table(section, lines))
    if scored is None:
        console.print("No evaluation lies beside it: the tests' score is all there is to explain.")
    held = sum(bool(each.place) for each in explanation.lines)
    wrong = len(explanation.differences)
    console.print(f"{held - wrong} of {held} stored figures are what was computed again.")


def _table(section: str, lines: Iterator[Line]) -> Table:
    table = Table(title=section, title_justify="left", expand=False)
    table.add_column("Step", overflow="fold", ratio=3)
    table.add_column("Computed from", overflow="fold", ratio=6)
    table.add_column("Result", overflow="fold", justify="right")
    table.add_column("Stored", overflow="fold", justify="right")
    for line in lines:
        step = line.step
        table.add_row(
            *(reveal(each) for each in (step.label, step.expression, step.result, _stored(line)))
        )
    return table


def _stored(line: Line) -> str:
    if not line.place:
        return ""
    return "same" if line.agrees else f"DIFFERS: {json.dumps(line.stored, ensure_ascii=False)}"
