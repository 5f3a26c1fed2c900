"""Decides which submissions a question is tested with, and what the grader must say of each."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from viva_grader.domain.errors import BadQuestionError
from viva_grader.domain.grade import Status
from viva_grader.domain.question import PartKind, Question
from viva_grader.library.notebook import Role, read_author
from viva_grader.library.question_file import ExpectedFile, SolutionFile, parse
from viva_grader.library.shelf import Shelf
from viva_grader.places import clone_root

FOLDER = "solutions"
EXPECTED = "expected.toml"
REFERENCE, STUB = "reference", "stub"

_MARKERS = ("BEGIN SOLUTION", "END SOLUTION")


@dataclass(frozen=True, slots=True)
class PartExpectation:
    """The verdict that a part must get; points are None where the status decides none."""

    status: Status
    points: float | None


@dataclass(frozen=True, slots=True)
class Solution:
    """One submission and its expected verdicts.

    Attributes
    ----------
    name : str
        ``reference`` is the author's own, ``stub`` the release as it is.
    why : str
        What it does right or wrong.
    cells : dict of str to str
        Sources of solution cells by grade_id; the cells that are not named are the author's own.
    auto_score : float or None
        Sum over the automatic parts.
    parts : dict of str to PartExpectation
        One for each automatic part.
    """

    name: str
    why: str
    cells: dict[str, str]
    auto_score: float | None
    parts: dict[str, PartExpectation]


def load_solutions(folder: Path, question: Question) -> tuple[Solution, ...]:
    """Load ``solutions/expected.toml`` and the solutions that it names.

    Raises
    ------
    BadQuestionError
        If a file is missing, not named, or breaks its form.
    """
    place = folder / FOLDER
    name = f"{folder.name}/{FOLDER}"
    expected = parse(ExpectedFile, _read(place / EXPECTED), f"{name}/{EXPECTED}").solutions
    written = {path.stem for path in place.glob("*.toml")} - {"expected"}
    for stem in written - expected.keys():
        raise BadQuestionError(f"{name}/{EXPECTED}: nothing is expected of {stem}.toml")
    authors = author_cells(question)
    loaded: list[Solution] = []
    for stem, entry in expected.items():
        parts = {part: _expectation(*said, name) for part, said in entry.parts.items()}
        cells = _cells(place, stem, authors, name)
        loaded.append(Solution(stem, entry.why, cells, entry.auto_score, parts))
    return tuple(loaded)


def author_cells(question: Question) -> dict[str, str]:
    """Take the author's own answers out of the source notebook, without their markers."""
    return {
        cell.id: "\n".join(
            line
            for line in cell.source.split("\n")
            if not any(marker in line for marker in _MARKERS)
        )
        for cell in read_author(question.source)
        if cell.role in {Role.SOLUTION, Role.WRITTEN}
    }


def compose(release: bytes, cells: dict[str, str]) -> bytes:
    """Write answers into a released notebook, as a candidate would have.

    Parameters
    ----------
    release : bytes
        What the candidate received.
    cells : dict of str to str
        Sources by grade_id.
    """
    notebook = cast("dict[str, Any]", json.loads(release))
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in cells:
            cell["source"] = cells[grade_id]
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def answered(slug: str, solution: str, release: bytes, *, shelf: Shelf | None = None) -> bytes:
    """Write one of a question's solutions into a notebook that a candidate received.

    Parameters
    ----------
    slug, solution : str
        The question, and a name of its ``expected.toml``.
    release : bytes
        The notebook as it was given out.
    shelf : Shelf, optional
        Where the question stands; by default the library of this installation.

    Raises
    ------
    BadQuestionError
        If there is no such question or solution.
    """
    shelf = shelf or Shelf(clone_root())
    question = shelf.question(slug)
    for one in load_solutions(shelf.questions_folder / slug, question):
        if one.name == solution:
            return compose(release, one.cells)
    raise BadQuestionError(f"question {slug} has no solution {solution!r}")


def problems(solutions: tuple[Solution, ...], question: Question) -> list[str]:
    """Say what is missing or impossible in the expectations, one line each."""
    names = {solution.name for solution in solutions}
    found = [f"no {n} is among the solutions" for n in (REFERENCE, STUB) if n not in names]
    most = {p.name: p.max_points for p in question.parts if p.kind is not PartKind.WRITTEN}
    for solution in solutions:
        if solution.parts.keys() != most.keys():
            found.append(f"solution {solution.name}: its parts are not the automatic parts")
            continue
        points = [part.points for part in solution.parts.values()]
        total = None if None in points else sum(p for p in points if p is not None)
        if total != solution.auto_score:
            found.append(f"solution {solution.name}: its parts sum to {total}")
        if solution.name == REFERENCE and total != question.max_score:
            found.append("the reference does not get full marks")
        if solution.name == STUB and total != 0:
            found.append("the stub gets points")
    return found


def _cells(place: Path, stem: str, authors: dict[str, str], name: str) -> dict[str, str]:
    if stem == STUB:
        return {}
    if stem == REFERENCE and not (place / f"{stem}.toml").exists():
        return authors
    given = parse(SolutionFile, _read(place / f"{stem}.toml"), f"{name}/{stem}.toml").cells
    for cell in given.keys() - authors.keys():
        raise BadQuestionError(f"{name}/{stem}.toml: {cell!r} is no solution cell")
    return {**authors, **{cell: source.strip("\n") for cell, source in given.items()}}


def _expectation(status: str, points: float | None, name: str) -> PartExpectation:
    try:
        return PartExpectation(Status(status), points)
    except ValueError as error:
        raise BadQuestionError(f"{name}/{EXPECTED}: {status!r} is no verdict") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        place = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
        raise BadQuestionError(f"{place}: {error.strerror or error}") from error
