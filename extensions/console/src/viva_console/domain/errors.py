"""Decides which mistakes of the console have a name, and which kind of answer each deserves.

The classes that stand directly below :class:`ConsoleError` are the kinds: an interface maps each to
one status and needs to know nothing else.
"""

from viva_grader.domain.errors import VivaError


class ConsoleError(VivaError):
    """The console refused or failed, and says why in one line that anyone may read."""

    code = "console.error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class UnknownError(ConsoleError):
    """There is no such thing, or no such thing for whoever asks."""

    code = "console.unknown"


class NotAllowedError(ConsoleError):
    """The key that was shown opens nothing: altered, expired, or somebody else's."""

    code = "console.not_allowed"


class NotNowError(ConsoleError):
    """The interview is in a state in which this cannot happen."""

    code = "interview.not_now"


class GoneError(ConsoleError):
    """It was there, and is over: an invite that ran out, a candidate who was erased."""

    code = "interview.gone"


class BadRequestError(ConsoleError):
    """What was asked for cannot be: a wrong value, an unknown question."""

    code = "console.bad_request"


class UnavailableError(ConsoleError):
    """A part that the console leans on did not answer; the same request may work later."""

    code = "console.unavailable"
