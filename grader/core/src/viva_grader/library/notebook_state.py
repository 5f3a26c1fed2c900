"""Decides what a submission says of how it was run: a claim, shown to people and never scored."""

from dataclasses import dataclass
from typing import Any, cast

from viva_grader.library.notebook import submitted_cells

_MOST = 50
_NAME = 80


@dataclass(frozen=True, slots=True)
class Claim:
    """What one cell's stored counts and outputs say.

    Attributes
    ----------
    said : str
        ``ran before a cell above it``, ``was not run``, or ``ended with <exception>``.
    """

    cell: str
    said: str


def submitted_state(notebook: bytes) -> tuple[Claim, ...]:
    """List code cells that were run out of order, not at all, or that ended with an error.

    Nothing of it is proved: counts and outputs are the submission's own words. A notebook in which
    no cell has a count was cleared, and says nothing.

    Raises
    ------
    BadSubmissionError
        If it is no notebook that can be read.
    """
    cells = [
        (_name(cell, number), _count(cell.get("execution_count")), cell.get("outputs"))
        for number, cell in enumerate(submitted_cells(notebook), start=1)
        if cell.get("cell_type") == "code" and _written(cell.get("source"))
    ]
    if all(count is None for _, count, _ in cells):
        return ()
    found: list[Claim] = []
    last = 0
    for name, count, outputs in cells:
        if count is None:
            found.append(Claim(name, "was not run"))
        elif count < last:
            found.append(Claim(name, "ran before a cell above it"))
        last = max(last, count or 0)
        if error := _error(outputs):
            found.append(Claim(name, f"ended with {error}"))
    return tuple(found[:_MOST])


def _name(cell: dict[str, Any], number: int) -> str:
    metadata: Any = cell.get("metadata")
    inside: Any = cast("dict[str, Any]", metadata).get("nbgrader") if _is(metadata) else None
    grade_id: Any = cast("dict[str, Any]", inside).get("grade_id") if _is(inside) else None
    return grade_id if isinstance(grade_id, str) and grade_id else f"cell-{number}"


def _is(value: Any) -> bool:
    return isinstance(value, dict)


def _count(value: Any) -> int | None:
    return value if type(value) is int and value > 0 else None


def _written(source: Any) -> bool:
    lines = cast("list[Any]", source) if isinstance(source, list) else [source]
    return any(isinstance(line, str) and line.strip() for line in lines)


def _error(outputs: Any) -> str:
    for each in cast("list[Any]", outputs) if isinstance(outputs, list) else []:
        if _is(each) and each.get("output_type") == "error":
            name: Any = each.get("ename")
            shown = name if isinstance(name, str) and name.isidentifier() else "an error"
            return shown[:_NAME]
    return ""
