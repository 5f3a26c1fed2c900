"""Decides what a comment is about, and how one that was wrong is corrected: by another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from viva_console.domain.errors import BadRequestError


class About(StrEnum):
    """What kind of thing a comment speaks of."""

    INTERVIEW = "interview"
    QUESTION = "question"
    PART = "part"
    DIMENSION = "dimension"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a comment speaks of.

    Attributes
    ----------
    question : str
        The question's slug; empty for the interview.
    name : str
        The part's or the dimension's name; empty for the others.
    """

    about: About = About.INTERVIEW
    question: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """The subject in one word, as forms and the record say it."""
        return ":".join(filter(None, (self.about.value, self.question, self.name)))


@dataclass(frozen=True, slots=True)
class Comment:
    """What a named person wrote; it is never changed.

    Attributes
    ----------
    text : str
        Plain text.
    corrects : str or None
        The id of the comment, by the same person and on the same subject, that it corrects.
    """

    id: str
    interview_id: str
    by: str
    at: datetime
    subject: Subject
    text: str
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class ShownComment:
    """A comment as it stands among the others.

    Attributes
    ----------
    title : str
        Its subject, for people.
    corrects : Comment or None
        The one that it corrects.
    corrected : bool
        Whether a later one corrects it.
    """

    comment: Comment
    title: str
    corrects: Comment | None
    corrected: bool


def shown_comments(
    comments: Sequence[Comment], titles: dict[Subject, str]
) -> tuple[ShownComment, ...]:
    """Say of each comment, oldest first, what it corrects and whether it was corrected."""
    known = {one.id: one for one in comments}
    corrected = {one.corrects for one in comments if one.corrects}
    return tuple(
        ShownComment(
            one,
            titles.get(one.subject, one.subject.key),
            known.get(one.corrects) if one.corrects else None,
            one.id in corrected,
        )
        for one in comments
    )


def chosen_subject(subjects: Iterable[Subject], key: str) -> Subject:
    """Find what a form says that a comment is about.

    Raises
    ------
    BadRequestError
        When it is none of the interview's.
    """
    for subject in subjects:
        if subject.key == key:
            return subject
    raise BadRequestError("Choose what the comment is about.")


def comment_to_correct(comments: Iterable[Comment], comment_id: str, by: str) -> Comment:
    """Find the comment that a person corrects.

    Raises
    ------
    BadRequestError
        ``comment.not_yours`` unless it is one of the interview's, and this person's own.
    """
    for one in comments:
        if one.id == comment_id and one.by == by:
            return one
    raise BadRequestError(
        "Only the one who wrote a comment corrects it. Write one of your own.",
        code="comment.not_yours",
    )
