"""Decides what one rating is, which ratings count, and which of them are compared as pairs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations, pairwise

LEVELS = (1, 2, 3, 4, 5)
"""The levels of a rubric's dimension; *unscored* is none of them and is never counted as one."""


class Kind(StrEnum):
    """Who rated."""

    HUMAN = "human"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Rating:
    """What one rater said of one dimension of one submission.

    Attributes
    ----------
    id : str
        Unique among all ratings.
    candidate, submission : str
        Ids, no names; a bootstrap draws candidates.
    question, role, level, dimension : str
        What figures can be broken down by.
    rubric : str
        Name, version and hash: only ratings by one rubric are compared.
    rater : str
        A person's staff name, or the version of the model that answered.
    score : int or None
        1..5; None where a model left it unscored, or a person found it not shown.
    at : datetime
        When, with its zone.
    """

    id: str
    candidate: str
    submission: str
    question: str
    role: str
    level: str
    dimension: str
    rubric: str
    kind: Kind
    rater: str
    score: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """Two scores of the same thing; the first is the model's, the earlier or the other human's."""

    candidate: str
    first: int
    second: int
    at: datetime


Unit = tuple[str, str, str]
"""Submission, dimension, rubric: what raters of one thing share."""


def unit(rating: Rating) -> Unit:
    """Give what a rating speaks of."""
    return rating.submission, rating.dimension, rating.rubric


def units(ratings: Iterable[Rating]) -> dict[Unit, list[Rating]]:
    """Put the ratings of the same thing together, oldest first."""
    found: defaultdict[Unit, list[Rating]] = defaultdict(list)
    for each in sorted(ratings, key=lambda one: (one.at, one.id)):
        found[unit(each)].append(each)
    return dict(found)


def counted(ratings: Iterable[Rating]) -> list[Rating]:
    """Give one rating of each rater of each unit: a human's first, a model version's newest.

    A human's first rating is the blind one; a model's newest run is the one that a report shows.
    """
    found: dict[tuple[Unit, Kind, str], Rating] = {}
    for each in sorted(ratings, key=lambda one: (one.at, one.id)):
        key = (unit(each), each.kind, each.rater)
        if each.kind is Kind.MODEL or key not in found:
            found[key] = each
    return list(found.values())


def model_human(ratings: Iterable[Rating]) -> Iterator[Pair]:
    """Pair each model's score with each human's of the same unit."""
    for same in units(counted(ratings)).values():
        humans = [each for each in same if each.kind is Kind.HUMAN]
        for model in (each for each in same if each.kind is Kind.MODEL):
            yield from _pairs((model, human) for human in humans)


def human_human(ratings: Iterable[Rating]) -> Iterator[Pair]:
    """Pair the humans of a unit; by name, which matters to nothing that is symmetric."""
    for same in units(counted(ratings)).values():
        humans = sorted(
            (each for each in same if each.kind is Kind.HUMAN), key=lambda one: one.rater
        )
        yield from _pairs(combinations(humans, 2))


def retests(ratings: Iterable[Rating], kind: Kind) -> Iterator[Pair]:
    """Pair each rating with the next one of the same unit by the same rater."""
    series: defaultdict[tuple[Unit, str], list[Rating]] = defaultdict(list)
    for each in sorted(ratings, key=lambda one: (one.at, one.id)):
        if each.kind is kind:
            series[unit(each), each.rater].append(each)
    for rated in series.values():
        yield from _pairs(pairwise(rated))


def _pairs(both: Iterable[Sequence[Rating]]) -> Iterator[Pair]:
    for first, second in both:
        if first.score is not None and second.score is not None:
            yield Pair(first.candidate, first.score, second.score, first.at)
