"""Decides how a message travels: four bytes of length, then that many bytes of JSON, never more."""

import contextlib
import json
import socket
import struct
from typing import Any, cast

_LENGTH = struct.Struct(">I")
_FAILURE_BYTES = 1 << 20


class ClosedError(Exception):
    """The other end is gone."""


class OversizedError(Exception):
    """A message is longer than both ends agreed."""


class MalformedError(ValueError):
    """What arrived is no JSON object."""


def send(channel: socket.socket, message: dict[str, Any], limit_bytes: int) -> None:
    """Send one message, or nothing at all if it is too long.

    Raises
    ------
    OversizedError
        If its JSON has more than ``limit_bytes`` bytes; the channel stays usable.
    """
    body = json.dumps(message, allow_nan=False, separators=(",", ":")).encode("ascii")
    if len(body) > limit_bytes:
        raise OversizedError
    channel.sendall(_LENGTH.pack(len(body)) + body)


def send_failure(channel: socket.socket, error: BaseException) -> None:
    """Say why a process cannot serve, if anybody still listens."""
    with contextlib.suppress(Exception):
        send(channel, {"broken": f"{type(error).__name__}: {error}"}, _FAILURE_BYTES)


def receive(channel: socket.socket, limit_bytes: int) -> dict[str, Any]:
    """Wait for one message.

    Raises
    ------
    ClosedError
        If the other end closed the channel.
    OversizedError
        If it announces more than ``limit_bytes`` bytes.
    MalformedError
        If it is no JSON object, or too deep or large a one to be read.
    """
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    if length > limit_bytes:
        raise OversizedError
    body = _exactly(channel, length)
    try:
        message: Any = json.loads(body)
    except (ValueError, RecursionError, MemoryError) as error:
        raise MalformedError from error
    if type(message) is not dict:
        raise MalformedError
    return cast("dict[str, Any]", message)


def _exactly(channel: socket.socket, count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = channel.recv(min(count, 1 << 20))
        if not part:
            raise ClosedError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
