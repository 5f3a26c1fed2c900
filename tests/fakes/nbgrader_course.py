"""Decides how tests write nbgrader notebooks: cells as calls, a submission as other answers."""

import json
from dataclasses import dataclass, field
from typing import Any

from viva_grader.domain.question import Limits, Question
from viva_grader.library.notebook import read_author
from viva_grader.library.notebook_parts import parts_of

Cell = dict[str, Any]


def _cell(source: str, kind: str, metadata: dict[str, Any]) -> Cell:
    cell: Cell = {"cell_type": kind, "metadata": metadata, "source": source.strip("\n")}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _marked(grade_id: str, **marks: Any) -> dict[str, Any]:
    plain = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
    return {"nbgrader": plain | {"grade_id": grade_id} | marks}


def given(source: str, grade_id: str | None = None) -> Cell:
    metadata = _marked(grade_id, locked=True) if grade_id else {}
    return _cell(source, "code", metadata)


def solution(grade_id: str, source: str) -> Cell:
    return _cell(source, "code", _marked(grade_id, solution=True))


def autograded(grade_id: str, source: str, points: float = 1) -> Cell:
    return _cell(source, "code", _marked(grade_id, grade=True, locked=True, points=points))


def written(grade_id: str, source: str, points: float = 1, kind: str = "markdown") -> Cell:
    return _cell(source, kind, _marked(grade_id, grade=True, solution=True, points=points))


def prose(source: str) -> Cell:
    return _cell(source, "markdown", {})


def notebook(*cells: Cell, **changes: Any) -> bytes:
    whole = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": list(cells)}
    return json.dumps(whole | changes).encode()


@dataclass(frozen=True)
class Course:
    """A question made of cells; answers not given are the author's own."""

    cells: tuple[Cell, ...]
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    limits: Limits = field(default_factory=Limits)

    @property
    def question(self) -> Question:
        source = notebook(*self.cells)
        return Question(
            slug="course", title="Course", kind="python", level="", skills=(), minutes=60, brief="",
            parts=parts_of(read_author(source)), source=source, sha256="0" * 64,
            files=self.files, limits=self.limits,
        )  # fmt: skip

    def submission(self, answers: dict[str, str] | None = None) -> bytes:
        """The author's notebook with other answers, tests taken out as a release does."""
        changed = dict(answers or {})
        cells: list[Cell] = []
        for cell in self.cells:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            source = changed.pop(grade_id, cell["source"]) if grade_id else cell["source"]
            if cell["metadata"].get("nbgrader", {}).get("points") and "assert" in source:
                source = "# tests"
            cells.append(cell | {"source": source})
        assert not changed, f"no such cells: {changed.keys()}"
        return notebook(*cells)


def course(
    *cells: Cell, files: dict[str, bytes] | None = None, limits: Limits | None = None
) -> Course:
    return Course(cells, files or {}, limits or Limits())
