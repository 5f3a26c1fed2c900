"""Decides the words that an interview is described in: states, who closed it, its questions."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an interview stands."""

    INVITED = "invited"
    CONSENTED = "consented"
    STARTING = "starting"
    OPEN = "open"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    GRADED = "graded"

    @property
    def words(self) -> str:
        """The state in one or two words, for people."""
        return _WORDS[self]

    @property
    def is_over(self) -> bool:
        """Whether the candidate can do nothing more."""
        return self in {State.SUBMITTED, State.EXPIRED, State.GRADED}


UNENTERED = (State.INVITED, State.CONSENTED)
"""Before the room's start was asked for in the candidate's name."""

_WORDS = {
    State.INVITED: "Invited",
    State.CONSENTED: "Consented",
    State.STARTING: "Starting",
    State.OPEN: "In the room",
    State.SUBMITTED: "Submitted",
    State.EXPIRED: "Expired",
    State.GRADED: "Graded",
}


class Closer(StrEnum):
    """Who ended an interview."""

    CANDIDATE = "candidate"
    CLOCK = "clock"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class QuestionRef:
    """A question as one interview uses it: pinned by hash when the interview was created.

    Attributes
    ----------
    number : int
        Its place in the interview, from 1.
    minutes : int
        What its author planned for it; the interview's own minutes decide.
    """

    number: int
    slug: str
    title: str
    kind: str
    minutes: int
    sha256: str
    fixture: str | None = None

    @property
    def path(self) -> str:
        """The notebook's name in the root of the candidate's room."""
        return f"{self.number}_{self.slug}.ipynb"
