"""Decides what staff may ask for when they create an interview."""

import math

from viva_console.domain.errors import BadRequestError
from viva_console.domain.words import QuestionRef

MAX_MINUTES = 480
MAX_QUESTIONS = 8
MAX_ALIAS_CHARS = 80
MAX_ROLE_CHARS = 120
MAX_KNOWN = 20
MAX_KNOWN_CHARS = 120
SHORTEST_KNOWN = 3
TIME_PERCENTS = range(100, 301, 5)
"""What a candidate's time may be multiplied by: 1.0 to 3.0 in steps of 0.05."""


def checked_alias(text: str) -> str:
    """Give the alias, trimmed.

    Raises
    ------
    BadRequestError
        When it is empty, longer than 80 characters or holds control characters.
    """
    return _checked_line(text, "alias", MAX_ALIAS_CHARS)


def checked_role(text: str) -> str:
    """Give the role, trimmed.

    Raises
    ------
    BadRequestError
        When it is empty, longer than 120 characters or holds control characters.
    """
    return _checked_line(text, "role", MAX_ROLE_CHARS)


def checked_known(text: str) -> tuple[str, ...]:
    """Read what is known of a candidate, one thing in a line, each once.

    Raises
    ------
    BadRequestError
        For more than 20 lines, or one of fewer than 3 or more than 120 characters.
    """
    lines = [line.strip() for line in text.splitlines()]
    known = tuple(dict.fromkeys(line for line in lines if line))
    if len(known) > MAX_KNOWN:
        raise BadRequestError(f"Give at most {MAX_KNOWN} lines.")
    for line in known:
        fits = SHORTEST_KNOWN <= len(line) <= MAX_KNOWN_CHARS
        if not fits or not line.isprintable():
            raise BadRequestError(
                f"Each line must have {SHORTEST_KNOWN} to {MAX_KNOWN_CHARS} characters."
            )
    return known


def checked_minutes(minutes: int) -> int:
    """Give the minutes back.

    Raises
    ------
    BadRequestError
        Outside 1..480.
    """
    if not 1 <= minutes <= MAX_MINUTES:
        raise BadRequestError(f"The time must be 1 to {MAX_MINUTES} minutes, not {minutes}.")
    return minutes


def checked_multiplier(multiplier: float) -> int:
    """Give a multiplier of the time in per cent: 1.25 becomes 125.

    Raises
    ------
    BadRequestError
        Outside 1.0..3.0, or between two steps of 0.05.
    """
    percent = round(multiplier * 100) if math.isfinite(multiplier) else 0
    if percent not in TIME_PERCENTS or not math.isclose(percent, multiplier * 100):
        raise BadRequestError("Time can be multiplied by 1 to 3, in steps of 0.05.")
    return percent


def checked_questions(questions: tuple[QuestionRef, ...]) -> tuple[QuestionRef, ...]:
    """Give the questions back.

    Raises
    ------
    BadRequestError
        For none, too many, one twice, or more than one SQL fixture.
    """
    if not 1 <= len(questions) <= MAX_QUESTIONS:
        raise BadRequestError(f"Choose 1 to {MAX_QUESTIONS} questions.")
    if len({question.slug for question in questions}) != len(questions):
        raise BadRequestError("Choose each question once.")
    fixtures = {question.fixture for question in questions if question.fixture}
    if len(fixtures) > 1:
        names = ", ".join(sorted(fixtures))
        raise BadRequestError(f"Choose questions that share one database, not {names}.")
    return questions


def _checked_line(text: str, what: str, max_chars: int) -> str:
    line = text.strip()
    if not line:
        raise BadRequestError(f"Please give the {what}.")
    if len(line) > max_chars or not line.isprintable():
        raise BadRequestError(f"The {what} must be one line of at most {max_chars} characters.")
    return line
