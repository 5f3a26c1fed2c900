"""Decides which word, icon and tone each state has, and what the record's entries say to people."""

from collections.abc import Callable
from dataclasses import dataclass

from viva_console.domain.interview import Interview
from viva_console.domain.lost_time import Fault
from viva_console.domain.record import AuditEntry
from viva_console.domain.run import Pile, RunState
from viva_console.domain.views import GradingLine, InterviewRow, QuestionChoice
from viva_console.domain.words import State


@dataclass(frozen=True, slots=True)
class Badge:
    """A state, as shown: always a word and an icon, never a colour alone.

    Attributes
    ----------
    tone : str
        ``quiet``, ``live``, ``good``, ``warn`` or ``bad``.
    """

    word: str
    icon: str
    tone: str


_OF_STATE = {
    State.INVITED: Badge("Invited", "envelope", "quiet"),
    State.CONSENTED: Badge("Consented", "check", "quiet"),
    State.STARTING: Badge("Room is starting", "turning", "live"),
    State.OPEN: Badge("In the room", "person", "live"),
    State.SUBMITTED: Badge("Being graded", "turning", "live"),
    State.EXPIRED: Badge("Expired", "clock", "quiet"),
    State.GRADED: Badge("Decision needed", "flag", "warn"),
}
_FAILED = Badge("Grading failed", "warning", "bad")
_NOTHING = Badge("Nothing to grade", "warning", "bad")
_DECIDED = Badge("Decided", "check", "good")
_ERASED = Badge("Erased", "clock", "quiet")


def badge(row: InterviewRow) -> Badge:
    """Give an interview's state as staff need it: what is to be done comes before what was."""
    if row.decided:
        return _DECIDED
    if row.failed_runs:
        return _FAILED
    if not row.alias:
        return _ERASED
    return _OF_STATE[row.state]


def needs_staff(row: InterviewRow) -> bool:
    """Whether nothing goes on before a person acts."""
    return (
        not row.decided and bool(row.alias) and (row.state is State.GRADED or row.failed_runs > 0)
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Interviews that want the same of staff."""

    title: str
    rows: tuple[InterviewRow, ...]


def groups(rows: list[InterviewRow]) -> list[Group]:
    """Sort interviews by who needs staff now; empty groups are left out."""
    now = {State.STARTING, State.OPEN, State.SUBMITTED}
    waiting = {State.INVITED, State.CONSENTED}
    needing = [row for row in rows if needs_staff(row)]
    rest = [row for row in rows if not needs_staff(row)]
    open_ones = [row for row in rest if row.state in now and not row.decided]
    open_ones.sort(key=lambda row: (row.ends_at is None, row.ends_at or row.created_at))
    found = [
        Group("Needs you", tuple(needing)),
        Group("Happening now", tuple(open_ones)),
        Group("Invited", tuple(row for row in rest if row.state in waiting and row.alias)),
    ]
    shown = {row.id for group in found for row in group.rows}
    found.append(Group("Done", tuple(row for row in rest if row.id not in shown)))
    return [group for group in found if group.rows]


def summary(rows: list[InterviewRow]) -> str:
    """Say in one sentence who needs staff now."""
    needing = sum(needs_staff(row) for row in rows)
    inside = sum(row.state is State.OPEN for row in rows)
    first = (
        "Nobody needs you now."
        if not needing
        else f"{needing} interview{'s need' if needing > 1 else ' needs'} you."
    )
    if not inside:
        return first
    people = "candidates are" if inside > 1 else "candidate is"
    return f"{first} {inside} {people} in the room."


def pile_words(pile: Pile) -> str:
    """Say how far the gradings are; nothing while there is nothing to wait for."""
    if pile.is_over:
        return ""
    said = f"Grading: {pile.waiting} waiting, {pile.running} running, {pile.done} done"
    return f"{said}, {pile.failed} failed." if pile.failed else f"{said}."


_STAGES = (
    RunState.QUEUED,
    RunState.CLAIMED,
    RunState.EXECUTED,
    RunState.EVALUATED,
    RunState.SCORED,
    RunState.DONE,
)


def stage(state: RunState) -> tuple[int, int]:
    """Give how many of a run's stages are behind it, and how many there are."""
    return (_STAGES.index(state) if state in _STAGES else 0), len(_STAGES) - 1


def run_badge(line: GradingLine) -> Badge:
    """Give the state of one question's grading."""
    if line.run_state is None:
        return _NOTHING if line.problem else Badge("Not submitted", "clock", "quiet")
    if line.run_state is RunState.FAILED:
        return _FAILED
    if line.run_state is RunState.DONE:
        return Badge("Graded", "check", "good")
    return Badge(line.run_state.words, "turning", "live")


def chosen_words(chosen: list[QuestionChoice]) -> str:
    """Say how long the chosen questions are meant to take together."""
    if not chosen:
        return "How long each is planned for stands below its title."
    minutes = sum(choice.minutes for choice in chosen)
    if len(chosen) == 1:
        return f"1 question is chosen, planned for {minutes} minutes."
    return f"{len(chosen)} questions are chosen, planned for {minutes} minutes together."


def total_words(minutes: int | None, percent: int) -> str:
    """Say what a candidate has in all; nothing while the minutes are none."""
    if minutes is None:
        return ""
    return f"This candidate has {-(-minutes * percent // 100)} minutes."


def more_time(interview: Interview) -> str:
    """Say as a plain fact that a candidate has more time than planned; nothing where not."""
    more = interview.time_percent - 100
    return f"{more} % more time" if more else ""


def added(seconds: int, fault: Fault) -> str:
    """Say what was added for one loss, to the second."""
    if not seconds:
        return f"nothing added, because the limit is reached ({fault.words})"
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes} min"] if minutes else []
    parts += [f"{rest} s"] if rest else []
    return f"{' '.join(parts)} added, because {fault.words}"


_ACTIONS = {
    "interview.created": "Interview created",
    "candidate.consented": "Candidate agreed to the recording",
    "room.starting": "Room starting",
    "room.opened": "Room ready; the clock began",
    "room.reopened": "Room ready again",
    "time.credited": "Time lost by our fault",
    "room.ended": "Room, files and database removed",
    "interview.submitted": "Submitted",
    "interview.expired": "Expired without a start",
    "interview.regraded": "New grading ordered",
    "run.done": "A question was graded",
    "run.failed": "A grading failed",
    "verdict.confirmed": "Recommendation confirmed",
    "verdict.overridden": "Recommendation overridden",
    "dimension.scored": "A dimension was given a level",
    "dimension.confirmed": "A dimension's level was confirmed",
    "dimension.overridden": "A dimension's level was overridden",
    "comment.written": "Comment written",
    "comment.corrected": "Comment corrected",
    "candidate.erased": "Candidate's content erased",
    "submission.read": "Submission read",
    "report.read": "Report read",
    "documents.exported": "Documents exported",
    "rating.begun": "Blind rating begun",
    "rating.given": "Blind rating given",
    "rating.declined": "Blind rating declined",
}


def event_words(entry: AuditEntry, *, blind: bool = False) -> str:
    """Say in a few words what an entry of the record stands for; else its action's own name.

    Parameters
    ----------
    blind : bool
        For who may still rate blind: not whether a decision followed what the scores recommend,
        and no level.
    """
    if blind and entry.action.startswith("verdict."):
        return f"Decided{_verdict(entry)}"
    if blind and entry.action.startswith("dimension."):
        return "A dimension was decided"
    more = _MORE.get(entry.action, _nothing)
    return _ACTIONS.get(entry.action, entry.action) + more(entry)


def _nothing(entry: AuditEntry) -> str:
    return ""


def _verdict(entry: AuditEntry) -> str:
    return f": {entry.data.get('verdict', '')}"


def _level(entry: AuditEntry) -> str:
    return f": {entry.data['dimension'].replace('_', ' ')}, {entry.data['level']} of 5"


def _closer(entry: AuditEntry) -> str:
    by = {"candidate": " by the candidate", "clock": " when time was up", "staff": " by staff"}
    return by.get(str(entry.data.get("by")), "")


def _credit(entry: AuditEntry) -> str:
    return f": {added(entry.data['seconds'], Fault(entry.data['reason']))}"


def _room(entry: AuditEntry) -> str:
    said = ""
    if restored := entry.data.get("restored"):
        said += f"; as last recorded: {', '.join(restored)}"
    if unheard := entry.data.get("unheard"):
        said += f"; not recorded from the beginning: {', '.join(unheard)}"
    return said


_MORE: dict[str, Callable[[AuditEntry], str]] = {
    "interview.submitted": _closer,
    "room.opened": _room,
    "room.reopened": _room,
    "time.credited": _credit,
    "verdict.confirmed": _verdict,
    "verdict.overridden": _verdict,
    "dimension.scored": _level,
    "dimension.confirmed": _level,
    "dimension.overridden": _level,
}
"""What an entry's data adds to its words."""
