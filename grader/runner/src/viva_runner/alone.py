"""Decides how a submission runs in a container of its own: under a supervisor that it cannot touch.

The supervisor is the container's root without root's rights: it may become the submission's uid
and end its processes, no more. It carries the channel between the container's pipes and the
submission, and writes to standard error, every tenth of a second, what the submission has used.
"""

import contextlib
import json
import os
import select
import signal
import socket
from pathlib import Path
from typing import Any

from viva_runner import isolate
from viva_runner.frames import send_failure
from viva_runner.serve import serve
from viva_runner.usage import Usage

_CHUNK = 1 << 20
_MOST_REQUEST_BYTES = 4096
_RECORD_S = 0.1
_FIRST_TO_DIE = b"1000"


def run(without: frozenset[str]) -> None:
    """Wait warm for a request on standard input: one line of JSON; then serve its submission."""
    request = _request()
    if request is None:
        os._exit(0)
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        _become(request, theirs, without)
    theirs.close()
    usage = Usage(child)
    ended = _carry(ours, usage)
    if not ended:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    usage.write(last=True)
    os._exit(0)  # the first process but one: the container ends, and with it all that is left


def _request() -> dict[str, Any] | None:
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte or len(line) > _MOST_REQUEST_BYTES:
            return None
        line += byte
    return json.loads(line)


def _carry(channel: socket.socket, usage: Usage) -> bool:
    """Carry both ways until an end closes; True if the submission's own did."""
    inward = b""
    poll = select.poll()
    channel.setblocking(False)
    while True:
        poll.register(0, 0 if inward else select.POLLIN)
        poll.register(channel, select.POLLIN | (select.POLLOUT if inward else 0))
        ready = dict(poll.poll(_RECORD_S * 1000))
        usage.write()
        if ready.get(0):
            inward = os.read(0, _CHUNK)
            if not inward:
                return False
        if inward:
            with contextlib.suppress(BlockingIOError):
                try:
                    inward = inward[channel.send(inward) :]
                except OSError:
                    inward = b""
        if ready.get(channel.fileno(), 0) & ~select.POLLOUT:
            outward = _received(channel)
            if outward is None:
                continue
            if not outward:
                return True
            _write(outward)


def _received(channel: socket.socket) -> bytes | None:
    """Take what the submission said: nothing if its end is closed, None if there is none now."""
    try:
        return channel.recv(_CHUNK)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _write(data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(1, left) :]


def _become(request: dict[str, Any], channel: socket.socket, without: frozenset[str]) -> None:
    try:
        os.setsid()
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_bytes(_FIRST_TO_DIE)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        if nowhere > 2:  # noqa: PLR2004 - the standard streams
            os.close(nowhere)
        if not without & {"processes", "privileges"}:
            isolate.drop(request["uid"])
        isolate.limit(isolate.Limits(**request["limits"]), without)
        serve(channel, request["message_bytes"])
    except BaseException as error:
        send_failure(channel, error)
    finally:
        os._exit(1)
