"""Decides what may happen to an interview, and when: its states and the rules between them.

``invited → consented → starting → open → submitted → graded``; what ends without a submission is
``expired``. Every method takes the server's time and gives a new interview; none does I/O.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from viva_console.domain.disclosure import Consent
from viva_console.domain.errors import GoneError, NotNowError
from viva_console.domain.lost_time import NOTHING_LOST, Fault, LostTime
from viva_console.domain.words import Closer, QuestionRef, State

MAX_START_ATTEMPTS = 3
"""How often a room is started by itself before a person is told."""
START_PAUSE = timedelta(seconds=5)
"""Between two starts of one room: the hub needs a moment to say that it has begun."""
SESSION_AFTER_DEADLINE = timedelta(hours=1)
"""How long the panel's token outlives the deadline: long enough to read the receipt."""


@dataclass(frozen=True, slots=True)
class Interview:
    """One candidate, one or more questions, one clock.

    Attributes
    ----------
    id : str
        26 base32 characters; stands in the invite, signed.
    candidate_id : str
        Whose encryption key seals what the candidate wrote.
    alias, known : str, tuple of str
        What the candidate is called here, and what else no model may read of who it is, such as
        names and employers; both are empty once erased.
    hub_user : str
        The candidate's name in the hub.
    minutes : int
        1..480, as planned for everybody; ``allotted_minutes`` decide.
    time_percent : int
        100..300: this candidate's share of the minutes. A fact of the clock and of nothing else: no
        score, rubric or report is told of it.
    start_attempts : int
        Starts of the room since it last was ready or a person asked again.
    room_ended_at : datetime or None
        When server, files and database of the candidate were removed.
    erased_at : datetime or None
        When the candidate's key was destroyed.
    """

    id: str
    candidate_id: str
    alias: str
    role: str
    questions: tuple[QuestionRef, ...]
    minutes: int
    state: State
    hub_user: str
    created_by: str
    created_at: datetime
    invite_expires_at: datetime
    consent: Consent | None = None
    starting_at: datetime | None = None
    start_attempts: int = 0
    started_at: datetime | None = None
    ends_at: datetime | None = None
    submitted_at: datetime | None = None
    submitted_by: Closer | None = None
    room_ended_at: datetime | None = None
    erased_at: datetime | None = None
    time_percent: int = 100
    lost: LostTime = NOTHING_LOST
    known: tuple[str, ...] = ()

    @property
    def allotted_minutes(self) -> int:
        """Minutes that this candidate has, rounded up, from the moment the room is ready."""
        return -(-self.minutes * self.time_percent // 100)

    @property
    def fixture(self) -> str | None:
        """The SQL fixture that the candidate's database holds, if any question needs one."""
        return next((question.fixture for question in self.questions if question.fixture), None)

    def invite_open(self, now: datetime) -> bool:
        """Whether the invite's link still leads somewhere new."""
        return self.state is not State.INVITED or now < self.invite_expires_at

    def agree(self, version: str, now: datetime) -> "Interview":
        """Record consent; a second one changes nothing.

        Raises
        ------
        GoneError
            When the invite has run out or the interview is over.
        """
        if self.state.is_over or not self.invite_open(now):
            raise GoneError("This invite has ended. Please ask your contact for a new one.")
        if self.state is not State.INVITED:
            return self
        return replace(self, state=State.CONSENTED, consent=Consent(version, now))

    def start(self, now: datetime) -> "Interview":
        """Count one more start of the room; the clock does not run yet.

        Raises
        ------
        NotNowError
            Before consent, after the end, or once the attempts are used up (``room.failed``).
        """
        self._refuse_start()
        if self.start_attempts >= MAX_START_ATTEMPTS:
            raise NotNowError("Your room could not be started.", code="room.failed")
        state = State.OPEN if self.state is State.OPEN else State.STARTING
        attempts = self.start_attempts + 1
        return replace(self, state=state, starting_at=now, start_attempts=attempts)

    def start_due(self, now: datetime) -> bool:
        """Whether an absent server means that a start is needed, rather than just asked for."""
        return self.starting_at is None or now >= self.starting_at + START_PAUSE

    def allow_restart(self) -> "Interview":
        """Forget failed starts, because a person asked again."""
        self._refuse_start()
        return replace(self, start_attempts=0, starting_at=None)

    def must_be_agreed(self) -> None:
        """Refuse whatever needs consent, also where a room has been made ahead of it.

        Raises
        ------
        NotNowError
            Before consent.
        """
        if self.state is State.INVITED:
            raise NotNowError("Please read and accept the page of the invite first.")

    def _refuse_start(self) -> None:
        self.must_be_agreed()
        if self.state.is_over:
            raise NotNowError("This interview has ended.", code="interview.over")

    def open(self, now: datetime) -> "Interview":
        """Start the clock: the room is ready and holds the notebooks. Once only.

        Raises
        ------
        NotNowError
            Before consent or after the end.
        """
        if self.state is State.OPEN:
            return replace(self, start_attempts=0)
        if self.state not in {State.CONSENTED, State.STARTING}:
            raise NotNowError("The room has not been started.")
        return replace(
            self,
            state=State.OPEN,
            start_attempts=0,
            started_at=now,
            ends_at=now + timedelta(minutes=self.allotted_minutes),
            lost=replace(self.lost, seen_at=now),
        )

    def room_seen(self, now: datetime) -> "Interview":
        """Note that the room is ready; what was lost until now is added to the time."""
        if self.state is not State.OPEN or self.ends_at is None:
            return self
        lost = self.lost.seen(now)
        ends_at = self.ends_at + timedelta(seconds=lost.credited_s - self.lost.credited_s)
        if now >= ends_at:
            lost = replace(lost, seen_at=None)
        return replace(self, lost=lost, ends_at=ends_at, start_attempts=0)

    def room_away(self, fault: Fault) -> "Interview":
        """Note that the candidate cannot work, by our fault, while the clock runs."""
        if self.state is not State.OPEN:
            return self
        return replace(self, lost=self.lost.noticed(fault))

    def deadline(self, now: datetime) -> datetime | None:
        """Give when time is up as things stand; while time is being lost, it moves along."""
        if self.ends_at is None or self.state is not State.OPEN:
            return self.ends_at
        return self.ends_at + timedelta(seconds=self.lost.pending_s(now))

    def paused_by(self, now: datetime) -> Fault | None:
        """Give which fault of ours holds the deadline off now, if any."""
        return self.lost.paused_by(now) if self.state is State.OPEN else None

    def must_be_open(self) -> None:
        """Refuse whatever needs a running clock.

        Raises
        ------
        NotNowError
            ``interview.not_open`` before the clock runs, ``interview.over`` after the end.
        """
        if self.state.is_over:
            raise NotNowError("This interview has ended.", code="interview.over")
        if self.state is not State.OPEN:
            raise NotNowError("Your room is not open yet.", code="interview.not_open")

    def time_is_up(self, now: datetime, grace_s: float = 0.0) -> bool:
        """Whether the deadline, and ``grace_s`` seconds after it, have passed."""
        deadline = self.deadline(now)
        return deadline is not None and now >= deadline + timedelta(seconds=grace_s)

    def submit(self, now: datetime, closer: Closer) -> "Interview":
        """Close the interview with what was collected; a second time changes nothing.

        Raises
        ------
        NotNowError
            Before the clock runs, or once expired.
        """
        if self.state in {State.SUBMITTED, State.GRADED}:
            return self
        self.must_be_open()
        return replace(self, state=State.SUBMITTED, submitted_at=now, submitted_by=closer)

    def must_be_submitted(self) -> None:
        """Refuse whatever needs a submission.

        Raises
        ------
        NotNowError
            ``interview.not_submitted``.
        """
        if self.submitted_at is None:
            raise NotNowError("Nothing has been submitted yet.", code="interview.not_submitted")

    def grade(self) -> "Interview":
        """Say that every run has ended.

        Raises
        ------
        NotNowError
            Unless submitted.
        """
        if self.state is State.GRADED:
            return self
        if self.state is not State.SUBMITTED:
            raise NotNowError("Only a submitted interview can be graded.")
        return replace(self, state=State.GRADED)

    def reopen_grading(self) -> "Interview":
        """Go back to submitted, because a new run was ordered."""
        if self.state is State.GRADED:
            return replace(self, state=State.SUBMITTED)
        if self.state is not State.SUBMITTED:
            raise NotNowError("Only a submitted interview can be graded again.")
        return self

    def should_expire(self, now: datetime) -> bool:
        """Whether it ran out before its clock ever started."""
        waiting = self.state in {State.INVITED, State.CONSENTED, State.STARTING}
        return waiting and now >= self.invite_expires_at

    def expire(self, now: datetime) -> "Interview":
        """End an interview whose clock never started.

        Raises
        ------
        NotNowError
            When it is not due.
        """
        if not self.should_expire(now):
            raise NotNowError("This interview is not due to expire.")
        return replace(self, state=State.EXPIRED)

    def room_ended(self, now: datetime) -> "Interview":
        """Note that nothing of the candidate's room is left.

        Raises
        ------
        NotNowError
            While the candidate may still work in it.
        """
        if not self.state.is_over:
            raise NotNowError("The candidate may still work in this room.")
        return self if self.room_ended_at else replace(self, room_ended_at=now)

    def session_valid(self, now: datetime) -> bool:
        """Whether the panel's token is still worth something."""
        deadline = self.deadline(now)
        return deadline is None or now < deadline + SESSION_AFTER_DEADLINE

    def erase(self, now: datetime) -> "Interview":
        """Forget who it was.

        Raises
        ------
        NotNowError
            While the candidate is still at work.
        """
        if self.state in {State.STARTING, State.OPEN}:
            raise NotNowError("The candidate is at work: end the interview before erasing.")
        state = State.EXPIRED if self.state in {State.INVITED, State.CONSENTED} else self.state
        return replace(self, state=state, alias="", known=(), erased_at=self.erased_at or now)
