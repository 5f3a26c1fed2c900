"""Decides how much of what the candidate's code prints a test may capture: a bounded beginning."""

import sys
from dataclasses import dataclass

from viva_grader.callee.wire import Message

MAX_PRINTED = 1_000_000
"""Characters of one test cell, both streams together."""


@dataclass(slots=True)
class Printed:
    """What was printed over there since a cell began."""

    count: int = 0

    def begin(self) -> None:
        """Begin a cell."""
        self.count = 0

    def show(self, answer: Message) -> None:
        """Print it here: a test may capture it, otherwise it goes nowhere."""
        for printed, stream in ((answer.get("out"), sys.stdout), (answer.get("err"), sys.stderr)):
            if type(printed) is str and printed and self.count < MAX_PRINTED:
                self.count += len(printed)
                stream.write(printed)
