"""Decides what a calibration says: the same figures for every slice of the ratings."""

# pyright: reportMissingTypeStubs=false

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from sklearn import metrics

from viva_grader.calibration.alpha import alpha_figure
from viva_grader.calibration.drift import Month, months, trend
from viva_grader.calibration.figure import LEAST_CANDIDATES, LEAST_PAIRS, Figure, Sampling, figure
from viva_grader.calibration.ratings import (
    LEVELS,
    Kind,
    Pair,
    Rating,
    counted,
    human_human,
    model_human,
    retests,
    unit,
)
from viva_grader.calibration.tables import adjacent, bias, exact, mae, tables, weighted_kappa

SCHEMA = "viva.calibration/1"
FACETS = ("dimension", "question", "role", "level", "model")
"""What ratings can be broken down by; ``model`` is the model's version."""

_COHEN = cast("Any", metrics).cohen_kappa_score


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the units that a model was asked about it scored."""

    scored: int
    asked: int

    @property
    def share(self) -> float | None:
        """0..1; None where nothing was asked."""
        return self.scored / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Slice:
    """All figures of one slice of the ratings.

    Attributes
    ----------
    key : dict of str to str
        The facets that it is a slice by.
    kappa, exact, adjacent, bias, mae : Figure
        Of the model against each human; bias is model − human.
    human_kappa : Figure
        Of the humans among each other.
    ceiling : Figure
        The square root of ``human_kappa``: what a model that knew the true level would reach
        against one human. C. Spearman, American Journal of Psychology 15 (1904) 72-101.
    alpha_humans, alpha_all : Figure
        Krippendorff's, among humans and with the model as one more rater.
    coverage, shown : Coverage
        What the model scored; what humans gave a level rather than *not shown*.
    retest_kappa, retest_exact : Figure
        Of a model version against itself, one run later.
    trend : Figure
        Change of bias, levels per 30 days.
    counts : tuple of tuple of int
        Rows: the model's level 1..5; columns: a human's.
    """

    key: dict[str, str]
    kappa: Figure
    exact: Figure
    adjacent: Figure
    bias: Figure
    mae: Figure
    human_kappa: Figure
    ceiling: Figure
    alpha_humans: Figure
    alpha_all: Figure
    coverage: Coverage
    shown: Coverage
    retest_kappa: Figure
    retest_exact: Figure
    trend: Figure
    months: tuple[Month, ...]
    counts: tuple[tuple[int, ...], ...]


def calibrate(
    ratings: Sequence[Rating], by: Sequence[str], sampling: Sampling
) -> tuple[Slice, ...]:
    """Compute all figures of each slice, in the order of the slices' names.

    Parameters
    ----------
    by : sequence of str
        Of :data:`FACETS`. Sliced by ``model``, humans belong to the slice of every model that was
        asked about what they rated.

    Raises
    ------
    ValueError
        For another facet.
    """
    strange = set(by) - set(FACETS)
    if strange:
        raise ValueError(f"no such facet: {', '.join(sorted(strange))}")
    return tuple(
        _slice(dict(zip(by, key, strict=True)), found, sampling)
        for key, found in sorted(_split(ratings, by).items())
    )


def document(slices: Sequence[Slice], seed: int, resamples: int) -> dict[str, Any]:
    """Give slices as JSON, with what is needed to compute them again."""
    return {
        "schema": SCHEMA,
        "seed": seed,
        "resamples": resamples,
        "least_candidates": LEAST_CANDIDATES,
        "least_pairs": LEAST_PAIRS,
        "slices": [asdict(each) for each in slices],
    }


def _split(ratings: Sequence[Rating], by: Sequence[str]) -> dict[tuple[str, ...], list[Rating]]:
    models: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for each in ratings:
        if each.kind is Kind.MODEL:
            models[unit(each)].add(each.rater)
    found: defaultdict[tuple[str, ...], list[Rating]] = defaultdict(list)
    for each in ratings:
        versions = [each.rater] if each.kind is Kind.MODEL else sorted(models[unit(each)])
        for version in versions if "model" in by else [""]:
            found[tuple(_facet(each, name, version) for name in by)].append(each)
    return dict(found)


def _facet(rating: Rating, name: str, version: str) -> str:
    return version if name == "model" else str(getattr(rating, name))


def _slice(key: dict[str, str], ratings: list[Rating], sampling: Sampling) -> Slice:
    name = "|".join(key.values())
    pairs, among = list(model_human(ratings)), list(human_human(ratings))
    again = list(retests(ratings, Kind.MODEL))
    human_kappa = kappa_figure(among, sampling, f"{name}|humans", symmetric=True)
    return Slice(
        key=key,
        kappa=kappa_figure(pairs, sampling, f"{name}|kappa"),
        exact=figure(pairs, exact, sampling, f"{name}|exact"),
        adjacent=figure(pairs, adjacent, sampling, f"{name}|adjacent"),
        bias=figure(pairs, bias, sampling, f"{name}|bias"),
        mae=figure(pairs, mae, sampling, f"{name}|mae"),
        human_kappa=human_kappa,
        ceiling=_ceiling(human_kappa),
        alpha_humans=alpha_figure(
            [each for each in ratings if each.kind is Kind.HUMAN], sampling, f"{name}|alpha humans"
        ),
        alpha_all=alpha_figure(ratings, sampling, f"{name}|alpha all"),
        coverage=_coverage(ratings, Kind.MODEL),
        shown=_coverage(ratings, Kind.HUMAN),
        retest_kappa=kappa_figure(again, sampling, f"{name}|retest"),
        retest_exact=figure(again, exact, sampling, f"{name}|retest exact"),
        trend=trend(pairs),
        months=months(pairs, sampling, name),
        counts=_counts(pairs),
    )


def kappa_figure(
    pairs: Sequence[Pair], sampling: Sampling, name: str, *, symmetric: bool = False
) -> Figure:
    """Give the quadratic weighted kappa by scikit-learn, its interval by candidate."""
    found = figure(
        pairs, weighted_kappa, sampling, name, least_pairs=LEAST_PAIRS, symmetric=symmetric
    )
    if found.value is None:
        return found
    first, second = [pair.first for pair in pairs], [pair.second for pair in pairs]
    if symmetric:
        first, second = first + second, second + first
    value = float(_COHEN(first, second, labels=list(LEVELS), weights="quadratic"))
    return replace(found, value=value)


def _ceiling(reliability: Figure) -> Figure:
    if reliability.value is None:
        return reliability
    if reliability.value <= 0:
        reason = "undefined: humans agree no better than by chance"
        return replace(reliability, value=None, low=None, high=None, reason=reason)
    low, high = (
        None if end is None else math.sqrt(max(end, 0.0))
        for end in (reliability.low, reliability.high)
    )
    return replace(reliability, value=math.sqrt(reliability.value), low=low, high=high)


def _coverage(ratings: Sequence[Rating], kind: Kind) -> Coverage:
    asked = [each for each in counted(ratings) if each.kind is kind]
    return Coverage(sum(each.score is not None for each in asked), len(asked))


def _counts(pairs: Sequence[Pair]) -> tuple[tuple[int, ...], ...]:
    total = tables(pairs).sum(0)
    return tuple(tuple(int(count) for count in row) for row in total)
