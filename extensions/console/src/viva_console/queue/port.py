"""Decides what the console asks of its queue: work that survives whoever was doing it."""

from typing import Protocol


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
