"""Decides what of a submission is read without being run, and how that bears on its parts."""

from dataclasses import replace

from viva_grader.checks.inspection import Cell, Inspection, Request
from viva_grader.checks.inspector import Inspector
from viva_grader.domain.grade import Citation, Status
from viva_grader.domain.outcome import Fact, Outcome
from viva_grader.domain.question import Part, Question
from viva_grader.library.notebook_rebuild import Rebuilt, StepKind

_OWN = frozenset({StepKind.SOLUTION, StepKind.HELPER})


def read(
    question: Question, rebuilt: Rebuilt, inspector: Inspector | None, *, measured: bool
) -> Inspection | None:
    """Read the cells; None where nobody reads or nothing is asked of the text.

    Parameters
    ----------
    measured : bool
        Whether quality is measured; otherwise only what parts and penalties need is looked at.
    """
    signatures = {part.name: part.signature for part in question.parts if part.signature}
    if inspector is None or not (measured or signatures or question.forbidden):
        return None
    cells = tuple(Cell(s.cell, s.source, s.kind in _OWN) for s in rebuilt.steps)
    return inspector.inspect(Request(cells, signatures, question.forbidden, quality=measured))


def by_signature(outcome: Outcome, part: Part, seen: Inspection | None) -> Outcome:
    """Let a part whose function takes something else than asked end as that, whatever it did.

    A part that has no points for our own reasons keeps its status: grading again decides.
    """
    wrong = seen.wrong.get(part.name) if seen is not None else None
    if wrong is None or outcome.status in {Status.INFRA_ERROR, Status.UNSCORED}:
        return outcome
    data = {"said": wrong.said, "cell": wrong.cell, "line": wrong.line}
    return replace(
        outcome,
        status=Status.CANDIDATE_ERROR,
        points=0.0,
        message=wrong.said,
        facts=(Fact("signature", data), *outcome.facts),
        citations=(Citation(wrong.cell, wrong.line, wrong.line),),
    )
