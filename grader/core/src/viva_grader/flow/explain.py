"""Decides what a stored grade's whole arithmetic is, computed again beside what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from viva_grader.domain.errors import BadEvaluationError
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.grade import Grade, Json
from viva_grader.domain.rubric import Rubric
from viva_grader.flow.explain_decided import decided_lines
from viva_grader.flow.explain_final import final_lines
from viva_grader.flow.explain_levels import levels_lines
from viva_grader.flow.explain_tests import tests_lines
from viva_grader.flow.figure_lines import Line, differences
from viva_grader.score.explain import SHARES_FIRST, Step, explain_overall
from viva_grader.score.fusion import fuse

EXPLANATION_SCHEMA: Final = "viva.explanation/1"
SHARES: Final = "Shares"
OVERALL: Final = "Overall"


@dataclass(frozen=True, slots=True)
class StoredScores:
    """What is stored of one submission's scores.

    Attributes
    ----------
    own_sha256, said_sha256 : str
        The hash that the grade's document has, and the one that it names.
    evaluation : Evaluation or None
        None where there is none.
    final : dict or None
        A final score's document, also one of before there were intervals.
    decided : dict or None
        A document of people's decisions.
    """

    grade: Grade
    own_sha256: str
    said_sha256: str
    evaluation: Evaluation | None = None
    final: dict[str, Json] | None = None
    decided: dict[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All steps, and the places whose stored figure differs."""

    lines: tuple[Line, ...]

    @property
    def differences(self) -> tuple[str, ...]:
        """Places whose stored figure is not what was computed."""
        return differences(self.lines)

    def document(self) -> dict[str, Json]:
        """Give it as JSON."""
        return {
            "schema": EXPLANATION_SCHEMA,
            "lines": [each.document() for each in self.lines],
            "differences": list(self.differences),
        }


def explain_stored(stored: StoredScores, rubric: Rubric | None) -> Explanation:
    """Compute stored scores again, and hold each stored figure against what was computed.

    Parameters
    ----------
    rubric : Rubric or None
        The one that the evaluation names, or the grade where there is none; None where it is not
        at hand: then there is no evaluation either.

    Raises
    ------
    VivaError
        Where the evaluation cannot be believed, or was made by another rubric; where a decision is
        none that a person may make.
    """
    lines = tests_lines(stored.grade, stored.own_sha256, stored.said_sha256, rubric)
    if stored.evaluation is None or rubric is None:
        if stored.decided is not None:
            raise BadEvaluationError("There are decisions, and no evaluation that they are about.")
        return Explanation(tuple(lines))
    levels, again = levels_lines(stored.evaluation, rubric, stored.own_sha256)
    final = fuse(stored.grade, again, rubric)
    steps = explain_overall(again, final, rubric)
    return Explanation(
        (
            *lines,
            *levels,
            *_shares(stored.evaluation, again, steps),
            *final_lines(OVERALL, steps[SHARES_FIRST:], final, stored.final or {}),
            *decided_lines(stored.decided, stored.grade, stored.own_sha256, again, rubric),
        )
    )


def _shares(stored: Evaluation, again: Evaluation, steps: Sequence[Step]) -> list[Line]:
    return [
        Line(SHARES, step, place, computed, was)
        for step, place, computed, was in (
            (steps[0], "evaluation.rubric_score", again.rubric_score, stored.rubric_score),
            (
                steps[1],
                "evaluation.communication_score",
                again.communication_score,
                stored.communication_score,
            ),
        )
    ]
