"""Decides which of the author's own answers are kept: one for each question, not without end."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

KEPT = 512

Said = TypeVar("Said")


class Memory:
    """Answers by what was asked; the oldest go when there are too many. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, ask: Callable[[], Said], worth: Callable[[Said], bool]) -> Said:
        """Give the answer that is kept, or ask and keep it if it is worth it."""
        with self._lock:
            if key in self._said:
                self._said.move_to_end(key)
                return self._said[key]
        said = ask()
        if worth(said):
            with self._lock:
                self._said[key] = said
                while len(self._said) > KEPT:
                    self._said.popitem(last=False)
        return said
