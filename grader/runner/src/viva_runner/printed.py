"""Decides what is kept of what a submission prints: its beginning."""

import io

MAX_PRINTED = 1024 * 1024
"""Characters of what was printed that one answer carries."""


class Printed(io.TextIOBase):
    """Standard output: its beginning is kept for tests that look at it."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.left = MAX_PRINTED

    def write(self, s: str, /) -> int:
        """Keep what there is room for."""
        if self.left > 0:
            self.text.append(s[: self.left])
            self.left -= len(s)
        return len(s)

    def writable(self) -> bool:
        """Be open to be written to."""
        return True

    def take(self) -> str:
        """Give what was printed since the last time."""
        text = "".join(self.text)
        self.text, self.left = [], MAX_PRINTED
        return text
