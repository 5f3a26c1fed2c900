"""Decides how a submission gets a process: forked from a warm one, in its own namespaces."""

import contextlib
import json
import os
import select
import signal
import socket
from pathlib import Path
from typing import Any

from viva_runner import alone, isolate
from viva_runner.frames import send_failure
from viva_runner.serve import serve
from viva_runner.warm import warm_up

_POLL_S = 1.0
_MAX_REQUEST_BYTES = 4096


def run(control: socket.socket, folder: Path) -> None:
    """Fork one room per request until the control channel closes.

    A request carries, as descriptors, the channel of one submission and the desk on which its
    supervisor is spoken to; its bytes say whether a user namespace is to be its own, and name
    the defences that a test took away.
    """
    warm_up()
    control.sendall(b"1")
    while True:
        ready, _, _ = select.select([control], [], [], _POLL_S)
        _reap()
        if not ready:
            continue
        data, descriptors, _, _ = socket.recv_fds(control, _MAX_REQUEST_BYTES, 2)
        if not data:
            return
        if os.fork() == 0:
            control.close()
            _supervise(json.loads(data), descriptors[0], descriptors[1], folder)
        for descriptor in descriptors:
            os.close(descriptor)


def _supervise(walls: dict[str, Any], channel: int, desk_number: int, folder: Path) -> None:
    """Watch one submission from outside its namespaces; when its channel closes, all of it dies.

    On the desk goes out a handle of its first process, and comes in what it may use: in between
    the grader puts it in a group. Nothing of the submission is there before that.
    """
    status = 1
    try:
        desk = socket.socket(fileno=desk_number)
        gate, opener = os.pipe()
        without = frozenset(walls["without"])
        if walls["own_user"]:
            isolate.own_user()
        isolate.unshare(without)
        child = os.fork()
        if child == 0:
            desk.close()
            os.close(opener)
            _become(gate, channel, folder, without)
        os.close(gate)
        handle = os.pidfd_open(child)
        socket.send_fds(desk, [b"1"], [handle])
        request = desk.recv(_MAX_REQUEST_BYTES)
        desk.close()
        if request:
            os.write(opener, request)
            os.close(opener)
            _watch(handle, channel, json.loads(request)["wall_s"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)  # the first of its namespace: every other dies with it
        os.waitpid(child, 0)
        status = 0
    finally:
        os._exit(status)


def _watch(handle: int, channel: int, wall_s: float) -> None:
    poll = select.poll()
    poll.register(channel, 0)  # a hang-up alone is reported
    poll.register(handle, select.POLLIN)  # readable once the child has ended
    poll.poll(wall_s * 1000)


def _become(gate: int, descriptor: int, folder: Path, without: frozenset[str]) -> None:
    """Turn into the process that runs a submission, or into nothing."""
    channel = socket.socket(fileno=descriptor)
    try:
        os.setsid()
        data = os.read(gate, _MAX_REQUEST_BYTES)
        os.close(gate)
        if not data:
            os._exit(0)
        request = json.loads(data)
        limits = isolate.Limits(**request["limits"])
        uid: int | None = request["uid"]
        if "folder" not in without:
            isolate.own_folder(folder, limits, uid, without)
        if "privileges" not in without:
            isolate.drop(uid)
        os.chdir(folder)
        _forget_streams()
        isolate.limit(limits, without)
        serve(channel, request["message_bytes"])
    except BaseException as error:
        send_failure(channel, error)
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
    """Run as ``… zygote DESCRIPTOR FOLDER`` or, in a container of its own, ``… one WITHOUT``."""
    if arguments[0] == "zygote":
        run(socket.socket(fileno=int(arguments[1])), Path(arguments[2]))
    else:
        warm_up()
        alone.run(frozenset(json.loads(arguments[1])))
