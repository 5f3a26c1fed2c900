"""Decides what the judging process is asked about one submission, and whether anything is."""

from base64 import b64encode

from viva_grader.checks.asked import Asked
from viva_grader.checks.work import Work
from viva_grader.domain.question import PartKind, Question
from viva_grader.library.notebook import AuthorCell, Role, read_submission
from viva_grader.library.notebook_names import cell_names
from viva_grader.library.notebook_own import own_notebook, submitted_outputs
from viva_grader.library.notebook_rebuild import ANSWERED, Rebuilt, Step, StepKind

_JUDGED = frozenset({PartKind.TESTS, PartKind.CASES})


def judged_parts(question: Question) -> dict[str, float]:
    """Give the parts whose verdicts are made beside a candidate's process, with their points."""
    return {part.name: part.max_points for part in question.parts if part.kind in _JUDGED}


def work_of(
    question: Question,
    author: tuple[AuthorCell, ...],
    rebuilt: Rebuilt,
    *,
    submission: bytes,
    measured: bool,
) -> Work | None:
    """Put together all that is asked; None where there is nothing to ask.

    Parameters
    ----------
    submission : bytes
        The candidate's own notebook.
    measured : bool
        Whether work is counted, and the candidate's own notebook run again.
    """
    own = own_notebook(author, read_submission(submission)) if measured else ()
    points, limits = judged_parts(question), question.limits
    efforts = {p.name: p.effort for p in question.parts if p.effort is not None and measured}
    if not points and not own:
        return None
    cases = {part.name: part.cases for part in question.parts if part.kind is PartKind.CASES}
    return Work(
        steps=tuple(s for s in rebuilt.steps if s.kind is not StepKind.TESTS or s.cell in points),
        names={cell.id: cell_names(cell.source) for cell in author if cell.code},
        points=points,
        files={name: b64encode(data).decode("ascii") for name, data in question.files.items()},
        call_s=limits.call_s,
        part_s=limits.part_s,
        total_s=limits.total_s,
        message_bytes=limits.message_mib * 1024 * 1024,
        asked=Asked(
            cases=cases,
            efforts=efforts,
            reference=_reference(author),
            own=own,
            outputs=submitted_outputs(submission) if own else {},
            rows=question.fixture is not None,
        ),
        text="\n".join(cell.source for cell in author if cell.role is not Role.TESTS),
        answers="\n".join(cell.source for cell in author if cell.role in ANSWERED),
    )


def _reference(author: tuple[AuthorCell, ...]) -> tuple[Step, ...]:
    """Give the author's own notebook, solutions included and tests left out."""
    return tuple(
        Step(StepKind.SOLUTION if cell.role in ANSWERED else StepKind.GIVEN, cell.id, cell.source)
        for cell in author
        if cell.code and (cell.role in ANSWERED or cell.role is Role.GIVEN)
    )
