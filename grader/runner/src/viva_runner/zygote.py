"""Decides how a submission gets a process: forked from a warm one, in its own namespaces."""

import json
import os
import select
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viva_runner import alone, isolate, seccomp
from viva_runner.frames import send_failure
from viva_runner.serve import serve
from viva_runner.warm import warm_up

_MAX_REQUEST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class _Room:
    """One submission's first process: its number, its handle, and our copy of its channel."""

    process: int
    handle: int
    channel: int


class _Rooms:
    """Forks a room per request, and ends each from outside its namespaces.

    A request carries, as descriptors, the channel of one submission and the desk at which its
    first process is told what it may use. On the desk goes out a handle of that process: the
    grader puts it in a group before it says anything. Nothing of the submission is there before.
    When the other end of a channel is closed, its room dies.
    """

    def __init__(self, control: socket.socket, folder: Path) -> None:
        self._control = control
        self._folder = folder
        self._rooms: dict[int, _Room] = {}
        self._poll = select.poll()

    def serve(self) -> None:
        """Open and end rooms until the control channel closes."""
        self._poll.register(self._control, select.POLLIN)
        while True:
            for number, _ in self._poll.poll():
                if number == self._control.fileno():
                    if not self._open():
                        return
                elif number in self._rooms:
                    self._end(number)

    def _open(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._control, _MAX_REQUEST_BYTES, 2)
        if not data:
            return False
        walls = json.loads(data)
        channel, desk = descriptors
        try:
            process = isolate.fork(frozenset(walls["without"]))
        except OSError:  # closed, the desk says that there is no room
            os.close(channel)
            os.close(desk)
            return True
        if process == 0:
            self._leave()
            _become(walls, channel, desk, self._folder)
        room = _Room(process, os.pidfd_open(process), channel)
        self._poll.register(room.channel, 0)  # a hang-up alone is reported
        self._poll.register(room.handle, select.POLLIN)  # readable once it has ended
        self._rooms |= {room.channel: room, room.handle: room}
        try:
            with socket.socket(fileno=desk) as counter:
                socket.send_fds(counter, [b"1"], [room.handle])
        except OSError:
            self._end(room.channel)  # nobody waits for it any more
        return True

    def _end(self, number: int) -> None:
        """Kill the first process: every other of its namespace dies with it. Then forget it."""
        room = self._rooms.pop(number)
        self._poll.unregister(number)
        if number == room.channel:
            os.kill(room.process, signal.SIGKILL)  # its number is its own until it is waited for
        else:
            os.waitpid(room.process, 0)
            if self._rooms.pop(room.channel, None):
                self._poll.unregister(room.channel)
            os.close(room.channel)
            os.close(room.handle)

    def _leave(self) -> None:
        """Close what leads to other rooms: this process becomes one of them."""
        self._control.close()
        for number in self._rooms:
            os.close(number)


def run(control: socket.socket, folder: Path) -> None:
    """Fork one room per request until the control channel closes."""
    warm_up()
    seccomp.prepare()
    control.sendall(b"1")
    _Rooms(control, folder).serve()


def _become(walls: dict[str, Any], descriptor: int, desk_number: int, folder: Path) -> None:
    """Turn into the process that runs a submission, or into nothing; never returns."""
    channel = socket.socket(fileno=descriptor)
    try:
        os.setsid()
        without = frozenset(walls["without"])
        if walls["own_user"]:
            isolate.own_user()
        isolate.unshare(without)
        with socket.socket(fileno=desk_number) as desk:
            data = desk.recv(_MAX_REQUEST_BYTES)
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


def main(arguments: list[str]) -> None:
    """Run as ``… zygote DESCRIPTOR FOLDER`` or, in a container of its own, ``… one WITHOUT``."""
    if arguments[0] == "zygote":
        run(socket.socket(fileno=int(arguments[1])), Path(arguments[2]))
    else:
        warm_up()
        alone.run(frozenset(json.loads(arguments[1])))
