"""Decides what is run: the author's notebook with the candidate's text in its solution cells."""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from viva_grader.domain.errors import WrongQuestionError
from viva_grader.library.notebook import AuthorCell, Role, SubmittedCell

ANSWERED = frozenset({Role.SOLUTION, Role.WRITTEN})


class StepKind(StrEnum):
    """Where a cell runs."""

    GIVEN = "given"
    """The author's: in both processes."""
    SOLUTION = "solution"
    """The candidate's answer: in the sandbox only."""
    HELPER = "helper"
    """A cell that the candidate added: in the sandbox only."""
    TESTS = "tests"
    """The author's: in the trusted process only."""


@dataclass(frozen=True, slots=True)
class Step:
    """One cell to run."""

    kind: StepKind
    cell: str
    source: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A submission put into its author's notebook.

    Attributes
    ----------
    steps : tuple of Step
        Code, in the order in which it runs.
    answers : dict of str to str
        The candidate's text by grade_id, prose and queries included.
    missing, duplicated : tuple of str
        grade_ids of solution cells that the submission lacks, or has more than once: the first
        counts.
    added : tuple of SubmittedCell
        Cells of the candidate's own, prose included.
    """

    steps: tuple[Step, ...]
    answers: dict[str, str]
    missing: tuple[str, ...]
    duplicated: tuple[str, ...]
    added: tuple[SubmittedCell, ...]


def rebuild(author: tuple[AuthorCell, ...], submitted: tuple[SubmittedCell, ...]) -> Rebuilt:
    """Take only text from a submission: of known solution cells and of cells that were added.

    A cell that was added runs after the author's cell that it follows; everything else that a
    submission brings (metadata, outputs, tags, test cells, copies of locked cells) is dropped.

    Raises
    ------
    WrongQuestionError
        If the question has solution cells and the submission has none of them.
    """
    wanted = {cell.id for cell in author if cell.role in ANSWERED}
    answers: dict[str, str] = {}
    duplicated: list[str] = []
    for cell in submitted:
        if cell.grade_id in wanted:
            if cell.grade_id in answers:
                duplicated.append(cell.grade_id)
            else:
                answers[cell.grade_id] = cell.source
    if wanted and not answers:
        named = ", ".join(sorted(wanted)[:3])
        raise WrongQuestionError(
            f"Not graded: it answers another question; none of its cells is {named}."
        )
    after = _added(author, submitted)
    steps = _helpers(after[-1])
    for position, cell in enumerate(author):
        steps += _own(cell, answers) + _helpers(after[position])
    return Rebuilt(
        steps=tuple(steps),
        answers=answers,
        missing=tuple(c.id for c in author if c.id in wanted and c.id not in answers),
        duplicated=tuple(dict.fromkeys(duplicated)),
        added=tuple(cell for cells in after.values() for cell in cells),
    )


def _own(cell: AuthorCell, answers: dict[str, str]) -> list[Step]:
    if not cell.code or cell.role is Role.TASK:
        return []
    if cell.role in ANSWERED:
        return [Step(StepKind.SOLUTION, cell.id, answers.get(cell.id, ""))]
    kind = StepKind.TESTS if cell.role is Role.TESTS else StepKind.GIVEN
    return [Step(kind, cell.id, cell.source)]


def _helpers(cells: list[SubmittedCell]) -> list[Step]:
    return [
        Step(StepKind.HELPER, f"cell-{cell.number}", cell.source)
        for cell in cells
        if cell.code and cell.source.strip()
    ]


def _added(
    author: tuple[AuthorCell, ...], submitted: tuple[SubmittedCell, ...]
) -> dict[int, list[SubmittedCell]]:
    """Group the candidate's own cells by the position of the author's cell before them, or -1.

    Author's cells that carry no grade_id are recognised by their text, each once.
    """
    by_id = {cell.id: position for position, cell in enumerate(author) if cell.graded_id}
    by_text: dict[tuple[bool, str], list[int]] = defaultdict(list)
    for position, cell in enumerate(author):
        if not cell.graded_id:
            by_text[(cell.code, cell.source.strip())].append(position)
    added: dict[int, list[SubmittedCell]] = defaultdict(list)
    last = -1
    for cell in submitted:
        if cell.grade_id is not None:
            last = by_id.get(cell.grade_id, last)
            continue
        positions = by_text.get((cell.code, cell.source.strip()))
        if positions:
            last = positions.pop(0)
        else:
            added[last].append(cell)
    return added
