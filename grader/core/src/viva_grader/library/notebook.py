"""Decides what a notebook's cells are: nbgrader's metadata, any schema, as roles and plain text."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from viva_grader.domain.errors import BadQuestionError, BadSubmissionError, VivaError
from viva_grader.library.notebook_formats import CURRENT, OLDER, cells_of

MAX_NOTEBOOK_BYTES = 64 * 1024 * 1024
MAX_CELLS = 10_000
MAX_SOURCE_CHARACTERS = 1024 * 1024
"""Of one cell."""
MAX_ALL_CHARACTERS = 8 * MAX_SOURCE_CHARACTERS
"""Of all cells: what is run is sent on, several times over, and kept in the grade."""


class Role(StrEnum):
    """What a cell of the author's notebook is for."""

    SOLUTION = "solution"
    """Code that the candidate writes."""
    TESTS = "tests"
    """Code that judges; runs in the trusted process only."""
    WRITTEN = "written"
    """The candidate writes it, a rubric or a person scores it; code is run all the same."""
    TASK = "task"
    """A description with points: a person scores what the candidate added."""
    GIVEN = "given"
    """The author's own visible code: runs on both sides."""
    TEXT = "text"
    """Prose."""


@dataclass(frozen=True, slots=True)
class AuthorCell:
    """A cell of the source notebook; ``id`` is its grade_id, or ``given-<n>`` where it has none."""

    id: str
    role: Role
    code: bool
    source: str
    points: float
    graded_id: bool


@dataclass(frozen=True, slots=True)
class SubmittedCell:
    """A cell of a submission: its text and place; nothing else that it says is believed."""

    number: int
    grade_id: str | None
    code: bool
    source: str


class _UnreadableError(Exception):
    """A sentence on why bytes are no notebook; each caller gives it its own code."""


def read_author(notebook: bytes) -> tuple[AuthorCell, ...]:
    """Read an nbgrader source notebook, metadata schema 0 to 3.

    Raises
    ------
    BadQuestionError
        If it is no notebook of format 4, or two cells share a grade_id, or points are no number.
    """
    try:
        cells = _cells(notebook)
        found = tuple(_author_cell(number, cell) for number, cell in enumerate(cells, start=1))
    except _UnreadableError as error:
        message = f"The question's notebook cannot be used: {error}."
        raise BadQuestionError(message) from error
    seen: set[str] = set()
    for cell in found:
        if cell.id in seen:
            message = (
                f"The question's notebook cannot be used: two cells have grade_id {cell.id!r}."
            )
            raise BadQuestionError(message)
        seen.add(cell.id)
    return found


def read_submission(notebook: bytes) -> tuple[SubmittedCell, ...]:
    """Read a candidate's notebook, believing nothing but the text of its cells.

    Raises
    ------
    BadSubmissionError
        If it is no notebook of formats 2 to 4 within the limits of this module.
    """
    try:
        cells = tuple(
            SubmittedCell(
                number=number,
                grade_id=_grade_id(cell),
                code=cell.get("cell_type") == "code",
                source=_source(cell, number),
            )
            for number, cell in enumerate(submitted_cells(notebook), start=1)
        )
    except _UnreadableError as error:
        raise _bad_submission(str(error)) from error
    whole = sum(len(cell.source) for cell in cells)
    if whole > MAX_ALL_CHARACTERS:
        limit = MAX_ALL_CHARACTERS
        raise _bad_submission(f"its cells have {whole} characters together, the limit is {limit}")
    return cells


def submitted_cells(notebook: bytes) -> list[dict[str, Any]]:
    """Give a candidate's cells as they stand there, nothing in them checked.

    Raises
    ------
    BadSubmissionError
        If it is no notebook of formats 2 to 4 within the limits of this module.
    """
    try:
        return _cells(notebook)
    except _UnreadableError as error:
        raise _bad_submission(str(error)) from error


def _bad_submission(reason: str) -> VivaError:
    return BadSubmissionError(f"Not graded: {reason}.")


def _cells(notebook: bytes) -> list[dict[str, Any]]:
    if not notebook.strip():
        raise _UnreadableError("the file is empty")
    if len(notebook) > MAX_NOTEBOOK_BYTES:
        size = len(notebook) // (1024 * 1024)
        limit = MAX_NOTEBOOK_BYTES // (1024 * 1024)
        raise _UnreadableError(f"the file has {size} MiB, the limit is {limit} MiB")
    document = _json(notebook)
    version = document.get("nbformat")
    if type(version) is not int or version not in OLDER | {CURRENT}:
        raise _UnreadableError(
            f"nbformat is {_short(version)}, only 2 to {CURRENT} are read; save it in Jupyter"
        )
    raw: Any = cells_of(document)
    if not isinstance(raw, list):
        raise _UnreadableError("it has no list of cells")
    cells = cast("list[Any]", raw)
    if len(cells) > MAX_CELLS:
        raise _UnreadableError(f"it has {len(cells)} cells, the limit is {MAX_CELLS}")
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict):
            raise _UnreadableError(f"cell {number} is no object")
    return cast("list[dict[str, Any]]", cells)


def _json(notebook: bytes) -> dict[str, Any]:
    try:
        text = notebook.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _UnreadableError(f"byte {error.start} is no UTF-8") from error
    try:
        document: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise _UnreadableError(f"it is no JSON, line {error.lineno}: {error.msg}") from error
    except RecursionError as error:
        raise _UnreadableError("its JSON is nested too deeply") from error
    except ValueError as error:
        raise _UnreadableError("its JSON holds a number that is too long") from error
    if not isinstance(document, dict):
        raise _UnreadableError("its JSON is no object")
    return cast("dict[str, Any]", document)


def _source(cell: dict[str, Any], number: int) -> str:
    raw: Any = cell.get("source", "")
    if isinstance(raw, list):
        lines = cast("list[Any]", raw)
        if not all(isinstance(line, str) for line in lines):
            raise _UnreadableError(f"the source of cell {number} is no text")
        raw = "".join(cast("list[str]", lines))
    if not isinstance(raw, str):
        raise _UnreadableError(f"the source of cell {number} is no text")
    if len(raw) > MAX_SOURCE_CHARACTERS:
        raise _UnreadableError(
            f"cell {number} has {len(raw)} characters, the limit is {MAX_SOURCE_CHARACTERS}"
        )
    return raw


def _nbgrader(cell: dict[str, Any]) -> dict[str, Any]:
    metadata: Any = cell.get("metadata")
    if not isinstance(metadata, dict):
        return {}
    found: Any = cast("dict[str, Any]", metadata).get("nbgrader")
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _grade_id(cell: dict[str, Any]) -> str | None:
    grade_id: Any = _nbgrader(cell).get("grade_id")
    return grade_id if isinstance(grade_id, str) and grade_id else None


def _author_cell(number: int, cell: dict[str, Any]) -> AuthorCell:
    metadata = _nbgrader(cell)
    code = cell.get("cell_type") == "code"
    role = _role(metadata, code=code)
    grade_id = _grade_id(cell)
    if role not in {Role.GIVEN, Role.TEXT} and grade_id is None:
        raise _UnreadableError(f"cell {number} is marked by nbgrader but has no grade_id")
    return AuthorCell(
        id=grade_id or f"given-{number}",
        role=role,
        code=code,
        source=_source(cell, number),
        points=_points(metadata, number) if metadata.get("grade") or role is Role.TASK else 0.0,
        graded_id=grade_id is not None,
    )


def _role(metadata: dict[str, Any], *, code: bool) -> Role:
    grade, solution = bool(metadata.get("grade")), bool(metadata.get("solution"))
    if metadata.get("task"):
        return Role.TASK
    if grade and solution:
        return Role.WRITTEN
    if grade:
        # nbgrader refuses a graded markdown cell that is no solution; a person scores it here.
        return Role.TESTS if code else Role.TASK
    if solution:
        return Role.SOLUTION if code else Role.TEXT
    return Role.GIVEN if code else Role.TEXT


def _points(metadata: dict[str, Any], number: int) -> float:
    """Nbgrader's own rule: no points, '' and less than nothing are 0."""
    raw: Any = metadata.get("points", 0)
    if raw is None or raw == "":
        return 0.0
    try:
        points = float(raw)
    except (TypeError, ValueError) as error:
        raise _UnreadableError(f"the points of cell {number} are no number") from error
    if points != points or points in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN alone
        raise _UnreadableError(f"the points of cell {number} are no number")
    return max(points, 0.0)


def _short(value: object) -> str:
    return "missing" if value is None else repr(value)[:20]
