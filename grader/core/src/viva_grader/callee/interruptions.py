"""Decides what ends a test whatever it catches: the other process is late, gone or unreadable."""


class Interruption(BaseException):
    """A call into the candidate's process that has no answer.

    A test may still swallow it with a bare ``except``; the callee remembers it, and it decides the
    verdict all the same.
    """


class CallTimeout(Interruption):
    """A limit of time was reached; the argument names it."""


class Overdue(Interruption):
    """The machine did not get on with it within the wall clock's backstop: nobody's fault here."""


class CalleeGone(Interruption):
    """The candidate's process ended in the middle of a call."""


class NoAnswer(Interruption):
    """The candidate's process answered with something that is no data."""


class Unsupported(Interruption):
    """The test asks for something that cannot cross; the argument says what."""


class Spoilt(Unsupported):
    """The test reads what an author's cell was to define, and stopped on what it was given."""
