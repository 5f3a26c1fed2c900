"""Decides what a judge is still believed on once words have moved it: nothing that words decide.

Where a submission scores higher on logic than its neutral twin, something in its words did that: an
order, most likely. The same judge read the same words for the dimensions that have no twin, or one
with words left, so those go to a person too. This finds orders that no pattern knows.
"""

from collections.abc import Sequence
from dataclasses import replace

from viva_grader.domain.evaluation import DimensionScore
from viva_grader.domain.rubric import Rubric, Twin


def unmoved(rubric: Rubric, scores: Sequence[DimensionScore]) -> tuple[DimensionScore, ...]:
    """Send what words decide to a person, where words moved a dimension of logic."""
    titles = {each.name: each.title for each in rubric.dimensions}
    wordy = {each.name for each in rubric.dimensions if each.twin is not Twin.NEUTRAL}
    moved = [each.dimension for each in scores if _rose(each)]
    if not moved:
        return tuple(scores)
    reason = (
        f"A person decides: on {titles[moved[0]]} the submission gets more than its neutral twin, "
        "so its words moved the model."
    )
    return tuple(
        replace(each, score=None, confidence=None, reason=reason, for_person=True)
        if each.score is not None and each.dimension in wordy
        else each
        for each in scores
    )


def _rose(score: DimensionScore) -> bool:
    twin = score.twin
    return twin is not None and any(level is not None and level > twin for level in score.samples)
