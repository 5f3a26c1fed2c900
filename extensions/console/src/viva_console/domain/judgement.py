"""Decides what a person's level of one dimension is, which may be given, and which are due."""

from dataclasses import dataclass
from datetime import datetime

from viva_grader.domain.evaluation import DimensionScore
from viva_grader.domain.rubric import Dimension, Rubric

from viva_console.domain.errors import BadRequestError, NotNowError, UnknownError
from viva_console.domain.words import QuestionRef

LEVELS = (1, 2, 3, 4, 5)


class ByTestsError(BadRequestError):
    """Tests alone decide this dimension: nobody's word replaces what was run."""

    code = "judgement.by_tests"


class NewerRunError(NotNowError):
    """A newer grading of the question was ordered: decisions are made on the newest."""

    code = "judgement.newer_run"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's level of one dimension of one run; the score itself stays as it is.

    Attributes
    ----------
    run_id : str
        The grading that it was made on; on another one it counts nothing.
    original : int or None
        The level that was scored, 1..5; None where it was unscored.
    level : int
        1..5; the same as ``original`` where it confirms.
    """

    id: str
    interview_id: str
    run_id: str
    dimension: str
    by: str
    at: datetime
    original: int | None
    level: int
    reason: str

    @property
    def confirms(self) -> bool:
        """Whether it is the level that was scored."""
        return self.level == self.original


@dataclass(frozen=True, slots=True)
class DimensionView:
    """One dimension of one question's newest run: what was scored, and what people decided.

    Attributes
    ----------
    score : DimensionScore or None
        None where nothing was asked of a model.
    judgements : tuple of Judgement
        Those on this run, oldest first; the last one counts.
    """

    question: QuestionRef
    submission_id: str
    run_id: str
    dimension: Dimension
    score: DimensionScore | None
    judgements: tuple[Judgement, ...]

    @property
    def original(self) -> int | None:
        """The level that was scored, if any."""
        return self.score.score if self.score else None

    @property
    def decided(self) -> Judgement | None:
        """The judgement that counts, if any."""
        return self.judgements[-1] if self.judgements else None

    @property
    def needs_person(self) -> bool:
        """Whether it has no level yet, or a scorer asked for a person, and none has come."""
        asked = self.original is None or (self.score is not None and self.score.for_person)
        return self.dimension.by_model and asked and not self.judgements

    @property
    def why_unscored(self) -> str:
        """Why a person is asked; empty where it was scored without doubt."""
        reason = self.score.reason if self.score else ""
        return reason or ("" if self.original is not None else "Nothing was scored here.")


@dataclass(frozen=True, slots=True)
class Judging:
    """All that people decide of an interview's dimensions.

    Attributes
    ----------
    dimensions : tuple of DimensionView
        By question, then in the rubric's order; by each submission's newest run, once scored.
    earlier : tuple of (str, Judgement)
        A question's title, and what was decided on a run of it that a newer one replaced.
    """

    dimensions: tuple[DimensionView, ...] = ()
    earlier: tuple[tuple[str, Judgement], ...] = ()

    @property
    def due(self) -> tuple[DimensionView, ...]:
        """Those that need a person."""
        return tuple(one for one in self.dimensions if one.needs_person)

    @property
    def counting(self) -> tuple[Judgement, ...]:
        """What was decided on the newest runs, in order within each dimension."""
        return tuple(each for one in self.dimensions for each in one.judgements)


NOTHING_JUDGED = Judging()


def judged_dimension(rubric: Rubric, name: str) -> Dimension:
    """Give a dimension that a person may judge.

    Raises
    ------
    UnknownError
        ``judgement.unknown_dimension`` where the rubric has none of this name.
    ByTestsError
        Where tests alone decide it.
    """
    for dimension in rubric.dimensions:
        if dimension.name == name:
            if not dimension.by_model:
                raise ByTestsError(
                    f"Tests alone decide {dimension.title}: it can be graded again, not overridden."
                )
            return dimension
    raise UnknownError("The rubric has no such dimension.", code="judgement.unknown_dimension")


def checked_level(text: str) -> int:
    """Read a level.

    Raises
    ------
    BadRequestError
        For anything but a whole number of 1 to 5.
    """
    if text not in {str(level) for level in LEVELS}:
        raise BadRequestError("Choose a level of 1 to 5.")
    return int(text)
