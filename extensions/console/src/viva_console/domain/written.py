"""Decides which text of staff is kept: plain, bounded, and with nothing unseen in it."""

from viva_grader.domain.visible import is_unseen

from viva_console.domain.errors import BadRequestError

LEAST_REASON, MOST_REASON = 10, 2000
"""Characters of a reason: a decision about a person needs words."""
MOST_COMMENT = 2000


def checked_reason(text: str) -> str:
    """Give the reason, trimmed, with plain line ends.

    Raises
    ------
    BadRequestError
        For fewer than 10 or more than 2000 characters, or one that cannot be seen.
    """
    found = _plain(text)
    if not LEAST_REASON <= len(found) <= MOST_REASON:
        limits = f"{LEAST_REASON} to {MOST_REASON}"
        raise BadRequestError(f"Please give a reason of {limits} characters.")
    return found


def checked_comment(text: str) -> str:
    """Give the comment, trimmed, with plain line ends.

    Raises
    ------
    BadRequestError
        For an empty one, more than 2000 characters, or one that cannot be seen.
    """
    found = _plain(text)
    if not 1 <= len(found) <= MOST_COMMENT:
        raise BadRequestError(f"Please write a comment of at most {MOST_COMMENT} characters.")
    return found


def _plain(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    joins = {"\u200d", "\u200c"}  # what some scripts and emoji are written with
    if any(is_unseen(each) and each not in joins for each in lines):
        raise BadRequestError("Please write plain text: a character in it cannot be seen.")
    return lines
