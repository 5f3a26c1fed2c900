"""Decides what an answer says beside its value: an exception and its places, and warnings."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import warnings
from dataclasses import dataclass
from typing import Any

from viva_grader.callee.codec import Decoder, Foreign
from viva_grader.callee.interruptions import Interruption, NoAnswer
from viva_grader.callee.places import Place
from viva_grader.callee.wire import Message

_MAX_WARNINGS = 100
_TEST_RUNNERS = frozenset({"unittest", "pytest", "_pytest", "hypothesis", "doctest"})


@dataclass(slots=True)
class Raised:
    """An exception of the candidate's, and where it came from."""

    error: BaseException
    places: tuple[Place, ...]


def raised_by(answer: Message, foreign: Foreign) -> Raised:
    """Read which exception the candidate's code raised.

    Raises
    ------
    NoAnswer
        If the message names none.
    """
    error: Any = Decoder(foreign).decode(answer["exc"])
    if not isinstance(error, BaseException) or isinstance(error, Interruption):
        raise NoAnswer("an exception that is none")
    if _steers_a_runner(type(error)):
        error = RuntimeError(f"raised {type(error).__name__}")
    return Raised(error, _places(answer.get("at")))


def warn(warned: Any) -> Warning | None:
    """Warn as the candidate's code did: a test may look.

    Returns
    -------
    Warning or None
        One that the test made an error.

    Raises
    ------
    NoAnswer
        If the message holds anything else.
    """
    for warning in warned[:_MAX_WARNINGS] if type(warned) is list else []:
        if not isinstance(warning, Warning):
            raise NoAnswer("a warning that is none")
        try:
            warnings.warn_explicit(warning, type(warning), "<submission>", 1, registry={})
        except Warning as error:
            return error
    return None


def _steers_a_runner(kind: type[BaseException]) -> bool:
    """Say whether a test runner takes an exception for a word of its own, such as "skipped"."""
    return any(base.__module__.partition(".")[0] in _TEST_RUNNERS for base in kind.__mro__)


def _places(raw: Any) -> tuple[Place, ...]:
    places: list[Place] = []
    for place in raw if isinstance(raw, list) else []:  # pyright: ignore[reportUnknownVariableType] - each is checked
        if isinstance(place, list) and [type(p) for p in place] == [str, int]:  # pyright: ignore[reportUnknownVariableType] - that is the check
            cell: Any = place[0]  # pyright: ignore[reportUnknownVariableType] - checked above
            line: Any = place[1]  # pyright: ignore[reportUnknownVariableType] - checked above
            places.append(Place(cell[:200], line))
    return tuple(places[:20])
