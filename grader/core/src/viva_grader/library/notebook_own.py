"""Decides what a candidate's own notebook is: their cells in their order, and what these showed."""

import re
from collections import Counter
from typing import Any, cast

from viva_grader.library.notebook import AuthorCell, Role, SubmittedCell, submitted_cells
from viva_grader.library.notebook_magics import holds_python
from viva_grader.library.notebook_rebuild import ANSWERED, Step, StepKind

_HIDDEN = re.compile(
    r"^[^\n]*BEGIN HIDDEN TESTS.*?(?:^[^\n]*END HIDDEN TESTS[^\n]*\n?|\Z)", re.MULTILINE | re.DOTALL
)
_SHOWN = 300
"""Characters of a cell's submitted output that are kept."""
_OWN = frozenset({StepKind.SOLUTION, StepKind.HELPER})


def own_notebook(
    author: tuple[AuthorCell, ...], submitted: tuple[SubmittedCell, ...]
) -> tuple[Step, ...]:
    """List the code cells of a submission in its own order; none if no Python of theirs is in it.

    Test cells are the author's, without what a release hides.
    """
    by_id = {cell.id: cell for cell in author if cell.graded_id}
    given = Counter(cell.source.strip() for cell in author if cell.code and not cell.graded_id)
    steps: list[Step] = []
    for cell in submitted:
        known = by_id.get(cell.grade_id or "")
        if known is not None and known.role is Role.TESTS:
            steps.append(Step(StepKind.TESTS, known.id, without_hidden_tests(known.source)))
        elif not cell.code or not cell.source.strip():
            continue
        elif known is not None:
            kind = StepKind.SOLUTION if known.role in ANSWERED else StepKind.GIVEN
            steps.append(Step(kind, known.id, cell.source))
        else:
            kind = StepKind.GIVEN if given[cell.source.strip()] else StepKind.HELPER
            given[cell.source.strip()] -= 1
            steps.append(Step(kind, f"cell-{cell.number}", cell.source))
    own = any(step.kind in _OWN and holds_python(step.source) for step in steps)
    return tuple(steps) if own else ()


def without_hidden_tests(source: str) -> str:
    """Take out what nbgrader's release takes out; a region that is not closed goes to the end."""
    return _HIDDEN.sub("", source)


def submitted_outputs(notebook: bytes) -> dict[str, str]:
    """Give the text that each code cell showed when it was submitted: a claim, for people to read.

    Returns
    -------
    dict of str to str
        By grade_id, or ``cell-<n>``; bounded, and without what is no text.
    """
    found: dict[str, str] = {}
    for number, cell in enumerate(submitted_cells(notebook), start=1):
        grade_id = _path(cell, "metadata", "nbgrader", "grade_id")
        name = grade_id if isinstance(grade_id, str) and grade_id else f"cell-{number}"
        outputs = _path(cell, "outputs")
        if isinstance(outputs, list):
            texts = [_text(each) for each in cast("list[Any]", outputs)[:20]]
            text = "".join(texts).strip()
            if text:
                found.setdefault(name, text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
    return found


def _text(output: Any) -> str:
    if _path(output, "output_type") == "error":
        return f"{_path(output, 'ename')}\n"
    raw = _path(output, "text") or _path(output, "data", "text/plain") or ""
    if isinstance(raw, list):
        raw = "".join(each for each in cast("list[Any]", raw) if isinstance(each, str))
    return f"{raw[: _SHOWN * 2]}\n" if isinstance(raw, str) and raw else ""


def _path(value: Any, *keys: str) -> Any:
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = cast("dict[str, Any]", value).get(key)
    return value
