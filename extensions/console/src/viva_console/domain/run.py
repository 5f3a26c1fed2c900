"""Decides how one grading of one submission goes on: its stages, and when it is given up.

``queued → claimed → executed → evaluated → scored → done``; a run that cannot be finished is
``failed`` with a reason, never a zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

MAX_ATTEMPTS = 8
"""Claims of one run, dead workers included, before a person must look."""


class RunState(StrEnum):
    """How far a run has come; each is durable once it is reached."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    EXECUTED = "executed"
    EVALUATED = "evaluated"
    SCORED = "scored"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self in {RunState.DONE, RunState.FAILED}

    @property
    def words(self) -> str:
        """The state for people."""
        return _WORDS[self]


_ORDER = tuple(RunState)
_WORDS = {
    RunState.QUEUED: "Waiting for a worker",
    RunState.CLAIMED: "Running the tests",
    RunState.EXECUTED: "Tests done, rubric next",
    RunState.EVALUATED: "Putting the score together",
    RunState.SCORED: "Score stored",
    RunState.DONE: "Graded",
    RunState.FAILED: "Could not be graded",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One grading of a submission; a regrade is a new one.

    Attributes
    ----------
    question_sha256 : str
        The question that it must be graded by: the library must still hold it.
    attempts : int
        How often a worker took it up.
    failure : str
        Why it FAILED, in one line; empty otherwise.
    """

    id: str
    submission_id: str
    interview_id: str
    question_sha256: str
    state: RunState
    attempts: int
    created_at: datetime
    updated_at: datetime
    failure: str = ""

    def claim(self, now: datetime) -> "Run":
        """Take it up, wherever it stands; a run that killed its workers too often fails instead."""
        if self.state.is_over:
            return self
        if self.attempts >= MAX_ATTEMPTS:
            return self.fail("Grading was interrupted too often; regrade when it is repaired.", now)
        state = RunState.CLAIMED if self.state is RunState.QUEUED else self.state
        return replace(self, state=state, attempts=self.attempts + 1, updated_at=now)

    def reach(self, state: RunState, now: datetime) -> "Run":
        """Move on to ``state``, never back."""
        if self.state.is_over or _ORDER.index(state) <= _ORDER.index(self.state):
            return self
        return replace(self, state=state, updated_at=now)

    def fail(self, why: str, now: datetime) -> "Run":
        """Give up, with a reason; a run that is done stays done."""
        if self.state.is_over:
            return self
        return replace(self, state=RunState.FAILED, failure=why, updated_at=now)

    @property
    def last_attempt(self) -> bool:
        """Whether no further claim will be granted."""
        return self.attempts >= MAX_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Pile:
    """How many runs there are, by how far they have come.

    Attributes
    ----------
    waiting, running : int
        Not taken up yet, and taken up but not over.
    done, failed : int
        Over, since the store was made.
    """

    waiting: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0

    @classmethod
    def of(cls, counts: Mapping[RunState, int]) -> "Pile":
        """Put the states together."""
        over = {RunState.QUEUED, RunState.DONE, RunState.FAILED}
        return cls(
            waiting=counts.get(RunState.QUEUED, 0),
            running=sum(count for state, count in counts.items() if state not in over),
            done=counts.get(RunState.DONE, 0),
            failed=counts.get(RunState.FAILED, 0),
        )

    @property
    def is_over(self) -> bool:
        """Whether nothing waits or runs."""
        return not self.waiting and not self.running
