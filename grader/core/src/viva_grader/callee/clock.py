"""Decides when a call into the other process is late, and which limit it met."""

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Clock:
    """Deadlines of the monotonic clock, in seconds: of the part, and of the whole submission."""

    call_s: float
    part_until_s: float = 0.0
    total_until_s: float = 0.0

    def call_until(self) -> float:
        """When the call that begins now is late."""
        return min(time.monotonic() + self.call_s, self.part_until_s, self.total_until_s)

    def limit(self) -> str:
        """Name the limit that was reached now."""
        now = time.monotonic()
        if now >= self.total_until_s:
            return "total_s"
        return "part_s" if now >= self.part_until_s else "call_s"
