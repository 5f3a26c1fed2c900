"""Decides how a submission gets a process: forked from a warm one, in its own namespaces."""

import array
import contextlib
import json
import os
import select
import signal
import socket
import time
from pathlib import Path
from typing import Any

from viva_runner import alone, isolate
from viva_runner.serve import serve
from viva_runner.warm import warm_up

_POLL_S = 1.0
_MAX_REQUEST_BYTES = 4096


def run(control: socket.socket, folder: Path) -> None:
    """Fork one process per request until the control channel closes.

    A request is JSON with the limits, and carries the channel of one submission as a descriptor.
    """
    warm_up()
    control.sendall(b"1")
    while True:
        ready, _, _ = select.select([control], [], [], _POLL_S)
        _reap()
        if not ready:
            continue
        data, descriptors = _request(control)
        if not data:
            return
        for descriptor in descriptors[1:]:
            os.close(descriptor)
        if os.fork() == 0:
            control.close()
            _supervise(json.loads(data), descriptors[0], folder)
        os.close(descriptors[0])


def _request(control: socket.socket) -> tuple[bytes, list[int]]:
    room = socket.CMSG_SPACE(array.array("i").itemsize)
    data, ancillary, _, _ = control.recvmsg(_MAX_REQUEST_BYTES, room)
    found = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            found.frombytes(payload[: len(payload) - len(payload) % found.itemsize])
    return data, list(found)


def _supervise(request: dict[str, Any], descriptor: int, folder: Path) -> None:
    """Watch one submission from outside its namespaces; when its channel closes, all of it dies."""
    status = 1
    try:
        isolate.unshare(frozenset(request["without"]))
        child = os.fork()
        if child == 0:
            _become(request, descriptor, folder)
        status = _watch(child, descriptor, time.monotonic() + request["wall_s"])
    finally:
        os._exit(status)


def _watch(child: int, descriptor: int, deadline_s: float) -> int:
    poll = select.poll()
    poll.register(descriptor, 0)  # a hang-up alone is reported
    poll.register(os.pidfd_open(child), select.POLLIN)  # readable once the child has ended
    poll.poll(max(0.0, deadline_s - time.monotonic()) * 1000)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)  # the first of its namespace: every other dies with it
    os.waitpid(child, 0)
    return 0


def _become(request: dict[str, Any], descriptor: int, folder: Path) -> None:
    """Turn into the process that runs a submission, or into nothing."""
    try:
        os.setsid()
        limits = isolate.Limits(**request["limits"])
        without = frozenset(request["without"])
        uid: int | None = request["uid"]
        if "folder" not in without:
            isolate.own_folder(folder, limits, uid, without)
        if "privileges" not in without:
            isolate.drop(uid)
        os.chdir(folder)
        channel = socket.socket(fileno=os.dup(descriptor))
        os.close(descriptor)
        _forget_streams()
        isolate.limit(limits, without)
        serve(channel, request["message_bytes"])
    except BaseException as error:
        with contextlib.suppress(Exception):
            channel = socket.socket(fileno=os.dup(descriptor))
            body = json.dumps({"broken": f"{type(error).__name__}: {error}"}).encode()
            channel.sendall(len(body).to_bytes(4, "big") + body)
    finally:
        os._exit(1)


def _forget_streams() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main(arguments: list[str]) -> None:
    """Run as ``… zygote DESCRIPTOR FOLDER`` or, in a container of its own, ``… one REQUEST``."""
    if arguments[0] == "zygote":
        run(socket.socket(fileno=int(arguments[1])), Path(arguments[2]))
    else:
        alone.run(json.loads(arguments[1]))
