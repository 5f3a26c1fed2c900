"""Decides what a judge is still believed on once words have moved it: nothing that words decide.

Where a submission scores higher on logic than its neutral twin, shows nothing where the twin shows
something, or has a check with a known answer decided otherwise, something in its words did that: an
order, most likely. The same judge read the same words for the dimensions that have no twin, or one
with words left, so those go to a person too. This finds orders that no pattern knows.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from viva_grader.domain.evaluation import DimensionScore
from viva_grader.domain.rubric import Rubric, Twin
from viva_grader.rubric.controls import answered, swayed
from viva_grader.rubric.signs import Signs

_WORDS: Final = frozenset({Twin.NONE, Twin.STRINGS})


def unmoved(rubric: Rubric, scores: Sequence[DimensionScore]) -> tuple[DimensionScore, ...]:
    """Send what words decide to a person, where words moved a dimension of logic."""
    titles = {each.name: each.title for each in rubric.dimensions}
    moved = [each.dimension for each in scores if _rose(each)]
    if not moved:
        return tuple(scores)
    why = f"on {titles[moved[0]]} the submission gets more than its neutral twin, "
    return _handed_over(rubric, scores, _WORDS, f"{why}so its words moved the model.")


def suspected(
    rubric: Rubric, scores: Sequence[DimensionScore], signs: Signs
) -> tuple[tuple[DimensionScore, ...], str]:
    """Send what words may have decided to a person, by all signs.

    Returns
    -------
    tuple of (tuple of DimensionScore, str)
        The scores that are left, and why words are suspected; empty where they are not.
    """
    left = unmoved(rubric, scores)
    why = ""
    if any(map(_fell, scores)):
        why = "On a dimension of logic it gets less than its neutral twin."
    if any(map(_rose, scores)):
        why = "Its words moved the model on a dimension of logic."
    if signs.unseen:
        why = "A model was shown nothing where the neutral twin shows something."
        left = _for_people(_handed_over(rubric, left, _WORDS, why), signs.unseen)
    if signs.emptied:
        why = "A model gave no level where its own checklist gives one."
        left = _for_people(left, signs.emptied)
    if signs.calls and not answered(signs.calls):
        why = why or "There is no answer about the neutral twin to compare with."
        left = _handed_over(rubric, left, {Twin.NONE}, why)
    elif signs.calls and swayed(signs.calls, rubric):
        why = why or "Its words moved the model on a check whose answer is known."
        left = _handed_over(rubric, left, _WORDS, why)
    if signs.unchecked:
        why = "The adversary spoke of some citations only."
        left = _for_people(left, signs.unchecked)
    if signs.injected:
        why = "Something in it speaks to its judge."
    if signs.tampered:
        why = "One of the answers obeyed somebody else."
    wordy = {each.name for each in rubric.dimensions if each.twin is Twin.NONE}
    return (_for_people(left, wordy) if why else left), why


def _for_people(
    scores: Sequence[DimensionScore], names: Collection[str]
) -> tuple[DimensionScore, ...]:
    """Have people decide what has no level, also where a model says that it is not shown."""
    return tuple(
        replace(each, for_person=True, reason=f"A person decides: {each.reason}")
        if each.dimension in names and each.score is None and not each.for_person
        else each
        for each in scores
    )


def _handed_over(
    rubric: Rubric, scores: Sequence[DimensionScore], twins: Collection[Twin], why: str
) -> tuple[DimensionScore, ...]:
    names = {each.name for each in rubric.dimensions if each.twin in twins}
    reason = f"A person decides: {why[:1].lower()}{why[1:]}"
    return tuple(
        replace(each, score=None, confidence=None, reason=reason, for_person=True)
        if each.score is not None and each.dimension in names
        else each
        for each in scores
    )


def _rose(score: DimensionScore) -> bool:
    twin = score.twin
    return twin is not None and any(level is not None and level > twin for level in score.samples)


def _fell(score: DimensionScore) -> bool:
    """Whether each sample is below the twin: an order against oneself, to be left out of a mean."""
    twin, samples = score.twin, score.samples
    return twin is not None and all(level is not None and level < twin for level in samples)
