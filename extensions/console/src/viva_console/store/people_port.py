"""Decides what the store keeps of people's words on an interview: all of it written once."""

from datetime import datetime
from typing import Protocol

from viva_grader.calibration.ratings import Rating

from viva_console.domain.comment import Comment
from viva_console.domain.judgement import Judgement
from viva_console.domain.rating import HumanRating, Standing, Step


class Ratings(Protocol):
    """What people said of submissions, and who has seen what a model said; written once."""

    def take_step(self, submission_id: str, rater: str, step: Step, at: datetime) -> None:
        """Note a step; a second one of the same kind is dropped."""
        ...

    def standings(self, rater: str) -> dict[str, Standing]:
        """Give how a person stands to each submission; without any step there is none."""
        ...

    def add(self, rating: HumanRating) -> None:
        """Keep a person's rating, its notes sealed under the candidate's key."""
        ...

    def of_interview(self, interview_id: str) -> list[HumanRating]:
        """Give all ratings of an interview's submissions, oldest first.

        Raises
        ------
        GoneError
            When there are some and the candidate was erased.
        """
        ...

    def add_imported(self, rating: Rating, by: str, at: datetime) -> None:
        """Keep a rating that was made elsewhere; one with an id that is kept is dropped."""
        ...

    def imported(self) -> list[Rating]:
        """Give what was made elsewhere, by id."""
        ...


class Judgements(Protocol):
    """People's levels of single dimensions; written once."""

    def add(self, judgement: Judgement) -> str:
        """Keep a person's level, its reason sealed under the candidate's key.

        Returns
        -------
        str
            The SHA-256 of the reason as it is kept: it tells of a change, and nothing of the words.

        Raises
        ------
        GoneError
            When the candidate was erased.
        """
        ...

    def of_interview(self, interview_id: str) -> list[Judgement]:
        """Give an interview's judgements, oldest first.

        Raises
        ------
        GoneError
            When there are some and the candidate was erased.
        """
        ...


class Comments(Protocol):
    """What staff wrote about interviews; written once."""

    def add(self, comment: Comment) -> str:
        """Keep a comment, its text sealed under the candidate's key.

        Returns
        -------
        str
            The SHA-256 of the text as it is kept, as of :meth:`Judgements.add`.

        Raises
        ------
        GoneError
            When the candidate was erased.
        """
        ...

    def of_interview(self, interview_id: str) -> list[Comment]:
        """Give an interview's comments, oldest first.

        Raises
        ------
        GoneError
            When there are some and the candidate was erased.
        """
        ...
