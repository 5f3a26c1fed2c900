"""Decides how often one client may knock at a public door, and for what they must queue."""

import math
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

MAX_KEYS = 20_000
"""Buckets kept at once: a flood of made-up keys costs memory once, not for ever."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests at once, and so many more a second after that."""

    burst: int
    per_s: float


class Buckets:
    """Token buckets by key, in this process.

    Parameters
    ----------
    monotonic : callable
        Seconds on a clock that never goes back.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        # Routes run on several threads.
        self._lock = Lock()

    def take(self, key: str, rate: Rate) -> float:
        """Take one token.

        Returns
        -------
        float
            0.0 when it was there; otherwise the seconds until it will be, > 0.
        """
        with self._lock:
            return self._take(key, rate, self._monotonic())

    def _take(self, key: str, rate: Rate, now: float) -> float:
        level, since = self._levels.pop(key, (float(rate.burst), now))
        level = min(float(rate.burst), level + (now - since) * rate.per_s)
        allowed = level >= 1.0
        self._levels[key] = (level - 1.0 if allowed else level, now)
        while len(self._levels) > MAX_KEYS:
            self._levels.popitem(last=False)
        if allowed:
            return 0.0
        return (1.0 - level) / rate.per_s if rate.per_s else math.inf


class OneAtATime:
    """Who is inside, by key: a second one is told to come back and occupies nothing meanwhile.

    For work that lasts as long as a stranger likes, on threads that all requests share.
    """

    def __init__(self) -> None:
        self._inside: set[str] = set()
        self._lock = Lock()

    @contextmanager
    def enter(self, key: str) -> Generator[bool]:
        """Give True to the first and, until that one leaves, False to all others."""
        with self._lock:
            first = key not in self._inside
            self._inside.add(key)
        try:
            yield first
        finally:
            if first:
                with self._lock:
                    self._inside.discard(key)
