"""Decides how far an overall score may be off: by a model's readings, and by what is unscored.

A model that reads a submission several times does not say the same each time. The interval is for
the score that its readings would come to on average if it read without end. With *n* readings that
scored the same dimensions, and *T(k)* what reading *k* alone gives of the overall score::

    half     = max(t × s / √n, floor)              s: standard deviation of T(1) … T(n)
    interval = mean of T − half … mean of T + half, widened to hold the overall score itself

*t* is Student's at 95 %, so that 90 % lie inside (Student, "The Probable Error of a Mean",
Biometrika 6 (1908), 1–25). Whole readings are the unit: a lenient reading is lenient on all
dimensions, and dimensions that vary together make the sum vary more.

Readings that agree by chance have no spread at all. The floor is the rule of three in its exact
form (J. A. Hanley and A. Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?", JAMA 249
(1983), 1743–1745): where none of *N* levels departs, at most ``1 − 0.05^(1/N)`` of all would, at
95 %. A departure is one level on every dimension.

Dimensions that only some readings scored are a group of their own, and half widths of groups are
added: as if they varied together. Questions are read separately: their variances are added, with
degrees of freedom by Welch and Satterthwaite (F. E. Satterthwaite, Biometrics Bulletin 2 (1946),
110–114), rounded down.

Tests, and levels that people decided, do not vary. What is unscored is no matter of chance: bounds
say where the interval would begin and end if all of it were a 1, and a 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev
from typing import Final

from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import Span
from viva_grader.domain.rubric import Rubric, Share
from viva_grader.score.levels import DECIMALS, HIGHEST_LEVEL, LOWEST_LEVEL, percent

COVERAGE: Final = 0.90
LEAST_READINGS: Final = 2
_ONE_LEVEL: Final = 100.0 / (HIGHEST_LEVEL - LOWEST_LEVEL)
_CLOSE: Final = 1e-9
_BY_MODEL: Final = (Share.RUBRIC, Share.COMMUNICATION)
_OUTSIDE: Final = (1.0 - COVERAGE) / 2.0
_T: Final = (
    6.3138, 2.9200, 2.3534, 2.1318, 2.0150, 1.9432, 1.8946, 1.8595, 1.8331, 1.8125,
    1.7959, 1.7823, 1.7709, 1.7613, 1.7531, 1.7459, 1.7396, 1.7341, 1.7291, 1.7247,
    1.7207, 1.7171, 1.7139, 1.7109, 1.7081, 1.7056, 1.7033, 1.7011, 1.6991, 1.6973,
)  # fmt: skip
"""Student's t at 95 % for 1, 2, … degrees of freedom; the last one for all above, a little wide."""


@dataclass(frozen=True, slots=True)
class Read:
    """One scored dimension as its readings had it.

    Attributes
    ----------
    part : float
        Of its share, over the share's scored dimensions, 0..1.
    levels : dict of int to int
        By reading; empty where a person decided the level.
    level : int
        The one that counts.
    """

    share: Share
    part: float
    level: int
    levels: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What one question's evaluation tells of its own error.

    Attributes
    ----------
    reads : tuple of Read
        Its scored dimensions.
    scored : dict of Share to float
        Which part of each model's share is scored, 0..1, by weight.
    """

    reads: tuple[Read, ...]
    scored: Mapping[Share, float]


@dataclass(frozen=True, slots=True)
class Spread:
    """An overall score's interval, or None, and what it stands on, or why there is none.

    Attributes
    ----------
    middle : float
        The overall score by the mean of all readings.
    student, floor : float
        The two half widths, of which the wider one counts.
    """

    interval: Span | None
    said: str
    middle: float = 0.0
    student: float = 0.0
    floor: float = 0.0


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A dimension's readings with its weight in the overall score, and the question it is of."""

    question: int
    weight: float
    level: int
    levels: Mapping[int, int]

    @property
    def shift(self) -> float:
        """How far the mean of its readings is from the level that counts, in overall points."""
        return self.weight * _ONE_LEVEL * (fmean(self.levels.values()) - self.level)


def known_of(
    evaluation: Evaluation, rubric: Rubric, decided: frozenset[str] = frozenset()
) -> Known:
    """Take from an evaluation what an interval is computed from.

    Parameters
    ----------
    decided : frozenset of str
        Dimensions whose level in the evaluation is a person's.
    """
    scores = {each.dimension: each for each in evaluation.dimensions if each.score is not None}
    reads: list[Read] = []
    scored: dict[Share, float] = {}
    for share in _BY_MODEL:
        feeding = [each for each in rubric.dimensions if each.feeds is share]
        kept = [each for each in feeding if each.name in scores]
        total = sum(each.weight for each in kept)
        scored[share] = total / sum(each.weight for each in feeding) if feeding else 0.0
        for each in kept:
            score = scores[each.name]
            levels = {k: level for k, level in enumerate(score.samples) if level is not None}
            if each.name in decided:
                levels = {}
            elif not levels:  # stored before there were several readings: that one
                levels = {0: score.score or LOWEST_LEVEL}
            reads.append(Read(share, each.weight / total, score.score or LOWEST_LEVEL, levels))
    return Known(tuple(reads), scored)


def spread_of(
    overall: float,
    weights: Mapping[str, float],
    known: Sequence[Known],
    counts: Sequence[float] | None = None,
) -> Spread:
    """Compute an overall score's interval and bounds.

    Parameters
    ----------
    overall : float
        0..100.
    weights : mapping of str to float
        What each share weighs in it, after renormalising.
    known : sequence of Known
        One for each question.
    counts : sequence of float, optional
        How much each question counts; equal by default.
    """
    each = counts if counts is not None else [1.0] * len(known)
    varying = [one for one in _weighed(weights, known, each) if one.levels]
    single = sum(len(one.levels) < LEAST_READINGS for one in varying)
    if single:
        said = (
            f"No interval: {single} of {len(varying)} dimensions were read once by the model,"
            " and one reading shows no spread."
        )
        return Spread(None, said)
    if not varying:
        said = "No level of a model's counts, so nothing varies."
        return Spread(Span(overall, overall), said, overall)
    middle = overall + sum(one.shift for one in varying)
    student, floor = _student(varying), _floor(varying)
    half = max(student, floor)
    interval = Span(
        round(max(0.0, min(middle - half, overall)), DECIMALS),
        round(min(100.0, max(middle + half, overall)), DECIMALS),
    )
    return Spread(interval, _said(varying), middle, student, floor)


def bounds_of(
    values: Mapping[Share, float | None],
    known: Sequence[Known],
    rubric: Rubric,
    counts: Sequence[float] | None = None,
) -> Span | None:
    """Give the overall score with all that is unscored at 1 and at 5; None where nothing is.

    Parameters
    ----------
    values : mapping of Share to float or None
        Of each share, over all questions; the tests' share has one.
    """
    each = counts if counts is not None else [1.0] * len(known)
    low = rubric.weights[Share.DETERMINISTIC] * (values[Share.DETERMINISTIC] or 0.0)
    missing = 0.0
    for share in _BY_MODEL:
        weight, total = rubric.weights[share], sum(each)
        for one, count in zip(known, each, strict=True):
            got = sum(r.part * percent(r.level) for r in one.reads if r.share is share)
            low += weight * count / total * one.scored[share] * got
            missing += weight * count / total * (1.0 - one.scored[share])
    if missing <= 0:
        return None
    return Span(round(low, DECIMALS), round(min(100.0, low + 100.0 * missing), DECIMALS))


def _weighed(
    weights: Mapping[str, float], known: Sequence[Known], counts: Sequence[float]
) -> list[_Weighed]:
    having = {
        share: sum(n for one, n in zip(known, counts, strict=True) if one.scored[share] > 0)
        for share in _BY_MODEL
    }
    return [
        _Weighed(
            number,
            weights.get(read.share.value, 0.0) * count / having[read.share] * read.part,
            read.level,
            read.levels,
        )
        for number, (one, count) in enumerate(zip(known, counts, strict=True))
        for read in one.reads
    ]


def _student(varying: Sequence[_Weighed]) -> float:
    """Half the width that Student's t gives to the sum of all questions."""
    variances: dict[int, float] = {}
    freedoms: dict[int, int] = {}
    for question in sorted({one.question for one in varying}):
        groups: dict[tuple[int, ...], list[_Weighed]] = {}
        for one in varying:
            if one.question == question:
                groups.setdefault(tuple(sorted(one.levels)), []).append(one)
        error = sum(_error(readings, group) for readings, group in groups.items())
        variances[question] = error**2
        freedoms[question] = min(map(len, groups)) - 1
    total = sum(variances.values())
    if total <= 0:
        return 0.0
    freedom = total**2 / sum(v**2 / freedoms[q] for q, v in variances.items())
    # what floating point takes from a whole number is not to cost a degree of freedom
    return _T[min(int(freedom + _CLOSE), len(_T)) - 1] * sqrt(total)


def _error(readings: Sequence[int], group: Sequence[_Weighed]) -> float:
    """Give the standard error of a group's mean, in overall points."""
    sums = [sum(one.weight * percent(one.levels[k]) for one in group) for k in readings]
    return stdev(sums) / sqrt(len(sums))


def _floor(varying: Sequence[_Weighed]) -> float:
    """Half the width below which no agreement can bring it: the rule of three."""
    levels = sum(len(one.levels) for one in varying)
    departing = 1.0 - _OUTSIDE ** (1.0 / levels)
    return departing * _ONE_LEVEL * sum(one.weight for one in varying)


def _said(varying: Sequence[_Weighed]) -> str:
    least = min(len(one.levels) for one in varying)
    most = max(len(one.levels) for one in varying)
    readings = f"{least}" if least == most else f"{least} to {most}"
    dimensions = "1 dimension" if len(varying) == 1 else f"{len(varying)} dimensions"
    return (
        f"{100 * COVERAGE:g} % interval for further readings by the same model, from {readings}"
        f" readings of {dimensions}. It does not cover how that model differs from"
        " people."
    )
