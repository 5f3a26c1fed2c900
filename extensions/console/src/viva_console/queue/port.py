"""Decides what the console asks of its queue: work that survives whoever was doing it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Work:
    """What the worker calls; each may block, and runs in a thread, so heartbeats go on.

    Attributes
    ----------
    grade : callable
        Grades the run of the given id to its end; an exception means "again, later".
    end_room : callable
        Removes the room of the given interview; False or an exception means "again, soon".
    watch : callable
        Looks at the rooms whose clocks run.
    tick : callable
        Does what the clock demands, and queues runs that no job stands for.
    """

    grade: Callable[[str], object]
    end_room: Callable[[str], bool]
    watch: Callable[[], object]
    tick: Callable[[], object]


class Queue(Protocol):
    """Jobs by the id of what they work on; asking twice for what waits already changes nothing."""

    def grade(self, run_id: str, *, delay_s: int = 0) -> None:
        """Ask a worker to grade a run."""
        ...

    def end_room(self, interview_id: str, *, delay_s: int = 0) -> None:
        """Ask a worker to remove a candidate's room."""
        ...

    def runs_in_hand(self) -> set[str]:
        """Give the runs that wait for a worker or are being worked on."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
