"""Decides how people's decisions on a stored grade are computed again, beside what stood before."""

from typing import Final

from viva_grader.domain.decision import decisions_from
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.grade import Grade, Json
from viva_grader.domain.rubric import Rubric
from viva_grader.flow.explain_final import final_lines
from viva_grader.flow.figure_lines import Line
from viva_grader.score.decided import last_decisions
from viva_grader.score.explain import SHARES_FIRST, UNSCORED, Step, explain_decided
from viva_grader.score.fusion import fuse_shares, share_of_tests

DECIDED: Final = "As decided"


def decided_lines(
    stored: dict[str, Json] | None,
    grade: Grade,
    grade_sha256: str,
    evaluation: Evaluation,
    rubric: Rubric,
) -> list[Line]:
    """Compute a score as decided, and hold what is stored of it against that.

    Parameters
    ----------
    stored : dict or None
        A document of decisions; None where there is none.
    evaluation : Evaluation
        As it was computed again.

    Raises
    ------
    RefusedDecisionError
        For a decision on what tests decide, or outside of the rubric.
    KeyError, TypeError, ValueError
        Where it is no such document.
    """
    if stored is None:
        return []
    decisions = decisions_from(stored)
    scored = {each.dimension: each.score for each in evaluation.dimensions}
    titles = {each.name: each.title for each in rubric.dimensions}
    hashed = Step("Decided grade", "the hash that the decisions name", grade_sha256[:12])
    lines = [Line(DECIDED, hashed, "decisions.grade_sha256", grade_sha256, stored["grade_sha256"])]
    for number, each in enumerate(decisions):
        was = scored.get(each.dimension)
        said = f"{each.by}, {each.at}: level {each.level}, because: {each.reason}"
        step = Step(
            f"{titles.get(each.dimension, each.dimension)}: was", said,
            UNSCORED if was is None else str(was),
        )  # fmt: skip
        lines.append(Line(DECIDED, step, f"decisions[{number}].original", was, each.original))
    last = last_decisions(decisions, grade.question)
    tests = share_of_tests(grade.deterministic_score, grade.shares)
    fused = fuse_shares(tests, evaluation, rubric, last)
    steps = explain_decided(evaluation, last, fused.final, rubric)
    shown = len(last) + SHARES_FIRST
    lines += [Line(DECIDED, each) for each in steps[:shown]]
    return lines + final_lines(
        DECIDED, steps[shown:], fused.final, stored["final"], "decisions.final"
    )
