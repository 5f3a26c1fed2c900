import json
from dataclasses import replace
from datetime import timedelta

import pytest
from viva_grader.calibration.figure import LEAST_CANDIDATES, LEAST_PAIRS, Sampling, figure, seeded
from viva_grader.calibration.ratings import Kind, Pair, human_human, model_human, retests
from viva_grader.calibration.report import calibrate, document
from viva_grader.calibration.tables import exact, weighted_kappa

from tests.fakes.sample_ratings import FIRST, a_rating, sample_ratings

SAMPLING = Sampling(seeded(7), 300)


def only(ratings, *by):
    (found,) = calibrate(ratings, by, SAMPLING)
    return found


def pairs(candidates: int, each: int = 3) -> list[Pair]:
    return [
        Pair(f"c{at}", 1 + (at + k) % 5, 1 + (at + k * k) % 5, FIRST)
        for at in range(candidates)
        for k in range(each)
    ]


def test_figures_stand_with_their_intervals_where_there_is_enough() -> None:
    found = only(sample_ratings())
    for each in (found.kappa, found.human_kappa, found.ceiling, found.exact, found.retest_kappa):
        assert each.low < each.value < each.high
    assert found.kappa.candidates == 27
    assert found.kappa.pairs == 27 * 2 * 2
    assert found.ceiling.value == pytest.approx(found.human_kappa.value**0.5)
    assert found.alpha_humans.value == pytest.approx(found.human_kappa.value, abs=0.1)


def test_unscored_lowers_the_coverage_and_enters_no_figure() -> None:
    ratings = sample_ratings()
    found = only(ratings)
    assert (found.coverage.scored, found.coverage.asked) == (54, 60)
    without = [one for one in ratings if one.score is not None]
    again = only(without)
    assert again.kappa == found.kappa
    assert again.bias == found.bias
    assert again.coverage.share == 1.0
    assert calibrate([], [], SAMPLING) == ()


@pytest.mark.parametrize(
    ("candidates", "each", "reason"),
    [
        (LEAST_CANDIDATES - 1, 4, "too few: 19 of 20 candidates"),
        (LEAST_CANDIDATES, 2, f"too few: 40 of {LEAST_PAIRS} pairs"),
        (5, 1, f"too few: 5 of {LEAST_PAIRS} pairs, 5 of 20 candidates"),
        (LEAST_CANDIDATES, 3, ""),
    ],
)
def test_small_samples_give_words_and_no_number(candidates, each, reason) -> None:
    found = figure(pairs(candidates, each), weighted_kappa, SAMPLING, "x", least_pairs=LEAST_PAIRS)
    assert found.reason == reason
    assert (found.value is None) == bool(reason)


def test_scores_that_are_all_the_same_have_no_kappa() -> None:
    same = [Pair(f"c{at}", 3, 3, FIRST) for at in range(60)]
    assert figure(same, weighted_kappa, SAMPLING, "x").reason.startswith("undefined")
    assert figure(same, exact, SAMPLING, "x").value == 1.0


def test_intervals_are_the_same_for_the_same_seed_and_whatever_else_is_computed() -> None:
    ratings = sample_ratings()
    whole = calibrate(ratings, ["dimension"], SAMPLING)
    assert whole == calibrate(list(reversed(ratings)), ["dimension"], SAMPLING)
    alone = calibrate(
        [one for one in ratings if one.dimension == "rigour"], ["dimension"], SAMPLING
    )
    assert alone == whole[1:]
    other = calibrate(ratings, ["dimension"], Sampling(seeded(8), 300))
    assert other[0].kappa.value == whole[0].kappa.value
    assert other[0].kappa.low != whole[0].kappa.low


def test_candidates_are_drawn_whole() -> None:
    # Twenty answers each that all say the same are no twenty answers.
    once = [Pair(f"c{at}", 1 + at % 5, 1 + at * 2 % 5, FIRST) for at in range(30)]
    spread = [replace(one, candidate=f"{one.candidate}-{k}") for one in once for k in range(20)]
    wide = figure(once * 20, exact, SAMPLING, "x")
    narrow = figure(spread, exact, SAMPLING, "x")
    assert wide.value == narrow.value
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_slices_by_model_hold_the_humans_of_what_each_model_was_asked() -> None:
    ratings = sample_ratings()
    other = [
        replace(one, id=f"x{one.id}", rater="m-2", score=1)
        for one in ratings
        if one.kind is Kind.MODEL and one.candidate < "c2"
    ]
    first, second = calibrate(ratings + other, ["model"], SAMPLING)
    assert (first.key, second.key) == ({"model": "m-1"}, {"model": "m-2"})
    assert first == only(ratings, "model")
    assert second.coverage.asked == len(other) / 2
    with pytest.raises(ValueError, match="no such facet: shoe"):
        calibrate(ratings, ["shoe"], SAMPLING)


def test_humans_first_rating_and_models_newest_run_are_compared() -> None:
    later = FIRST + timedelta(days=1)
    ratings = [
        a_rating(id="h2", score=5, at=later),
        a_rating(id="h1", score=2),
        a_rating(id="m1", kind=Kind.MODEL, rater="m", score=1),
        a_rating(id="m2", kind=Kind.MODEL, rater="m", score=4, at=later),
        a_rating(id="m3", kind=Kind.MODEL, rater="m", score=3, rubric="viva/2"),
    ]
    assert [(one.first, one.second) for one in model_human(ratings)] == [(4, 2)]
    assert [(one.first, one.second) for one in retests(ratings, Kind.MODEL)] == [(1, 4)]
    assert [(one.first, one.second) for one in retests(ratings, Kind.HUMAN)] == [(2, 5)]
    assert list(human_human(ratings)) == []


def test_order_of_two_humans_changes_nothing() -> None:
    ratings = sample_ratings()
    names = {"ada": "zoe", "grace": "abe"}
    swapped = [replace(one, rater=names.get(one.rater, one.rater)) for one in ratings]
    assert only(swapped).human_kappa.value == pytest.approx(only(ratings).human_kappa.value)


def test_drift_is_seen_with_its_interval() -> None:
    moving = only(sample_ratings(60, shift=1.5)).trend
    steady = only(sample_ratings(60)).trend
    assert 0 < moving.low < moving.value < moving.high
    assert steady.low < 0 < steady.high


def test_months_have_figures_of_their_own_or_too_few() -> None:
    first, second, third = only(sample_ratings(60)).months
    assert (first.month, second.month, third.month) == ("2026-01", "2026-02", "2026-03")
    assert first.bias.value is not None
    assert third.bias.reason.startswith("too few")


def test_document_is_plain_json() -> None:
    slices = calibrate(sample_ratings(), ["dimension"], SAMPLING)
    told = json.loads(json.dumps(document(slices, 7, 300), allow_nan=False))
    assert told["slices"][0]["key"] == {"dimension": "clarity"}
    assert told["least_candidates"] == LEAST_CANDIDATES
