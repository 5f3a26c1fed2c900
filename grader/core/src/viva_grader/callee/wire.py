"""Decides how the trusted end reads and writes messages: bounded, and in time."""

import json
import select
import socket
import struct
import time
from typing import Any, cast

from viva_grader.callee.interruptions import CalleeGone, CallTimeout, NoAnswer, Unsupported

Message = dict[str, Any]

_LENGTH = struct.Struct(">I")
_CHUNK = 1 << 20


class Wire:
    """One channel to one candidate's process."""

    def __init__(self, channel: socket.socket, limit_bytes: int) -> None:
        self._channel = channel
        self._limit = limit_bytes
        channel.setblocking(False)

    def send(self, message: Message, deadline_s: float) -> None:
        """Send one message before ``deadline_s`` of the monotonic clock."""
        body = json.dumps(message, allow_nan=False, separators=(",", ":")).encode("ascii")
        if len(body) > self._limit:
            mib = self._limit >> 20
            raise Unsupported(f"the test passes more than {mib} MiB (limit message_mib)")
        left = memoryview(_LENGTH.pack(len(body)) + body)
        while left:
            self._wait(deadline_s, write=True)
            try:
                left = left[self._channel.send(left) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise CalleeGone from error

    def receive(self, deadline_s: float) -> Message:
        """Wait for one message until ``deadline_s`` of the monotonic clock."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, deadline_s))
        if length > self._limit:
            raise NoAnswer(f"an answer of {length} bytes (limit message_mib)")
        body = self._exactly(length, deadline_s)
        try:
            message: Any = json.loads(body, parse_constant=_refuse)
        except (ValueError, RecursionError, MemoryError) as error:
            raise NoAnswer("a malformed answer") from error
        if not isinstance(message, dict):
            raise NoAnswer("a malformed answer")
        return cast("Message", message)

    def _exactly(self, count: int, deadline_s: float) -> bytes:
        parts: list[bytes] = []
        while count:
            self._wait(deadline_s, write=False)
            try:
                part = self._channel.recv(min(count, _CHUNK))
            except BlockingIOError:
                continue
            except OSError as error:
                raise CalleeGone from error
            if not part:
                raise CalleeGone
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _wait(self, deadline_s: float, *, write: bool) -> None:
        left = deadline_s - time.monotonic()
        if left <= 0:
            raise CallTimeout
        poll = select.poll()
        poll.register(self._channel, select.POLLOUT if write else select.POLLIN)
        if not poll.poll(left * 1000):
            raise CallTimeout


def _refuse(constant: str) -> None:
    raise ValueError(constant)
