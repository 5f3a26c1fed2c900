"""Decides what in a record is suspicious: what may show that a submission's words moved a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Dimension, Rubric
from viva_grader.rubric.consensus import Views
from viva_grader.rubric.controls import Calls
from viva_grader.rubric.sample import Finding
from viva_grader.score.checklist import level_of


@dataclass(frozen=True, slots=True)
class Signs:
    """What may show that words moved a model.

    Attributes
    ----------
    calls : sequence of dict
        The stored calls, which asked for checks with a known answer; empty where none did.
    unseen : frozenset of str
        Dimensions that no sample was shown, though their twin was scored.
    emptied : frozenset of str
        Dimensions without a level in all samples, though each one's checklist gives one.
    injected : bool
        Whether something in the submission speaks to its judge.
    unchecked : frozenset of str
        Dimensions of which the adversary left a citation out, though it spoke of others.
    tampered : bool
        Whether an answer changed the field that nothing may change.
    """

    calls: Calls = ()
    unseen: frozenset[str] = frozenset()
    emptied: frozenset[str] = frozenset()
    injected: bool = False
    unchecked: frozenset[str] = frozenset()
    tampered: bool = False


def signs_of(
    record: Mapping[str, Json],
    asked: Rubric,
    views: Mapping[str, Views],
    unchecked: frozenset[str],
) -> Signs:
    """Collect the signs of a record.

    Parameters
    ----------
    asked : Rubric
        With the question's own checks.
    views : mapping of str to Views
        By dimension.
    unchecked : frozenset of str
        As :attr:`Signs.unchecked`.
    """
    emptied = (e.name for e in asked.scored() if _emptied(e, views[e.name].before))
    return Signs(
        calls=record["calls"] if record["controls"] else (),
        unseen=frozenset(name for name, each in views.items() if _unseen(each)),
        emptied=frozenset(emptied),
        injected=bool(record["injections"]),
        unchecked=unchecked,
        tampered=any(each.tampered for view in views.values() for each in view.before),
    )


def _unseen(views: Views) -> bool:
    """Whether all samples say that nothing is shown, where the twin shows enough for a level."""
    shown = views.twin is not None and views.twin.level is not None
    return shown and all(
        each.level is None and each.claim is not None and not each.repairable
        for each in views.before
    )


def _emptied(dimension: Dimension, samples: Sequence[Finding]) -> bool:
    """Whether all samples answer null, and decide checks that give a level."""
    return all(
        each.claim is not None
        and each.claim.score is None
        and level_of(dimension.checklist, each.claim.decisions()) is not None
        for each in samples
    )
