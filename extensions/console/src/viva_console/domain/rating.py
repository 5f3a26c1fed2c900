"""Decides what a blind rating by a person is, and when a model's scores are kept from whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from viva_grader.domain.evaluation import DimensionScore, Evaluation
from viva_grader.domain.rubric import Rubric

from viva_console.domain.errors import BadRequestError, NotNowError

MAX_NOTE_CHARACTERS = 1000
NOT_SHOWN = "not_shown"
"""What a form says for *not shown*: a value, and no number."""
WITHHELD = "Withheld: you have begun a blind rating of this submission. Finish or decline it first."
_LEVELS = ("1", "2", "3", "4", "5")


class Step(StrEnum):
    """What happened between one person and the model's scores of one submission."""

    SHOWN = "shown"
    """A page or report gave them, or a colleague's levels, to this person, or they gave one."""
    BEGUN = "begun"
    """The person began to rate blind: from here on they are withheld."""
    RATED = "rated"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to the model's scores of a submission: by the steps that were taken."""

    steps: frozenset[Step] = frozenset()

    @property
    def is_pending(self) -> bool:
        """Whether a blind rating was begun and neither finished nor declined."""
        return Step.BEGUN in self.steps and not self.steps & {Step.RATED, Step.DECLINED}

    @property
    def has_seen(self) -> bool:
        """Whether nothing need be kept from this person any more."""
        return not self.is_pending and bool(self.steps)

    def must_be_blind(self) -> None:
        """Refuse to begin a rating that would not be blind, or be a second one.

        Raises
        ------
        NotNowError
            ``rating.not_blind`` after the scores were shown, ``rating.over`` after a rating.
        """
        if self.steps & {Step.RATED, Step.DECLINED}:
            raise NotNowError("You have rated or declined this one already.", code="rating.over")
        if Step.SHOWN in self.steps:
            raise NotNowError(
                "You have seen or given levels of this submission: a rating would not be blind.",
                code="rating.not_blind",
            )

    def must_be_pending(self) -> None:
        """Refuse what only a begun rating allows.

        Raises
        ------
        NotNowError
            ``rating.not_begun``.
        """
        if not self.is_pending:
            raise NotNowError("There is no rating of yours under way.", code="rating.not_begun")


@dataclass(frozen=True, slots=True)
class Level:
    """What a person said of one dimension; ``score`` is None where it is not shown."""

    dimension: str
    score: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class HumanRating:
    """One person's rating of one submission, given before any model's score was seen."""

    id: str
    submission_id: str
    rubric: str
    rubric_sha256: str
    rater: str
    at: datetime
    levels: tuple[Level, ...]


class MissingLevelsError(BadRequestError):
    """Dimensions have no level yet; ``fields`` says it for each."""

    code = "rating.incomplete"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("Please give every dimension a level, or say that it is not shown.")
        self.fields = dict(fields)


def checked_levels(
    rubric: Rubric, levels: Mapping[str, str], notes: Mapping[str, str]
) -> tuple[Level, ...]:
    """Read a form: every dimension that a model may score has a level or is *not shown*.

    Raises
    ------
    MissingLevelsError
        With a line for each dimension that is missing, or whose note is too long.
    """
    wrong: dict[str, str] = {}
    found: list[Level] = []
    for dimension in (each for each in rubric.dimensions if each.by_model):
        name, note = dimension.name, notes.get(dimension.name, "").strip()
        given = levels.get(name, "")
        if given not in (*_LEVELS, NOT_SHOWN):
            wrong[name] = f"Choose a level for {dimension.title}, or “not shown”."
        elif len(note) > MAX_NOTE_CHARACTERS:
            wrong[name] = f"At most {MAX_NOTE_CHARACTERS} characters for a note."
        else:
            found.append(Level(name, None if given == NOT_SHOWN else int(given), note))
    if wrong:
        raise MissingLevelsError(wrong)
    return tuple(found)


def has_scores(evaluation: Evaluation | None) -> bool:
    """Whether there is a score of a model's that could be seen."""
    return evaluation is not None and any(each.score is not None for each in evaluation.dimensions)


def withheld(evaluation: Evaluation) -> Evaluation:
    """Give an evaluation without anything that a model said."""
    return Evaluation(
        evaluation.rubric,
        evaluation.rubric_sha256,
        "unscored",
        tuple(
            DimensionScore(one.dimension, None, "", reason=WITHHELD)
            for one in evaluation.dimensions
        ),
        None,
        None,
        WITHHELD,
    )
