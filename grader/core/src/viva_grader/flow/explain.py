"""Decides what a stored grade's whole arithmetic is, computed again beside what is stored."""

from dataclasses import dataclass
from typing import Final

from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FIRST_FINAL_SCORE_SCHEMA, FinalScore
from viva_grader.domain.grade import Grade, Json, canonical
from viva_grader.domain.rubric import Rubric, Share
from viva_grader.flow.explain_levels import levels_lines
from viva_grader.flow.explain_tests import tests_lines
from viva_grader.flow.figure_lines import Line, differences
from viva_grader.score.explain import (
    BOUNDS,
    INTERVAL,
    SHARE_TITLES,
    VERDICT,
    Step,
    explain_overall,
)
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
    """

    grade: Grade
    own_sha256: str
    said_sha256: str
    evaluation: Evaluation | None = None
    final: dict[str, Json] | None = None


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
        Where the evaluation cannot be believed, or was made by another rubric.
    """
    lines = tests_lines(stored.grade, stored.own_sha256, stored.said_sha256, rubric)
    if stored.evaluation is None or rubric is None:
        return Explanation(tuple(lines))
    levels, again = levels_lines(stored.evaluation, rubric, stored.own_sha256)
    final = fuse(stored.grade, again, rubric)
    return Explanation(
        (
            *lines,
            *levels,
            *_shares(stored.evaluation, again, final, rubric),
            *_overall(again, final, stored.final, rubric),
        )
    )


def _shares(stored: Evaluation, again: Evaluation, final: FinalScore, rubric: Rubric) -> list[Line]:
    steps = explain_overall(again, final, rubric)
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


def _overall(
    again: Evaluation, final: FinalScore, stored: dict[str, Json] | None, rubric: Rubric
) -> list[Line]:
    """Show how shares became one score; every field of a stored final score is held against it."""
    now, was = final.document(), stored or {}
    kept = was if was.get("schema") == FIRST_FINAL_SCORE_SCHEMA else now
    fields = {
        "Overall": "overall",
        INTERVAL: "interval",
        BOUNDS: "bounds",
        "Confidence": "confidence",
        VERDICT: "verdict",
    }
    lines: list[Line] = []
    for step in explain_overall(again, final, rubric)[2:]:
        name = fields.pop(step.label)
        place = f"final.{name}" if was and name in kept else ""
        lines.append(Line(OVERALL, step, place, now[name], was.get(name)))
    shown = {each.place for each in lines}
    return lines + [
        Line(OVERALL, Step(_title(name), "again", str(now[name])), place, now[name], was.get(name))
        for name in kept
        if was and name != "schema" and (place := f"final.{name}") not in shown
        if canonical(now.get(name)) != canonical(was.get(name))
    ]


def _title(name: str) -> str:
    return SHARE_TITLES[Share(name)] if name in set(Share) else name.replace("_", " ").capitalize()
