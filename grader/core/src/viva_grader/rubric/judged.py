"""Decides what a stored record gives: the same scores, always, and without any network."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from viva_grader.domain.evaluation import DimensionScore, Evaluation
from viva_grader.domain.grade import Json
from viva_grader.domain.judging import judging_from
from viva_grader.domain.rubric import Rubric, Share
from viva_grader.rubric.answers import (
    BUDGET_SPENT,
    Calls,
    called,
    doubts_of,
    for_variant,
    picks_of,
    unspoken,
    without_refuted,
)
from viva_grader.rubric.consensus import Views, agreed
from viva_grader.rubric.moved import suspected, unmoved
from viva_grader.rubric.protocol import ORIGINAL, Protocol
from viva_grader.rubric.sample import Finding, read_sample
from viva_grader.rubric.shown import shown_from
from viva_grader.rubric.signs import Signs, signs_of
from viva_grader.score.levels import share_score

WITHOUT_SUSPICION = "viva.evaluation-record/2"
"""Stored before there were checks with a known answer: it gives what it gave then."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a record's raw answers say, before a level is made of it.

    Attributes
    ----------
    asked : Rubric
        With the question's own checks.
    views : dict of str to Views
        By dimension.
    signs : Signs or None
        What may show that words moved a model; None in what was stored before any were looked for.
    """

    asked: Rubric
    protocol: Protocol
    views: dict[str, Views]
    signs: Signs | None = None


def judged(record: dict[str, Json], rubric: Rubric) -> Evaluation:
    """Compute the scores that a record's raw answers give."""
    seen = seen_in(record, rubric)
    scores = [agreed(each, seen.views[each.name], seen.protocol) for each in seen.asked.scored()]
    if seen.signs is None:
        return _evaluation(record, rubric, unmoved(seen.asked, scores))
    return _evaluation(record, rubric, *suspected(seen.asked, scores, seen.signs))


def seen_in(record: Mapping[str, Json], rubric: Rubric) -> Seen:
    """Read what a record's raw answers say of each dimension."""
    asked = rubric.with_checks(judging_from(record["judging"]).checks)
    protocol = Protocol(**record["protocol"])
    data = {name: shown_from(each) for name, each in record["data"].items()}
    calls: Calls = record["calls"]
    before = record["schema"] == WITHOUT_SUSPICION
    samples = [
        read_sample(called(calls, "A", number, ORIGINAL), asked, data[ORIGINAL], apart=not before)
        for number in range(protocol.samples)
    ]
    doubts, missing = doubts_of(calls, samples, asked, whole=before)
    asking = bool(missing) and protocol.adversary
    unchecked = unspoken(samples, doubts, asked) if asking else frozenset[str]()
    remaining = without_refuted(samples, doubts, data[ORIGINAL], asked, apart=not before)
    picks = picks_of(calls, remaining)
    twins = {
        variant: read_sample(twin_calls, for_variant(asked, variant), shown_twin, apart=not before)
        for variant, shown_twin in data.items()
        if variant != ORIGINAL and (twin_calls := called(calls, "A", 0, variant))
    }
    views: dict[str, Views] = {}
    for each in asked.scored():
        now = [sample[each.name] for sample in remaining]
        if each.name in unchecked:
            now = [_unchecked(found, missing) for found in now]
        twin = twins.get(each.twin.value)
        views[each.name] = Views(
            samples=now,
            before=[sample[each.name] for sample in samples],
            twin=twin[each.name] if twin is not None else None,
            pick=picks.get(each.name),
            correctness=record["correctness"],
            injected=record["injections"],
        )
    if before:
        return Seen(asked, protocol, views)
    left_out = unchecked if doubts else frozenset[str]()
    return Seen(asked, protocol, views, signs_of(record, asked, views, left_out))


def _unchecked(found: Finding, why: str) -> Finding:
    if found.level is None:
        return found
    return Finding(claim=found.claim, quotes=found.quotes, cited=found.cited, reason=why)


def _evaluation(
    record: dict[str, Json],
    rubric: Rubric,
    scores: tuple[DimensionScore, ...],
    suspicion: str = "",
) -> Evaluation:
    missing = sum(each.score is None for each in scores)
    people = sum(each.for_person for each in scores)
    status = "unscored" if missing == len(scores) else "partial" if missing else "scored"
    reason = f"{missing} of {len(scores)} dimensions are unscored." if missing else ""
    if people:
        reason += f" {people} of them wait for a person."
    reasons = {each.reason for each in scores}
    if status == "unscored" and len(reasons) == 1:
        reason = f"Nothing was scored: {reasons.pop()}"
    if any(each["outcome"] == BUDGET_SPENT for each in record["calls"]):
        reason = f"The interview's budget for models is spent. {reason}".strip()
    evaluation = Evaluation(
        rubric=rubric.name,
        rubric_sha256=rubric.sha256,
        status=status,
        dimensions=scores,
        rubric_score=share_score(rubric, Share.RUBRIC, scores),
        communication_score=share_score(rubric, Share.COMMUNICATION, scores),
        reason=reason,
        record=record,
        suspicion=suspicion,
    )
    if not evaluation.withheld:
        return evaluation
    reason += f" No share is made of the others before: {suspicion[:1].lower()}{suspicion[1:]}"
    return replace(evaluation, rubric_score=None, communication_score=None, reason=reason)
