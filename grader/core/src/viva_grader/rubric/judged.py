"""Decides what a stored record gives: the same scores, always, and without any network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from viva_grader.domain.evaluation import DimensionScore, Evaluation, Quote
from viva_grader.domain.grade import Json
from viva_grader.domain.judging import judging_from
from viva_grader.domain.rubric import Dimension, Rubric, Share, Twin
from viva_grader.rubric.consensus import Views, agreed, disputed
from viva_grader.rubric.controls import wordy
from viva_grader.rubric.moved import Signs, suspected, unmoved
from viva_grader.rubric.parse import LEFT_OUT, Doubt, Pick, Unusable, parse_doubts, parse_picks
from viva_grader.rubric.protocol import ORIGINAL, Protocol
from viva_grader.rubric.sample import ANSWERED, Finding, Sample, read_sample, without
from viva_grader.rubric.shown import Shown, shown_from
from viva_grader.rubric.verify import verified
from viva_grader.score.checklist import level_of
from viva_grader.score.levels import share_score

Calls = Sequence[Mapping[str, Json]]
BUDGET_SPENT = "budget_spent"
WITHOUT_SUSPICION = "viva.evaluation-record/2"
"""Stored before there were checks with a known answer: it gives what it gave then."""


@dataclass(frozen=True, slots=True)
class CitedClaim:
    """One citation of the samples, as the adversary sees it: no score stands beside it."""

    id: str
    dimension: str
    quote: Quote
    rationale: str


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
    unchecked = _unspoken(samples, doubts, asked) if asking else frozenset[str]()
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
    return Seen(asked, protocol, views, _signs(record, asked, views, left_out))


def _signs(
    record: Mapping[str, Json],
    asked: Rubric,
    views: Mapping[str, Views],
    unchecked: frozenset[str],
) -> Signs:
    """Collect what may show that words moved a model."""
    emptied = (e.name for e in asked.scored() if _emptied(e, views[e.name].before))
    return Signs(
        calls=record["calls"] if record["controls"] else (),
        unseen=frozenset(name for name, each in views.items() if _unseen(each)),
        emptied=frozenset(emptied),
        injected=bool(record["injections"]),
        unchecked=unchecked,
        tampered=any(each.tampered for view in views.values() for each in view.before),
    )


def called(calls: Calls, name: str, sample: int, variant: str) -> Calls:
    """Give the calls of one pass: the question, and its repair where there was one."""
    return [
        each
        for each in calls
        if (each["pass"], each["sample"], each["variant"]) == (name, sample, variant)
    ]


def claims_of(samples: Sequence[Sample], rubric: Rubric) -> tuple[CitedClaim, ...]:
    """List what samples cite, each place of a dimension once, with an id."""
    found: dict[tuple[str, Quote], str] = {}
    for sample in samples:
        for each in rubric.scored():
            claim = sample[each.name].claim
            if claim is None or sample[each.name].level is None:
                continue
            for quote in sample[each.name].quotes:
                found.setdefault((each.name, quote), claim.rationale)
    return tuple(
        CitedClaim(f"k{number}", dimension, quote, rationale)
        for number, ((dimension, quote), rationale) in enumerate(found.items(), start=1)
    )


def doubts_of(
    calls: Calls, samples: Sequence[Sample], rubric: Rubric, *, whole: bool = False
) -> tuple[dict[tuple[str, Quote], Doubt], str]:
    """Read the adversary's doubts by dimension and citation, and why some or all are missing.

    A repair is asked to speak of every citation again, and what it leaves out stays as it was said.

    Parameters
    ----------
    whole : bool
        Whether an answer that leaves citations out counts for nothing.
    """
    claims = claims_of(samples, rubric)
    if not claims:
        return {}, ""
    ids = frozenset(each.id for each in claims)
    told: dict[str, Doubt] = {}
    why = "The adversary was not asked."
    for call in called(calls, "B", 0, ORIGINAL):
        if call["outcome"] != ANSWERED:
            why = f"The adversary gave no answer: {call['said']}."
            continue
        try:
            doubts = parse_doubts(call["response"]["text"], ids)
        except Unusable as error:
            why = f"The adversary gave no answer: {error}."
            continue
        if doubts.keys() == ids:
            told, why = doubts, ""
            break
        why = "The adversary gave no answer: " + LEFT_OUT + "."
        if not whole:
            told |= doubts
    if told.keys() == ids:
        why = ""
    return {(each.dimension, each.quote): told[each.id] for each in claims if each.id in told}, why


def without_refuted(
    samples: Sequence[Sample],
    doubts: Mapping[tuple[str, Quote], Doubt],
    data: Shown,
    rubric: Rubric,
    *,
    apart: bool = True,
) -> list[Sample]:
    """Take away what the adversary refuted; it must cite too, and its citation must stand."""
    refuted = {
        each.name: frozenset(
            quote
            for (dimension, quote), doubt in doubts.items()
            if dimension == each.name
            and doubt.refuted
            and any(verified(evidence, data) for evidence in doubt.evidence)
        )
        for each in rubric.scored()
    }
    return [
        {name: without(found, refuted[name], apart=apart) for name, found in sample.items()}
        for sample in samples
    ]


def disputes(samples: Sequence[Sample]) -> dict[str, tuple[int, ...]]:
    """Give the dimensions on which samples differ, with the levels that they say."""
    found = {name: disputed([each[name] for each in samples]) for name in samples[0]}
    return {name: levels for name, levels in found.items() if levels}


def picks_of(calls: Calls, samples: Sequence[Sample]) -> dict[str, Pick]:
    """Read the reconciler's picks; none where it gave no answer, and a person then decides."""
    names = frozenset(disputes(samples))
    for call in called(calls, "C", 0, ORIGINAL) if names else ():
        if call["outcome"] == ANSWERED:
            try:
                return parse_picks(call["response"]["text"], names)
            except Unusable:
                continue
    return {}


def for_variant(rubric: Rubric, variant: str) -> Rubric:
    """Keep the dimensions that a variant is scored by: all of the original, its own of a twin."""
    if variant == ORIGINAL:
        return rubric
    kept = tuple(each for each in rubric.dimensions if each.by_model and each.twin.value == variant)
    return replace(rubric, dimensions=kept)


def twin_variants(rubric: Rubric) -> tuple[Twin, ...]:
    """Name the twins that a rubric's dimensions are scored on, or only compared with."""
    found = dict.fromkeys(each.twin for each in rubric.scored() if each.twin is not Twin.NONE)
    if wordy(rubric):
        found.setdefault(Twin.NEUTRAL)
    return tuple(found)


def _unspoken(
    samples: Sequence[Sample], doubts: Mapping[tuple[str, Quote], Doubt], rubric: Rubric
) -> frozenset[str]:
    """Name the dimensions of which the adversary left a citation out."""
    return frozenset(
        each.dimension
        for each in claims_of(samples, rubric)
        if (each.dimension, each.quote) not in doubts
    )


def _unchecked(found: Finding, why: str) -> Finding:
    if found.level is None:
        return found
    return Finding(claim=found.claim, quotes=found.quotes, cited=found.cited, reason=why)


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
