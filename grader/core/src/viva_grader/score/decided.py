"""Decides what people's decisions make of an evaluation: the same arithmetic, with their levels.

The evaluation itself stays as it was made. A decided level has confidence 1, because a named person
answers for it, and no spread. What tests decide is nobody's to decide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.errors import RefusedDecisionError
from viva_grader.domain.evaluation import DimensionScore, Evaluation
from viva_grader.domain.rubric import Rubric, Share
from viva_grader.score.levels import HIGHEST_LEVEL, LOWEST_LEVEL, share_score


def refuse_undecidable(rubric: Rubric, dimension: str, level: int) -> None:
    """Refuse a level that no person may give.

    Raises
    ------
    RefusedDecisionError
        For a dimension that tests decide, one that the rubric does not have, and a level outside
        1..5.
    """
    found = next((each for each in rubric.dimensions if each.name == dimension), None)
    if found is None:
        raise RefusedDecisionError(f"{rubric.name} has no such dimension.")
    if not found.by_model:
        raise RefusedDecisionError(f"{found.title} is decided by tests alone.")
    if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
        raise RefusedDecisionError(f"A level is {LOWEST_LEVEL} to {HIGHEST_LEVEL}.")


def last_decisions(
    decisions: Iterable[DimensionDecision], question: str
) -> dict[str, DimensionDecision]:
    """Give, by dimension, the decision that counts for one question: the last one."""
    return {each.dimension: each for each in decisions if each.question == question}


def as_decided(
    evaluation: Evaluation, rubric: Rubric, decisions: Mapping[str, DimensionDecision]
) -> Evaluation:
    """Put people's levels in the place of a model's.

    Parameters
    ----------
    decisions : mapping of str to DimensionDecision
        By dimension, see :func:`last_decisions`.

    Raises
    ------
    RefusedDecisionError
        As :func:`refuse_undecidable`.
    """
    for name, each in decisions.items():
        refuse_undecidable(rubric, name, each.level)
    scores = {each.dimension: each for each in evaluation.dimensions}
    decided = tuple(
        _decided(scores.get(each.name), decisions[each.name])
        if each.name in decisions
        else scores[each.name]
        for each in rubric.scored()
        if each.name in decisions or each.name in scores
    )
    return replace(
        evaluation,
        dimensions=decided,
        rubric_score=share_score(rubric, Share.RUBRIC, decided),
        communication_score=share_score(rubric, Share.COMMUNICATION, decided),
    )


def _decided(score: DimensionScore | None, decision: DimensionDecision) -> DimensionScore:
    was = score or DimensionScore(decision.dimension, None, "")
    return replace(was, score=decision.level, confidence=1.0, reason="", for_person=False)
