"""Decides how the trusted end reads and writes messages: bounded, and in time."""

import json
import select
import socket
import struct
from typing import Any, Protocol, cast

from viva_grader.callee.clock import Until
from viva_grader.callee.interruptions import CalleeGone, NoAnswer, Unsupported

Message = dict[str, Any]

_LENGTH = struct.Struct(">I")
_CHUNK = 1 << 20


class Patience(Protocol):
    """How long to wait for the other end."""

    def slice_s(self) -> float:
        """How long to wait before :meth:`check`."""
        ...

    def check(self) -> None:
        """Raise an interruption if it was long enough."""
        ...


class Wire:
    """One channel to one candidate's process."""

    def __init__(self, channel: socket.socket, limit_bytes: int) -> None:
        self._channel = channel
        self._limit = limit_bytes
        channel.setblocking(False)

    def send(self, message: Message, within: Patience | float) -> None:
        """Send one message, with patience, or until a time of the monotonic clock."""
        patience = Until(within) if isinstance(within, float | int) else within
        body = json.dumps(message, allow_nan=False, separators=(",", ":")).encode("ascii")
        if len(body) > self._limit:
            mib = self._limit >> 20
            raise Unsupported(f"the test passes more than {mib} MiB (limit message_mib)")
        left = memoryview(_LENGTH.pack(len(body)) + body)
        while left:
            try:
                left = left[self._channel.send(left) :]
            except BlockingIOError:
                self._wait(patience, write=True)
            except OSError as error:
                raise CalleeGone from error

    def receive(self, within: Patience | float) -> Message:
        """Wait for one message, with patience, or until a time of the monotonic clock."""
        patience = Until(within) if isinstance(within, float | int) else within
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, patience))
        if length > self._limit:
            raise NoAnswer(f"an answer of {length} bytes (limit message_mib)")
        body = self._exactly(length, patience)
        try:
            message: Any = json.loads(body, parse_constant=_refuse)
        except (ValueError, RecursionError, MemoryError) as error:
            raise NoAnswer("a malformed answer") from error
        if not isinstance(message, dict):
            raise NoAnswer("a malformed answer")
        return cast("Message", message)

    def _exactly(self, count: int, patience: Patience) -> bytes:
        parts: list[bytes] = []
        while count:
            try:
                part = self._channel.recv(min(count, _CHUNK))
            except BlockingIOError:
                self._wait(patience, write=False)
                continue
            except OSError as error:
                raise CalleeGone from error
            if not part:
                raise CalleeGone
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _wait(self, patience: Patience, *, write: bool) -> None:
        poll = select.poll()
        poll.register(self._channel, select.POLLOUT if write else select.POLLIN)
        while not poll.poll(patience.slice_s() * 1000):
            patience.check()


def _refuse(constant: str) -> None:
    raise ValueError(constant)
