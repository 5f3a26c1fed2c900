"""Decides how bubblewrap holds submissions: a warm zygote without network, a fork for each."""

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from viva_grader.domain.errors import SandboxUnavailableError
from viva_grader.domain.question import Limits
from viva_grader.sandbox.ahead import Ahead
from viva_grader.sandbox.chain import chain_of, is_ending
from viva_grader.sandbox.defences import ALL, Defences
from viva_grader.sandbox.environment import ENVIRONMENT, WORK
from viva_grader.sandbox.groups import RoomGroup, announce, sweep
from viva_grader.sandbox.interpreter import Interpreter, find_interpreter
from viva_grader.sandbox.meter import ProcessMeter
from viva_grader.sandbox.pidfd import has_ended, kill, pid_of
from viva_grader.sandbox.port import Room
from viva_grader.sandbox.walls import arguments

_START_S = 60.0
_STOP_S = 5.0
_CPU_MARGIN_S = 5
_FIRST_UID = 300_000
"""Uids of submissions when started by root: above what systems and directories hand out."""
_UIDS = 60_000


_ENDED = "The sandbox ended by itself; try again."


class _EndedError(SandboxUnavailableError):
    """The zygote ended, and with it every room."""


@dataclass(slots=True)
class _Waiting:
    """A room before it is told its limits: nothing of a submission was there yet.

    Attributes
    ----------
    desk : socket
        Where its first process waits to be told.
    chain : tuple of int
        The processes of the sandbox that it is in.
    """

    channel: socket.socket
    desk: socket.socket
    handle: int
    group: RoomGroup | None
    chain: tuple[int, ...]

    def lives(self) -> bool:
        """Whether it still waits."""
        return not has_ended(self.handle)

    def end(self) -> None:
        """End it unused."""
        self.channel.close()
        self.desk.close()
        _end(self.handle, self.group)


class Bubblewrap:
    """A sandbox in namespaces; started on first use, usable by any number of threads.

    ``defences`` is for tests, which take one away to see what it is good for.
    """

    def __init__(self, python: Path, *, defences: Defences = ALL) -> None:
        self._python = python
        self._defences = defences
        self._interpreter: Interpreter | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._opened = itertools.count(1)
        self._chain: tuple[int, ...] = ()
        self._lock = threading.Lock()
        self._waiting = Ahead(self._prepare, _Waiting.lives, _Waiting.end)

    def start(self) -> None:
        """Begin to start the zygote and a first room, without waiting for them."""
        with self._lock:
            self._ensure()
        self._waiting.begin()

    def open(self, limits: Limits) -> Room:
        """See :class:`viva_grader.sandbox.port.Sandbox`."""
        try:
            return self._room(limits)
        except _EndedError:  # whatever ended the zygote in the meantime: a fresh one serves
            return self._room(limits)

    def _room(self, limits: Limits) -> Room:
        room = self._waiting.take()
        try:
            if room.group is not None:
                room.group.limit(limits, self._defences)
            with room.desk:
                room.desk.sendall(self._request(limits))
        except OSError as error:
            room.end()
            raise self._no_room(room.chain) from error
        handle, group, chain = room.handle, room.group, room.chain
        return Room(
            room.channel,
            ProcessMeter(handle, group),
            lambda: _end(handle, group),
            # Not whether the room has ended yet: its channel closes before its end is to be seen.
            lambda: is_ending(chain[:-1]),  # rooms outlive the zygote
        )

    def close(self) -> None:
        """End the zygote, and with its namespace every process in it."""
        self._waiting.clear()
        with self._lock:
            self._stop()

    def _prepare(self) -> _Waiting:
        """Ask for a first process, and put it in its group: it waits to be told its limits."""
        channel, theirs = socket.socketpair()
        desk, their_desk = socket.socketpair()
        chain: tuple[int, ...] = ()
        try:
            with theirs, their_desk:
                chain = self._ask(theirs, their_desk)
            announce()
            desk.settimeout(_START_S)
            _, handles, _, _ = socket.recv_fds(desk, 1, 1)
            if not handles:
                raise ConnectionResetError
            group = RoomGroup.create(pid_of(handles[0]))
        except OSError as error:
            channel.close()
            desk.close()
            raise self._no_room(chain) from error
        except SandboxUnavailableError:
            channel.close()
            desk.close()
            raise
        return _Waiting(channel, desk, handles[0], group, chain)

    def _no_room(self, chain: tuple[int, ...]) -> SandboxUnavailableError:
        """Say why there is none; wait for a zygote that is ending, unless another thread did."""
        if not is_ending(chain):
            message = "The sandbox could not make a room for a submission; try again."
            return SandboxUnavailableError(message)
        with self._lock:
            if self._chain == chain:
                self._stop()
        return _EndedError(_ENDED)

    def _ask(self, channel: socket.socket, desk: socket.socket) -> tuple[int, ...]:
        walls = {"without": self._defences.missing(), "own_user": os.geteuid() != 0}
        with self._lock:
            control = self._ensure()
            self._wait(control)
            chain = self._chain
            try:
                descriptors = [channel.fileno(), desk.fileno()]
                socket.send_fds(control, [json.dumps(walls).encode()], descriptors)
            except OSError as error:
                self._stop()
                raise _EndedError(_ENDED) from error
        return chain

    def describe(self) -> dict[str, str]:
        """Versions of the interpreter and packages inside."""
        with self._lock:
            return dict(self._found().versions)

    def describe_aside(self) -> dict[str, str]:
        """See :class:`viva_grader.sandbox.port.Sandbox`."""
        return {"sandbox": "bubblewrap"}

    def _request(self, limits: Limits) -> bytes:
        request = {
            "limits": {
                "memory_mib": limits.memory_mib,
                "pids": limits.pids,
                "disk_mib": limits.disk_mib,
                "cpu_s": int(limits.total_s) + _CPU_MARGIN_S,
            },
            "message_bytes": limits.message_mib * 1024 * 1024,
            "uid": self._uid() if os.geteuid() == 0 else None,
        }
        return json.dumps(request).encode()

    def _uid(self) -> int:
        return _FIRST_UID + (os.getpid() * 97 + next(self._opened)) % _UIDS

    def _found(self) -> Interpreter:
        if self._interpreter is None:
            self._interpreter = find_interpreter(self._python)
        return self._interpreter

    def _ensure(self) -> socket.socket:
        if self._control is not None and self._process is not None:
            if self._process.poll() is None:
                return self._control
            self._stop()
        program = shutil.which("bwrap")
        if program is None:
            message = "bubblewrap is not installed: type sudo apt-get install bubblewrap."
            raise SandboxUnavailableError(message)
        ours, theirs = socket.socketpair()
        command = [program, *arguments(self._found(), self._defences, as_root=os.geteuid() == 0)]
        python = str(self._found().executable)
        command += ["--", python, "-s", "-m", "viva_runner", "zygote", str(theirs.fileno()), WORK]
        try:
            process = subprocess.Popen(  # noqa: S603 - our own words only
                command, env=ENVIRONMENT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", start_new_session=True,
            )  # fmt: skip
        finally:
            theirs.close()
        sweep()
        self._control, self._process, self._chain = ours, process, ()
        return ours

    def _wait(self, control: socket.socket) -> None:
        if self._chain:
            return
        control.settimeout(_START_S)
        try:
            answer = control.recv(1)
        except OSError:  # late, or ended while it started
            answer = b""
        if answer != b"1":
            said = self._stop()
            raise SandboxUnavailableError(_why(said))
        control.settimeout(None)
        self._chain = () if self._process is None else chain_of(self._process.pid)

    def _stop(self) -> str:
        """End everything, and give what bubblewrap said."""
        said = ""
        if self._control is not None:
            self._control.close()  # the zygote ends by itself, and its namespace with it
        process = self._process
        if process is not None:
            try:
                said = process.communicate(timeout=_STOP_S)[1].decode(errors="replace")
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
        self._process = self._control = None
        self._chain = ()
        return said


def _end(handle: int, group: RoomGroup | None) -> None:
    """End a room's first process, and with its namespace every other, and wait for that."""
    kill(handle)
    has_ended(handle, _STOP_S)
    os.close(handle)
    if group is not None:
        group.remove()


def _why(said: str) -> str:
    last = said.strip().splitlines()[-1:] or ["it gave no reason"]
    if "namespace" in said or "Operation not permitted" in said or "uid map" in said:
        return (
            f"bubblewrap cannot make namespaces ({last[0]}): type "
            "sudo sysctl -w kernel.unprivileged_userns_clone=1 "
            "kernel.apparmor_restrict_unprivileged_userns=0"
        )
    return f"The sandbox did not start: {last[0]}."
