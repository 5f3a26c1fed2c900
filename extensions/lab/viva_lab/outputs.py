"""Decides how much of a cell's output is shown, and that showing more of it stays cheap.

The extension that runs cells on the server goes over all that a cell has printed, letter by letter,
for every message. A loop that prints without end then holds the server so long that it cannot even
be asked to stop the loop.
"""

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MIB = 2**20
MOST_AT_ONCE_MIB, MOST_OF_A_RUN_MIB = 4, 16
MOST_OUTPUTS = 1000
ENOUGH = (
    f"\nThis cell has shown all that it may ({MOST_AT_ONCE_MIB} MiB or {MOST_OUTPUTS} outputs). "
    "It runs on, and nothing more of it is shown. Stop it, and print less.\n"
)
CHUNK = 4096
Message = dict[str, Any]
Controls = Callable[[str, str, int], tuple[str, int]]
Hook = Callable[[list[Any], Any, Any, Message], None]


@dataclass
class Meter:
    """What one run of a cell has shown so far."""

    at_once: int = 0
    outputs: int = 0
    ever: int = 0
    is_full: bool = False

    def admitted(self, message: Message) -> list[Message]:
        """Give what to show in a message's place: the message, its beginning and why, or nothing.

        Parameters
        ----------
        message
            Of Jupyter's protocol, as a kernel sent it.
        """
        kind, content = message["header"]["msg_type"], message["content"]
        # There is one of a run, and it says how the run has ended.
        if kind == "error":
            return [message]
        if self.is_full:
            return []
        if kind == "clear_output":
            self.at_once = self.outputs = 0
            return [message]
        size = _size(content)
        left = min(MOST_AT_ONCE_MIB * MIB - self.at_once, MOST_OF_A_RUN_MIB * MIB - self.ever)
        self.is_full = size > left or self.outputs >= MOST_OUTPUTS
        if not self.is_full:
            self.at_once += size
            self.ever += size
            self.outputs += kind != "stream"
            return [message]
        reason = _stream(message, "stderr", ENOUGH)
        if kind != "stream":
            return [reason]
        return [_stream(message, content["name"], content["text"][:left]), reason]


def install() -> None:
    """Let the extension that runs cells go by this; it has no setting for any of it."""
    actions: Any = importlib.import_module("jupyter_server_nbmodel.actions")
    actions._apply_terminal_controls = by_lines(actions._apply_terminal_controls)  # noqa: SLF001 -- as said
    actions._common_prefix_length = common_length  # noqa: SLF001 -- as said
    actions._output_hook = bounded(actions._output_hook)  # noqa: SLF001 -- as said


def bounded(show: Hook) -> Hook:
    """Return a hook that shows what the run's meter admits."""

    def hook(outputs: list[Any], cell: Any, state: Any, message: Message) -> None:
        if not hasattr(state, "meter"):
            state.meter = Meter()
        for each in state.meter.admitted(message):
            show(outputs, cell, state, each)

    return hook


def by_lines(apply: Controls) -> Controls:
    """Return the same application of control characters, over the last line only.

    No control character reaches back over the end of a line.
    """

    def applied(text: str, new: str, cursor: int) -> tuple[str, int]:
        begin = text.rfind("\n") + 1
        line = text[begin:]
        if not any(sign in new or line.endswith(sign) for sign in "\b\r") and cursor == len(text):
            return text + new, len(text) + len(new)
        changed, place = apply(line, new, cursor - begin)
        return text[:begin] + changed, begin + place

    return applied


def common_length(left: str, right: str) -> int:
    """Count the letters that two texts begin with alike."""
    shortest = min(len(left), len(right))
    for begin in range(0, shortest, CHUNK):
        end = min(begin + CHUNK, shortest)
        if left[begin:end] != right[begin:end]:
            pairs = zip(left[begin:end], right[begin:end], strict=True)
            return begin + next(place for place, (one, other) in enumerate(pairs) if one != other)
    return shortest


def _size(content: Message) -> int:
    shown = [content.get("text", ""), *content.get("data", {}).values()]
    return sum(len(each) if isinstance(each, str) else len(json.dumps(each)) for each in shown)


def _stream(message: Message, name: str, text: str) -> Message:
    header = {**message["header"], "msg_type": "stream"}
    return {**message, "header": header, "content": {"name": name, "text": text}}
