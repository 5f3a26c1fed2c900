"""Decides what sample ratings look like: people and a model on one rubric, from a seed."""

from datetime import UTC, datetime, timedelta

import numpy as np
from viva_grader.calibration.ratings import Kind, Rating

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)


def a_rating(**changes: object) -> Rating:
    values: dict[str, object] = {
        "id": "r1",
        "candidate": "c1",
        "submission": "s1",
        "question": "top_customers",
        "role": "Analyst",
        "level": "senior",
        "dimension": "clarity",
        "rubric": "viva/1",
        "kind": Kind.HUMAN,
        "rater": "ada",
        "score": 3,
        "at": FIRST,
    }
    return Rating(**{**values, **changes})  # type: ignore[arg-type]


def sample_ratings(candidates: int = 30, *, shift: float = 0.0, seed: int = 1) -> list[Rating]:
    """Two people and a model, run twice, on two dimensions of each candidate's submission.

    The model's scores move by ``shift`` levels in 30 days; one in ten is unscored.
    """
    draw = np.random.default_rng(seed)
    found: list[Rating] = []
    for number in range(candidates):
        for dimension in ("clarity", "rigour"):
            truth = draw.integers(1, 6)
            for kind, rater, later in (
                (Kind.HUMAN, "ada", 0),
                (Kind.HUMAN, "grace", 0),
                (Kind.MODEL, "m-1", 0),
                (Kind.MODEL, "m-1", 1),
            ):
                drifted = shift * number / 30 if kind is Kind.MODEL else 0.0
                level = round(truth + draw.normal(0, 0.7) + drifted)
                score = None if kind is Kind.MODEL and number % 10 == 0 else min(5, max(1, level))
                found.append(
                    a_rating(
                        id=f"{rater}-{later}-{number}-{dimension}",
                        candidate=f"c{number}",
                        submission=f"s{number}",
                        question=("late_orders", "top_customers")[number % 2],
                        dimension=dimension,
                        kind=kind,
                        rater=rater,
                        score=score,
                        at=FIRST + timedelta(days=number, hours=later),
                    )
                )
    return found
