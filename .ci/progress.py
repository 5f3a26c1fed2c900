"""Decides how long work shows itself: a bar in place on a terminal, a line per step elsewhere."""

import sys
import threading
import time

WIDTH = 24


class Progress:
    """One bar for all steps; safe to call from several threads."""

    def __init__(self) -> None:
        self._total = self._done = 0
        self._since: dict[str, float] = {}
        self._live = sys.stderr.isatty()
        self._lock = threading.Lock()

    def start(self, title: str) -> None:
        """Say that a step has begun."""
        with self._lock:
            self._total += 1
            self._since[title] = time.monotonic()

    def end(self, title: str) -> None:
        """Say that a step is done."""
        with self._lock:
            self._done += 1
            took_s = time.monotonic() - self._since.pop(title)
            clear = "\r\033[K" if self._live else ""
            print(f"{clear}  {title} ({took_s:.1f} s)", file=sys.stderr, flush=True)

    def fail(self, title: str) -> None:
        """Forget a step that did not get done."""
        with self._lock:
            self._since.pop(title, None)

    def draw(self) -> None:
        """Draw the bar once."""
        if not self._live or not self._since:
            return
        with self._lock:
            now = time.monotonic()
            filled = WIDTH * self._done // max(self._total, 1)
            running = ", ".join(
                f"{title} {now - since:.0f} s" for title, since in self._since.items()
            )
            line = f"[{'#' * filled}{'·' * (WIDTH - filled)}] {running}"
            print(f"\r\033[K{line[:100]}", end="", file=sys.stderr, flush=True)
