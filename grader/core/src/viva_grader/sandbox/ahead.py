"""Decides that what takes long to make is made before it is asked for: one, in the background."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Keeps one thing made for whoever comes next; as it is taken, the next is begun.

    Any number of threads may share it.

    Parameters
    ----------
    make : callable
        Makes one; it runs in a thread of its own, one call at a time.
    is_good : callable
        Whether one that was made a while ago can still be used.
    discard : callable
        Takes away one that nobody took.
    """

    def __init__(
        self, make: Callable[[], T], is_good: Callable[[T], bool], discard: Callable[[T], None]
    ) -> None:
        self._make = make
        self._is_good = is_good
        self._discard = discard
        self._lock = threading.Lock()
        self._maker: ThreadPoolExecutor | None = None
        self._next: Future[T] | None = None

    def take(self) -> T:
        """Give the one that was made ahead, or one made now where there is none that is good.

        Raises
        ------
        Exception
            What ``make`` raised.
        """
        made = self._spare()
        if made is not None:
            return made
        with self._lock:
            now = self._begin()
            self._next = self._next or self._begin()
        return now.result()

    def begin(self) -> None:
        """Begin to make the first, without waiting for it."""
        with self._lock:
            self._next = self._next or self._begin()

    def clear(self) -> None:
        """Take away what nobody took, and end the thread; the next call starts anew."""
        with self._lock:
            spare, self._next = self._next, None
            maker, self._maker = self._maker, None
        if maker is not None:
            maker.shutdown()
        if spare is not None:
            with contextlib.suppress(Exception):  # nobody wants to know any more
                self._discard(spare.result())

    def _spare(self) -> T | None:
        with self._lock:
            spare, self._next = self._next, None
            if spare is None:
                return None
            self._next = self._begin()
        with contextlib.suppress(Exception):  # another is made, and says why it is not
            made = spare.result()
            if self._is_good(made):
                return made
            self._discard(made)
        return None

    def _begin(self) -> "Future[T]":
        self._maker = self._maker or ThreadPoolExecutor(1, "viva-ahead")
        return self._maker.submit(self._make)
