"""Figures that others published, and the same ones by a second library or by hand."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from viva_grader.calibration.alpha import (
    alpha_figure,
    alpha_of,
    coincidences,
    ordinal_alpha,
    value_counts,
)
from viva_grader.calibration.figure import Sampling, seeded
from viva_grader.calibration.ratings import Pair, Rating
from viva_grader.calibration.tables import (
    QUADRATIC,
    adjacent,
    bias,
    exact,
    mae,
    resampled,
    tables,
    weighted_kappa,
)

from tests.fakes.sample_ratings import a_rating

# K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), part C: four observers,
# twelve units, gaps.
OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
# The data set `anxiety` of R's irr 0.84 (M. Gamer et al.), raters 2 and 3; nobody gave a 5, and a 6
# is the fifth of the levels that occur.
RATER_2 = (3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4)
RATER_3 = (2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2)


def observed() -> list:
    return [
        a_rating(
            id=f"{rater}{at}",
            candidate=f"c{at}",
            submission=f"s{at}",
            rater=f"rater{rater}",
            score=None if mark == "." else int(mark),
        )
        for rater, line in enumerate(OBSERVERS)
        for at, mark in enumerate(line.split())
    ]


def alpha_by_hand(counts: np.ndarray) -> float:
    """Krippendorff (2011), by his own steps: coincidences, then the ordinal differences."""
    sizes = counts.sum(1)
    coincidences = sum(
        (np.outer(row, row) - np.diag(row)) / (size - 1)
        for row, size in zip(counts, sizes, strict=True)
    )
    of = coincidences.sum(1)
    total, levels = of.sum(), range(len(of))
    apart = np.array(
        [
            [
                (of[min(c, k) : max(c, k) + 1].sum() - (of[c] + of[k]) / 2) ** 2 if c != k else 0.0
                for k in levels
            ]
            for c in levels
        ]
    )
    expected = (np.outer(of, of) * apart).sum() / (total - 1)
    return 1 - (coincidences * apart).sum() / expected


def ranked(scores: tuple[int, ...]) -> list[int]:
    return [5 if score == 6 else score for score in scores]


def counts_of(first: list[int], second: list[int]) -> np.ndarray:
    pairs = [
        Pair(f"c{at}", one, other, a_rating().at)
        for at, (one, other) in enumerate(zip(first, second, strict=True))
    ]
    return tables(pairs).sum(0)


def test_alpha_of_krippendorffs_own_example() -> None:
    counts, _ = value_counts(observed())
    assert ordinal_alpha(counts) == pytest.approx(0.815, abs=5e-4)
    assert ordinal_alpha(counts) == pytest.approx(alpha_by_hand(counts))


def test_alpha_of_coincidences_is_the_librarys() -> None:
    """Intervals are drawn from tables that add up, so these must give what the library gives."""
    draw = np.random.default_rng(11)
    for _ in range(20):
        counts = draw.integers(0, 4, size=(30, 5)).astype(np.float64)
        counts = counts[counts.sum(1) > 1]
        candidates = [f"c{number % 7}" for number in range(len(counts))]
        tables = coincidences(counts, candidates)
        assert tables.shape == (7, 5, 5)
        assert float(alpha_of(tables.sum(0))) == pytest.approx(ordinal_alpha(counts))
    assert np.isnan(alpha_of(np.diag([0.0, 0.0, 9.0, 0.0, 0.0])))


def test_interval_of_alpha_holds_the_truth_as_often_as_it_says() -> None:
    """Known truth: the alpha of a very large sample of the same raters."""

    def rated(people: int, seed: int) -> list[Rating]:
        draw = np.random.default_rng(seed)
        return [
            a_rating(
                id=f"{person}.{rater}",
                candidate=f"c{person}",
                submission=f"s{person}",
                rater=f"r{rater}",
                score=int(np.clip(round(level + noise), 1, 5)),
            )
            for person, level in enumerate(draw.integers(1, 6, size=people))
            for rater, noise in enumerate(draw.normal(0.0, 1.0, size=3))
        ]

    truth = alpha_figure(rated(4_000, 0), Sampling(seeded(1), 200), "truth").value
    held = 0
    for seed in range(1, 61):
        found = alpha_figure(rated(60, seed), Sampling(seeded(seed), 400), "alpha")
        assert found.low is not None
        assert found.high is not None
        held += found.low <= (truth or 0.0) <= found.high
    assert held >= 0.85 * 60  # 95 % in the long run


def test_weighted_kappa_of_cohens_own_example() -> None:
    # J. Cohen (1968), table 1: shares of 200 cases, and his weights of disagreement.
    shares = np.array([[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]])
    disagreement = np.array([[0.0, 1.0, 3.0], [1.0, 0.0, 6.0], [3.0, 6.0, 0.0]])
    assert float(weighted_kappa(shares, disagreement)) == pytest.approx(0.348, abs=5e-4)
    assert float(weighted_kappa(shares, 1.0 - np.eye(3))) == pytest.approx(0.492, abs=5e-4)
    by_hand = 1 - 0.90 / 1.38
    assert float(weighted_kappa(shares, disagreement)) == pytest.approx(by_hand)


def test_quadratic_kappa_that_r_gives_and_two_libraries() -> None:
    first, second = ranked(RATER_2), ranked(RATER_3)
    counts = counts_of(first, second)
    ours = float(weighted_kappa(counts))
    assert ours == pytest.approx(0.2520325, abs=5e-8)
    assert ours == pytest.approx(cohen_kappa_score(first, second, weights="quadratic"))
    assert ours == pytest.approx(cohens_kappa(counts, wt="quadratic").kappa)


def test_quadratic_kappa_is_the_intraclass_correlation_of_fleiss_and_cohen() -> None:
    # Fleiss and Cohen (1973), in the form of L. I. Lin, Biometrics 45 (1989) 255-268.
    first, second = np.array(ranked(RATER_2)), np.array(ranked(RATER_3))
    covariance = np.cov(first, second, ddof=0)
    concordance = 2 * covariance[0, 1] / (np.trace(covariance) + (first - second).mean() ** 2)
    assert float(weighted_kappa(counts_of(list(first), list(second)))) == pytest.approx(concordance)


def test_plain_figures_are_those_of_the_scores_themselves() -> None:
    first, second = np.array(ranked(RATER_2)), np.array(ranked(RATER_3))
    counts, apart = counts_of(list(first), list(second)), first - second
    assert float(exact(counts)) == pytest.approx((apart == 0).mean())
    assert float(adjacent(counts)) == pytest.approx((abs(apart) <= 1).mean())
    assert float(bias(counts)) == pytest.approx(apart.mean())
    assert float(mae(counts)) == pytest.approx(abs(apart).mean())


def test_resampled_kappa_is_that_of_candidates_drawn_one_by_one() -> None:
    draw = np.random.default_rng(5)
    per_candidate = draw.integers(0, 3, size=(8, 5, 5)).astype(float)
    fast = resampled(per_candidate, weighted_kappa, seeded(3)("x"), 50)
    times = seeded(3)("x").multinomial(8, np.full(8, 1 / 8), size=50)
    slow = []
    for row in times:
        chosen = sum(count * table for count, table in zip(row, per_candidate, strict=True))
        first, second = np.indices((5, 5)).reshape(2, -1)
        slow.append(
            cohen_kappa_score(first, second, weights="quadratic", sample_weight=chosen.ravel())
        )
    assert fast == pytest.approx(np.array(slow))
    assert QUADRATIC[0, 4] == 16
