"""Decides when data that a test read from an object and then changed goes back to that object."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import collections
import json
from dataclasses import dataclass, field
from typing import Any

from viva_grader.callee.codec import Encoder, Foreign
from viva_grader.callee.interruptions import Unsupported

_MOST = 16
"""Values that are watched at a time: the ones read last."""
_WATCHED_CHARACTERS = 64 * 1024
_CHANGEABLE = frozenset({
    list, dict, set, bytearray, collections.deque, collections.OrderedDict, collections.Counter,
    collections.defaultdict,
})  # fmt: skip


@dataclass(slots=True)
class Attribute:
    """A container that was read as an attribute, as it was then."""

    target: Any
    name: str
    value: Any
    text: str


@dataclass(slots=True)
class Held:
    """The containers that a test may hold and change: ``stack.items.append(1)``."""

    foreign: Foreign
    _attributes: list[Attribute] = field(default_factory=list[Attribute])

    def note(self, target: Any, name: Any, value: Any) -> None:
        """Remember an attribute that was just read."""
        if type(value) not in _CHANGEABLE or type(name) is not str:
            return
        text = self._text(value)
        if text is not None:
            self._attributes.append(Attribute(target, name, value, text))
            del self._attributes[:-_MOST]

    def changed(self) -> list[Attribute]:
        """List what a test changed since it was read, each change once."""
        found: list[Attribute] = []
        for attribute in self._attributes:
            text = self._text(attribute.value)
            if text is not None and text != attribute.text:
                attribute.text = text
                found.append(attribute)
        return found

    def _text(self, value: Any) -> str | None:
        try:
            text = json.dumps(Encoder(self.foreign).encode(value))
        except Unsupported:
            return None
        return text if len(text) <= _WATCHED_CHARACTERS else None
