"""Decides what the raw answers of each pass say: citations, doubts, picks, and of which variant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from viva_grader.domain.evaluation import Quote
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Rubric, Twin
from viva_grader.rubric.consensus import disputed
from viva_grader.rubric.controls import wordy
from viva_grader.rubric.parse import LEFT_OUT, Doubt, Pick, Unusable, parse_doubts, parse_picks
from viva_grader.rubric.protocol import ORIGINAL
from viva_grader.rubric.sample import ANSWERED, Sample, without
from viva_grader.rubric.shown import Shown
from viva_grader.rubric.verify import verified

BUDGET_SPENT = "budget_spent"

Calls = Sequence[Mapping[str, Json]]
Doubts = Mapping[tuple[str, Quote], Doubt]
"""By dimension and citation."""


@dataclass(frozen=True, slots=True)
class CitedClaim:
    """One citation of the samples, as the adversary sees it: no score stands beside it."""

    id: str
    dimension: str
    quote: Quote
    rationale: str


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


def unspoken(samples: Sequence[Sample], doubts: Doubts, rubric: Rubric) -> frozenset[str]:
    """Name the dimensions of which the adversary left a citation out."""
    return frozenset(
        each.dimension
        for each in claims_of(samples, rubric)
        if (each.dimension, each.quote) not in doubts
    )


def without_refuted(
    samples: Sequence[Sample],
    doubts: Doubts,
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
