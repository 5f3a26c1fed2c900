"""Decides by simulation and by hand whether intervals hold what they promise, and only that."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import sqrt
from statistics import NormalDist, fmean, median_low, stdev

import pytest
from scipy import stats
from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.final_score import FinalScore, Span
from viva_grader.domain.rubric import Share
from viva_grader.score.fusion import Fused, combine, fuse, fuse_shares, share_of_tests
from viva_grader.score.spread import Known, Read, known_of, spread_of

from tests.fakes.sample_grades import evaluation, rubric, sql_grade

RUBRIC = rubric()
SIX = {f"d{number}": 0.09 for number in range(5)} | {"communication": 0.10}
WEIGHTS = {"deterministic": 0.45, "rubric": 0.45, "communication": 0.10}
NORMAL = NormalDist()

Half = Callable[[Sequence[float]], float]


def scored(**samples: tuple[int | None, ...]) -> FinalScore:
    return both(**samples).final


def both(**samples: tuple[int | None, ...]) -> Fused:
    levels = {name: _level(read) for name, read in samples.items()}
    grade = sql_grade(right=True)
    return fuse_shares(
        share_of_tests(grade.deterministic_score, grade.shares),
        evaluation(RUBRIC, levels, samples=samples),
        RUBRIC,
    )


def _level(read: tuple[int | None, ...]) -> int | None:
    told = [each for each in read if each is not None]
    return median_low(told) if 2 * len(told) > len(read) else None


def simulated(n: int, noise: float, lenient: float, half: Half | None = None) -> float:
    """Share of 1,500 intervals that hold the mean of all readings that a model could make.

    Six dimensions with true positions anywhere on the scale; a reading is off on each by ``noise``,
    and on all together by ``lenient``, in levels, before it is rounded to a level.
    """
    chance = random.Random(f"{n} {noise} {lenient}")  # noqa: S311 - a simulation
    held = 0
    for _ in range(1500):
        places = [chance.uniform(1, 5) for _ in SIX]
        moods = [chance.gauss(0, lenient) for _ in range(n)]
        read = [
            [min(5, max(1, round(place + mood + chance.gauss(0, noise)))) for mood in moods]
            for place in places
        ]
        points = [25 * weight for weight in SIX.values()]
        truth = sum(
            each * (_mean_level(place, sqrt(noise**2 + lenient**2)) - 1)
            for each, place in zip(points, places, strict=True)
        )
        overall = sum(
            each * (median_low(levels) - 1) for each, levels in zip(points, read, strict=True)
        )
        if half is None:
            span = spread_of(overall, WEIGHTS, [_known(read)]).interval
            assert span is not None
            low, high = span.low, span.high
        else:
            sums = [
                sum(each * (levels[k] - 1) for each, levels in zip(points, read, strict=True))
                for k in range(n)
            ]
            low, high = fmean(sums) - half(sums), fmean(sums) + half(sums)
        held += low <= truth + 0.005 and truth - 0.005 <= high
    return held / 1500


def _mean_level(place: float, spread: float) -> float:
    return 1 + sum(1 - NORMAL.cdf((edge - place) / spread) for edge in (1.5, 2.5, 3.5, 4.5))


def _known(read: Sequence[Sequence[int]]) -> Known:
    shares = [(Share.RUBRIC, 0.2)] * 5 + [(Share.COMMUNICATION, 1.0)]
    return Known(
        tuple(
            Read(share, part, median_low(levels), dict(enumerate(levels)))
            for (share, part), levels in zip(shares, read, strict=True)
        ),
        {Share.RUBRIC: 1.0, Share.COMMUNICATION: 1.0},
    )


@pytest.mark.parametrize("n", [2, 3, 5])
@pytest.mark.parametrize(("noise", "lenient"), [(0.15, 0), (0.3, 0), (0.6, 0), (0.3, 0.3)])
def test_nine_of_ten_intervals_hold_what_all_readings_would_give(
    n: int, noise: float, lenient: float
) -> None:
    assert simulated(n, noise, lenient) >= 0.88


def test_interval_by_the_normal_distribution_would_hold_too_little() -> None:
    def normal(sums: Sequence[float]) -> float:
        return 1.645 * stdev(sums) / sqrt(len(sums))

    assert simulated(3, 0.6, 0.0, normal) < 0.8


def test_interval_without_a_floor_would_hold_too_little_where_readings_agree() -> None:
    def without_floor(sums: Sequence[float]) -> float:
        return 2.92 * stdev(sums) / sqrt(len(sums))

    assert simulated(3, 0.15, 0.0, without_floor) < 0.8


def test_interval_is_students_over_whole_readings() -> None:
    final = scored(efficiency=(2, 4, 4), code_quality=(1, 3, 5), communication=(2, 3, 4))
    # by reading: 0.45 × (0.25 × e + 0.75 × q) + 0.1 × c, in percent of the levels
    sums = [
        0.45 * (0.25 * 25 + 0.75 * 0) + 0.1 * 25,
        0.45 * (0.25 * 75 + 0.75 * 50) + 0.1 * 50,
        0.45 * (0.25 * 75 + 0.75 * 100) + 0.1 * 75,
    ]
    low, high = stats.t.interval(0.9, 2, loc=45 + fmean(sums), scale=stats.sem(sums))
    assert final.overall == pytest.approx(45 + sums[1], abs=0.006)
    assert final.interval is not None
    assert final.interval.low == pytest.approx(low, abs=0.006)
    assert final.interval.high == pytest.approx(min(high, 100), abs=0.006)
    assert "from 3 readings of 3 dimensions" in final.interval_said
    assert "does not cover how that model differs from people" in final.interval_said


def test_readings_that_agree_leave_the_rule_of_three() -> None:
    final = scored(efficiency=(4, 4, 4), code_quality=(3, 3, 3), communication=(2, 2, 2))
    floor = (1 - 0.05 ** (1 / 9)) * 25 * 0.55
    assert final.overall is not None
    assert final.interval == Span(round(final.overall - floor, 2), round(final.overall + floor, 2))


def test_wider_disagreement_gives_a_wider_interval() -> None:
    def width(final: FinalScore) -> float:
        assert final.interval is not None
        return final.interval.high - final.interval.low

    near = scored(efficiency=(3, 3, 4), code_quality=(3, 3, 2), communication=(3, 3, 3))
    far = scored(efficiency=(3, 3, 5), code_quality=(1, 3, 3), communication=(3, 3, 3))
    assert width(near) < width(far)


def test_readings_that_scored_other_dimensions_are_added_as_if_they_varied_together() -> None:
    final = scored(efficiency=(3, 4, None), code_quality=(3, 3, 4), communication=(3, 3, 3))
    quality = [0.45 * 0.75 * percent for percent in (50, 50, 75)]
    efficiency = [0.45 * 0.25 * percent for percent in (50, 75)]
    error = stats.sem(quality) + stats.sem(efficiency)
    middle = 45 + fmean(quality) + fmean(efficiency) + 5
    # one degree of freedom: the shorter group's
    half = stats.t.ppf(0.95, 1) * error
    assert final.interval is not None
    assert final.interval.low == pytest.approx(middle - half, abs=0.01)
    assert final.interval.high == pytest.approx(min(100, middle + half), abs=0.01)


@pytest.mark.parametrize("read", [(4,), ()])
def test_one_reading_has_no_interval_and_says_why(read: tuple[int, ...]) -> None:
    levels = dict.fromkeys(("efficiency", "code_quality", "communication"), 4)
    by = evaluation(RUBRIC, levels, samples=dict.fromkeys(levels, read))  # type: ignore[arg-type]
    final = fuse(sql_grade(), by, RUBRIC)
    assert final.overall is not None
    assert final.interval is None
    assert "one reading shows no spread" in final.interval_said


def test_no_overall_score_has_no_interval() -> None:
    final = scored(efficiency=(None,), code_quality=(None,), communication=(None,))
    assert (final.overall, final.interval, final.bounds) == (None, None, None)
    assert final.interval_said == "No interval: there is no overall score."


def test_unscored_dimension_has_bounds_of_a_1_and_a_5() -> None:
    final = scored(efficiency=(5, 5, 5), code_quality=(None,) * 3, communication=(3, 3, 3))
    # 0.45 × 100 + 0.45 × (0.25 × 100 + 0.75 × x) + 0.1 × 50
    assert final.bounds == Span(61.25, 95.0)
    assert final.overall == 95.0
    assert scored(efficiency=(5,), code_quality=(5,), communication=(5,)).bounds is None


def test_unscored_share_has_bounds_too() -> None:
    final = scored(efficiency=(5, 5), code_quality=(5, 5), communication=(None, None))
    assert final.bounds == Span(90.0, 100.0)


def test_decided_levels_do_not_vary() -> None:
    names = ("efficiency", "code_quality", "communication")
    by = evaluation(RUBRIC, dict.fromkeys(names, 3), samples=dict.fromkeys(names, (1, 3, 5)))
    grade = sql_grade(right=True)
    tests = share_of_tests(grade.deterministic_score, grade.shares)

    def decided(*said: str) -> FinalScore:
        words = {each: DimensionDecision("q", each, "lead", "", 3, 3, "as it is") for each in said}
        return fuse_shares(tests, by, RUBRIC, words).final

    widths = [
        each.interval.high - each.interval.low
        for each in (decided(), decided("code_quality"), decided(*names))
        if each.interval is not None
    ]
    assert widths[0] > widths[1] > widths[2] == 0.0
    assert "so nothing varies" in decided(*names).interval_said


def test_questions_are_read_separately() -> None:
    first = both(efficiency=(2, 4, 4), code_quality=(1, 3, 5), communication=(2, 3, 4))
    second = both(efficiency=(3, 3, 5), code_quality=(3, 4, 3), communication=(3, 3, 5))
    together = combine([first, second], RUBRIC)
    errors, middles = [], []
    for one in (first, second):
        reads = one.known.reads
        parts = [
            (0.45 if each.share is Share.RUBRIC else 0.10) * each.part * 25 / 2 for each in reads
        ]
        sums = [
            sum(part * (each.levels[k] - 1) for part, each in zip(parts, reads, strict=True))
            for k in range(3)
        ]
        errors.append(stats.sem(sums) ** 2)
        middles.append(fmean(sums))
    freedom = int(sum(errors) ** 2 / sum(each**2 / 2 for each in errors))
    half = stats.t.ppf(0.95, freedom) * sqrt(sum(errors))
    assert together.interval is not None
    assert together.interval.low == pytest.approx(45 + sum(middles) - half, abs=0.02)
    assert together.interval.high == pytest.approx(45 + sum(middles) + half, abs=0.02)
    assert "of 6 dimensions" in together.interval_said


def test_one_question_that_was_read_once_leaves_no_interval_of_the_interview() -> None:
    first = both(efficiency=(4, 4, 4), code_quality=(3, 3, 3), communication=(3, 3, 3))
    second = both(efficiency=(4,), code_quality=(3,), communication=(3,))
    together = combine([first, second], RUBRIC)
    assert together.interval is None
    assert "3 of 6 dimensions were read once" in together.interval_said


def test_bounds_of_several_questions_count_each_missing_share() -> None:
    first = both(efficiency=(5, 5), code_quality=(5, 5), communication=(5, 5))
    second = both(efficiency=(5, 5), code_quality=(5, 5), communication=(None, None))
    assert combine([first, second], RUBRIC).bounds == Span(95.0, 100.0)


def test_interval_is_the_same_whatever_the_order_of_readings() -> None:
    one = scored(efficiency=(2, 4, 4), code_quality=(1, 3, 5), communication=(2, 3, 4))
    other = scored(efficiency=(4, 4, 2), code_quality=(5, 3, 1), communication=(4, 3, 2))
    assert one.interval == other.interval


def test_interval_never_leaves_the_scale_and_always_holds_the_score() -> None:
    for read in ((1, 1, 5), (5, 5, 1), (1, 5, 5), (1, 1, 1), (5, 5, 5)):
        final = scored(efficiency=read, code_quality=read, communication=read)
        assert final.interval is not None
        assert final.overall is not None
        assert 0 <= final.interval.low <= final.overall <= final.interval.high <= 100


def test_interval_holds_the_score_where_medians_and_means_part() -> None:
    # Each reading sums to the same, and each median is a 1.
    readings = ({0: 1, 1: 1, 2: 5}, {0: 1, 1: 5, 2: 1}, {0: 5, 1: 1, 2: 1})
    reads = tuple(Read(Share.RUBRIC, 1 / 3, 1, levels) for levels in readings)
    known = Known(reads, {Share.RUBRIC: 1.0, Share.COMMUNICATION: 0.0})
    span = spread_of(50.0, {"deterministic": 0.5, "rubric": 0.5}, [known]).interval
    assert span is not None
    # the mean is 50 + 0.5 × 33.33, and nothing varies: the rule of three, and the score below it
    assert span.low == 50.0
    assert span.high == pytest.approx(50 + 50 / 3 + (1 - 0.05 ** (1 / 9)) * 12.5, abs=0.006)


def test_what_is_known_leaves_out_what_is_unscored() -> None:
    by = evaluation(RUBRIC, {"efficiency": 4, "code_quality": None, "communication": None})
    known = known_of(replace(by), RUBRIC)
    assert [(each.share, each.part) for each in known.reads] == [(Share.RUBRIC, 1.0)]
    assert known.scored == {Share.RUBRIC: 0.25, Share.COMMUNICATION: 0.0}
