"""Decides which containers that a test passed stay the same objects for the rest of its cell."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import collections
import copy
import operator
import sys
from dataclasses import dataclass
from typing import Any

from viva_grader.callee import plain

MOST = 32
"""Containers that are followed at a time: the last ones passed."""
MOST_ITEMS = 1000
"""Items that all of them hold; a test that passes more shares them for one call alone."""
_FOLLOWED = frozenset({
    list, dict, set, bytearray, collections.deque, collections.OrderedDict, collections.Counter,
    collections.defaultdict,
})  # fmt: skip
_MAPPINGS = frozenset(plain.MAPPINGS.values())
_FIXED = frozenset({
    "int", "float", "complex", "bytes", "tuple", "frozenset", "range", "slice", "ellipsis",
    "notimplemented", "datetime", "date", "time", "timedelta", "decimal", "fraction", "uuid",
    "path", "purepath", "tz", "zone", "structtime", "pattern", "ip", "h", "cb", "ref", "given",
    "member", "kept", "ro", "module", "fn", "method", "cls", "obj", "type", "gen", "agen", "it",
    "mine", "hint", "nt",
})  # fmt: skip
"""Kinds of nodes that are the same on both sides, whatever happens."""
_ALONE = 2
"""References to a value that nothing but its entry holds, as :func:`sys.getrefcount` counts."""


@dataclass(slots=True)
class Entry:
    """A container, its number over there, and what was in it when both sides last agreed."""

    number: int
    value: Any
    seen: Any


class Aliases:
    """The containers that both sides have, each under one number."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._next = 0
        self._dropped: list[int] = []
        self._received: list[tuple[int, Any, Any]] = []

    def begin(self) -> None:
        """Let go of everything: a new cell starts."""
        for entry in list(self._entries.values()):
            self._drop(entry)

    def number(self, value: Any) -> int | None:
        """Give the number of a container that is followed."""
        entry = self._entries.get(id(value))
        return None if entry is None else entry.number

    def changed(self) -> list[tuple[Any, Any]]:
        """List what the test changed since both sides agreed: a container, a copy of it now."""
        found: list[tuple[Any, Any]] = []
        for key in list(self._entries):
            entry = self._entries[key]
            if sys.getrefcount(entry.value) <= _ALONE:
                self._drop(entry)
            elif not _same(entry.seen, _content(entry.value)):
                entry.seen = _content(entry.value)
                found.append((entry.value, copy.copy(entry.value)))
        return found

    def values(self) -> list[Any]:
        """List what is followed."""
        return [entry.value for entry in self._entries.values()]

    def dropped(self) -> list[int]:
        """List numbers that mean nothing any more, each once."""
        found, self._dropped = self._dropped, []
        return found

    def follow(
        self, nodes: list[list[Any]], values: list[Any], changed: list[tuple[Any, Any]]
    ) -> list[list[int]]:
        """Follow the containers of one message from now on.

        Returns
        -------
        list of [int, int]
            The index of each in the message, and its number.
        """
        if len(nodes) > MOST_ITEMS or not any(type(value) in _FOLLOWED for value in values):
            return []
        unlike = _unlike(nodes)
        copies = {id(copied): value for value, copied in changed}
        found: list[list[int]] = []
        for index, value in enumerate(values):
            if type(value) not in _FOLLOWED or nodes[index][0] == "kept":
                continue
            if id(value) in copies:
                if index in unlike:
                    self._drop(self._entries[id(copies[id(value)])])
            elif index not in unlike and len(value) <= MOST_ITEMS:
                self._entries[id(value)] = Entry(self._next, value, _content(value))
                found.append([index, self._next])
                self._next += 1
        self._bound()
        return found

    def received(self, nodes: list[list[Any]], values: list[Any]) -> None:
        """Note the containers of an answer, which a test may hold and change."""
        if len(nodes) > MOST_ITEMS or not any(node[0] in _KINDS for node in nodes):
            return
        unlike = _unlike(nodes)
        self._received = [
            (index, value, _content(value))
            for index, value in enumerate(values)
            if index not in unlike and type(value) in _FOLLOWED
        ]

    def forget_received(self) -> None:
        """Let go of the last answer: the other side does so with every request."""
        self._received = []

    def follow_received(self) -> list[list[int]]:
        """Follow what the test still holds of the last answer; as :meth:`follow`."""
        found: list[list[int]] = []
        received, self._received = self._received, []
        while received:
            index, value, seen = received.pop(0)
            if sys.getrefcount(value) > _ALONE and id(value) not in self._entries:
                self._entries[id(value)] = Entry(self._next, value, seen)
                found.append([index, self._next])
                self._next += 1
        self._bound()
        return found

    def agree(self, value: Any) -> None:
        """Note that a container has just been given what it holds over there."""
        entry = self._entries.get(id(value))
        if entry is not None:
            entry.seen = _content(value)

    def _bound(self) -> None:
        left = sum(len(entry.seen) for entry in self._entries.values())
        for entry in list(self._entries.values()):
            if len(self._entries) <= MOST and left <= MOST_ITEMS:
                return
            left -= len(entry.seen)
            self._drop(entry)

    def _drop(self, entry: Entry) -> None:
        if self._entries.pop(id(entry.value), None) is not None:
            self._dropped.append(entry.number)


def _content(value: Any) -> Any:
    if type(value) in _MAPPINGS:
        return [part for pair in value.items() for part in pair]
    return bytes(value) if type(value) is bytearray else list(value)


def _same(before: Any, now: Any) -> bool:
    if type(now) is bytes:
        return now == before
    return len(before) == len(now) and all(map(operator.is_, before, now))


def _unlike(nodes: list[list[Any]]) -> set[int]:
    """List nodes that hold something that could change without being followed."""
    found = {i for i, node in enumerate(nodes) if node[0] not in _FIXED and node[0] not in _KINDS}
    before = -1
    while found and len(found) != before:
        before = len(found)
        found |= {
            i for i, node in enumerate(nodes)
            if any(type(item) is list and item[0] in found for item in node[2])
        }  # fmt: skip
    return found


_KINDS = frozenset({"list", "set", "bytearray", "deque", *plain.MAPPINGS})
