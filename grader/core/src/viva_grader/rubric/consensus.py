"""Decides what the passes give together: a level with its confidence, nothing, or a person's turn.

The level is the median of the samples and the reconciler's pick, of two middle ones the lower.
Nothing here can give a level outside of what samples computed. The confidence is a product of::

    mean of the samples' own × share of samples scored × (1 − range / 4)
    × citations that stand ÷ citations given × 0.5 for each contradiction
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median_low
from typing import Final

from viva_grader.domain.evaluation import DimensionScore
from viva_grader.domain.rubric import Dimension, Twin
from viva_grader.rubric.parse import Claim, Pick
from viva_grader.rubric.protocol import Protocol
from viva_grader.rubric.sample import Finding

_WIDEST: Final = 4
_WEAK_TESTS: Final = 0.25
_STRONG_TESTS: Final = 1.0
_HIGH: Final = 4
_LOW: Final = 1
_CONTRADICTED: Final = 0.5
DECIMALS: Final = 4


@dataclass(frozen=True, slots=True)
class Views:
    """All that was said of one dimension.

    Attributes
    ----------
    samples : sequence of Finding
        At least one; refuted citations are gone.
    before : sequence of Finding
        The same before the adversary.
    twin : Finding or None
        None where the dimension has no twin, or none was asked for.
    pick : Pick or None
        None where nothing was disputed, or nobody was asked.
    correctness : float or None
        The tests' share of points, 0..1.
    injected : sequence of str
        What in the submission talks to its judge, a line each.
    """

    samples: Sequence[Finding]
    before: Sequence[Finding]
    twin: Finding | None = None
    pick: Pick | None = None
    correctness: float | None = None
    injected: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Confidence:
    """What a confidence is the product of; each 0..1 but the last.

    Attributes
    ----------
    own : float
        Mean of what the samples say of themselves.
    scored : float
        Share of samples that have a level.
    agreement : float
        1 where they agree, 0 where they are as far apart as can be.
    standing : float
        Citations that stand, of those given.
    contradictions : int
        Each halves it.
    """

    own: float
    scored: float
    agreement: float
    standing: float
    contradictions: int

    @property
    def value(self) -> float:
        """The product, 0..1, rounded."""
        return round(
            self.own
            * self.scored
            * self.agreement
            * self.standing
            * _CONTRADICTED**self.contradictions,
            DECIMALS,
        )


def disputed(samples: Sequence[Finding]) -> tuple[int, ...]:
    """Give the levels that samples differ by, sorted; empty where they agree."""
    levels = {each.level for each in samples if each.level is not None}
    return tuple(sorted(levels)) if len(levels) > 1 else ()


def agreed(dimension: Dimension, views: Views, protocol: Protocol) -> DimensionScore:
    """Put one dimension's views together."""
    levels = [each.level for each in views.samples if each.level is not None]
    flags = _flags(views.samples)
    if views.injected and dimension.twin is Twin.NONE:
        flags = tuple(dict.fromkeys([*views.injected, *flags]))
    shared = DimensionScore(
        dimension=dimension.name,
        score=None,
        rationale="",
        red_flags=flags,
        samples=tuple(each.level for each in views.samples),
        twin=views.twin.level if views.twin is not None else None,
    )
    if 2 * len(levels) <= len(views.samples):
        return _too_few(shared, views, len(levels))
    observed = [*levels, *allowed(views.pick, levels)]
    level = median_low(observed)
    finding, claim = _spoken(views.samples, level)
    contradictions = _contradictions(dimension, views, level)
    scored = replace(
        shared,
        score=level,
        confidence=confidence_of(views, len(contradictions)).value,
        rationale=claim.rationale,
        quotes=finding.quotes,
        follow_ups=tuple(claim.follow_ups),
        checklist={name: each.value for name, each in claim.decisions().items()},
        contradictions=contradictions,
    )
    why = _for_person(dimension, views, protocol, scored)
    if not why:
        return scored
    reason = f"A person decides: {why}"
    return replace(scored, score=None, confidence=None, reason=reason, for_person=True)


def allowed(pick: Pick | None, levels: Sequence[int]) -> list[int]:
    """Give the pick where it lies inside what was observed; nothing else moves a level."""
    if pick is None or pick.pick is None or not min(levels) <= pick.pick <= max(levels):
        return []
    return [pick.pick]


def _too_few(shared: DimensionScore, views: Views, scored: int) -> DimensionScore:
    """Say why there is no level; the first reason stands for the others."""
    failed = next(each for each in views.samples if each.level is None)
    tampered = any(each.tampered for each in views.samples)
    refuted = any(
        before.level is not None and after.level is None
        for before, after in zip(views.before, views.samples, strict=True)
    )
    for_person = bool(scored) or tampered or refuted
    reason = failed.reason
    if scored:
        reason = f"Only {scored} of {len(views.samples)} samples can be defended. {reason}"
    if for_person:
        reason = f"A person decides: {reason}"
    rationale = failed.claim.rationale if failed.claim else ""
    follow_ups = tuple(failed.claim.follow_ups) if failed.claim else ()
    return replace(
        shared,
        rationale=rationale,
        follow_ups=follow_ups,
        quotes=failed.quotes,
        reason=reason,
        for_person=for_person,
    )


def _for_person(
    dimension: Dimension, views: Views, protocol: Protocol, told: DimensionScore
) -> str:
    """Say why a person decides; empty where nothing speaks for it."""
    level, confidence = told.score or 0, told.confidence or 0.0
    reasons = [
        _dispute(views) if protocol.reconciler else "",
        "one of the answers obeyed somebody else."
        if any(each.tampered for each in views.samples)
        else "",
        "the submission speaks to its judge, and words are what is scored here."
        if views.injected and (dimension.twin is Twin.NONE or not protocol.twin)
        else "",
        _twin_differs(views.twin, level) if views.twin is not None else "",
        f"confidence {confidence:.2f} is below {protocol.least_confidence:.2f}."
        if confidence < protocol.least_confidence
        else "",
    ]
    return next((each for each in reasons if each), "")


def _dispute(views: Views) -> str:
    observed = disputed(views.samples)
    if not observed:
        return ""
    low, high = observed[0], observed[-1]
    if views.pick is None or views.pick.pick is None:
        return f"samples say {low} to {high}, and it could not be decided between them."
    if not low <= views.pick.pick <= high:
        return f"samples say {low} to {high}, and the reconciler picked {views.pick.pick}."
    return ""


def _twin_differs(twin: Finding, level: int) -> str:
    if twin.level is None:
        return f"the neutral twin could not be scored. {twin.reason}"
    if twin.level != level:
        return f"the neutral twin gets {twin.level}, the submission {level}."
    return ""


def _contradictions(dimension: Dimension, views: Views, level: int) -> tuple[str, ...]:
    found = list(dict.fromkeys(each.contradiction for each in views.samples if each.contradiction))
    right = views.correctness
    if dimension.twin is not Twin.NONE and right is not None:
        if level >= _HIGH and right < _WEAK_TESTS:
            found.append(f"A {level}, where tests give {right:.0%} of the points.")
        if level <= _LOW and right >= _STRONG_TESTS:
            found.append(f"A {level}, where tests give all points.")
    return tuple(found)


def confidence_of(views: Views, contradictions: int) -> Confidence:
    """Take the confidence apart; at least one sample has a level."""
    scored = [each for each in views.samples if each.level is not None]
    levels = [each.level for each in scored if each.level is not None]
    cited = sum(each.cited for each in scored)
    standing = sum(len(each.quotes) for each in scored)
    return Confidence(
        own=fmean(each.claim.confidence for each in scored if each.claim is not None),
        scored=len(scored) / len(views.samples),
        agreement=1 - (max(levels) - min(levels)) / _WIDEST,
        standing=min(1.0, standing / cited if cited else 0.0),
        contradictions=contradictions,
    )


def _spoken(samples: Sequence[Finding], level: int) -> tuple[Finding, Claim]:
    """Choose the sample that is shown: the one nearest to the level, best cited, first."""
    told = [(each, each.claim) for each in samples if each.level is not None and each.claim]
    return min(told, key=lambda each: (abs((each[0].level or 0) - level), -len(each[0].quotes)))


def _flags(samples: Sequence[Finding]) -> tuple[str, ...]:
    rank: Mapping[str, int] = {"high": 0, "medium": 1, "low": 2}
    found = [flag for each in samples if each.claim for flag in each.claim.red_flags]
    told = sorted(found, key=lambda flag: rank[flag.severity])
    return tuple(dict.fromkeys(f"{flag.severity}: {flag.text}" for flag in told))
