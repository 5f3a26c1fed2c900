"""Decides how tests are judged outside the grader's process: a job out, verdicts back."""

import array
import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from viva_grader.callee.interruptions import Interruption
from viva_grader.callee.wire import Message, Wire
from viva_grader.checks.verdicts import CellProblem, Place, TestVerdict
from viva_grader.checks.work import JOB_BYTES, Work, job_from
from viva_grader.domain.errors import SandboxUnavailableError
from viva_grader.domain.grade import Json, Status
from viva_grader.domain.outcome import Measure
from viva_grader.domain.question import Limits
from viva_grader.sandbox.port import Room, Sandbox

_START_S = 60.0
_STOP_S = 5.0
_BACKSTOP_S = 20.0
"""Beyond total_s: then it is ended from outside, and what it did not decide is our fault."""


@dataclass(slots=True)
class Judged:
    """What became of a submission's test cells.

    Attributes
    ----------
    complete : bool
        False where the process that judges broke: parts without a verdict are to be tried again.
    efforts : dict of str to Measure
        How much work each part's answer took beside the author's, where it was counted.
    reproduction : Measure or None
        Whether two fresh runs of the candidate's own notebook agree; None: nobody looked.
    aside : dict
        What may differ from one judging to the next, such as seconds; never part of a grade.
    """

    verdicts: dict[str, TestVerdict] = field(default_factory=dict[str, TestVerdict])
    problems: list[CellProblem] = field(default_factory=list[CellProblem])
    complete: bool = False
    reason: str = ""
    efforts: dict[str, Measure] = field(default_factory=dict[str, Measure])
    reproduction: Measure | None = None
    aside: dict[str, Json] = field(default_factory=dict[str, Json])


class Bench:
    """A trusted process that has imported what tests import, and forks for each submission."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to start the process, without waiting for it."""
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        ours, theirs = socket.socketpair()
        environment = {
            name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ
        } | {
            "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1", "TZ": "UTC",
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg",
        }  # fmt: skip
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "viva_grader.checks.bench_process", str(theirs.fileno())],
                env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        finally:
            theirs.close()
        self._control, self._ready = ours, False

    def close(self) -> None:
        """End the process; what it is judging ends with it."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = self._control = None

    def judge(self, work: Work, limits: Limits) -> Judged:
        """Judge one submission's test cells; one at a time.

        Raises
        ------
        SandboxUnavailableError
            If this machine cannot run submissions.
        """
        with self._lock:
            channel, child = self._fork()
            folder = Path(tempfile.mkdtemp(prefix="viva-tests-"))
            job = _Job(channel, self._sandbox, limits)
            try:
                _place(work.files, folder)
                return job.run(job_from(work, str(folder)), work.total_s + _BACKSTOP_S)
            finally:
                job.close()
                channel.close()
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                shutil.rmtree(folder, ignore_errors=True)

    def _fork(self) -> tuple[socket.socket, int]:
        self.start()
        control = self._control
        if control is None:
            raise SandboxUnavailableError("The process that judges tests did not start.")
        control.settimeout(_START_S)
        try:
            self._ready = self._ready or control.recv(1) == b"1"
            ours, theirs = socket.socketpair()
            send_channel(control, theirs)
            theirs.close()
            return ours, int.from_bytes(control.recv(4), "big")
        except OSError as error:
            self.close()
            raise SandboxUnavailableError("The process that judges tests did not start.") from error


def send_channel(control: socket.socket, channel: socket.socket) -> None:
    """Pass a channel over another, with one byte."""
    passed = array.array("i", [channel.fileno()])
    control.sendmsg([b"1"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])


class _Job:
    """One submission at the bench, seen from the grader's own process."""

    def __init__(self, channel: socket.socket, sandbox: Sandbox, limits: Limits) -> None:
        self._channel = channel
        self._sandbox = sandbox
        self._limits = limits
        self._room: Room | None = None
        self._judged = Judged()

    def run(self, job: Message, within_s: float) -> Judged:
        until_s = time.monotonic() + within_s
        wire = Wire(self._channel, JOB_BYTES)
        try:
            wire.send(job, until_s)
            while not self._judged.complete:
                self._take(wire.receive(until_s))
        except Interruption as error:
            self._judged.reason = type(error).__name__
        return self._judged

    def close(self) -> None:
        if self._room is not None:
            self._room.close()

    def _take(self, message: Message) -> None:
        if "need" in message:
            self.close()
            self._room = self._sandbox.open(self._limits)
            select.select([], [self._channel], [])
            send_channel(self._channel, self._room.channel)
            self._room.close()  # the judging process holds it now, and its end ends the room
            self._room = None
        elif "part" in message:
            self._judged.verdicts[message["part"]] = _verdict(message)
        elif "done" in message:
            self._judged.problems = [
                CellProblem(p["cell"], Status(p["status"]), p["message"], p["line"])
                for p in message["problems"]
            ]
            self._judged.complete = True
        else:
            self._judged.reason = str(message.get("broken"))
            self._judged.complete = True


def _verdict(message: dict[str, Any]) -> TestVerdict:
    return TestVerdict(
        status=Status(message["status"]),
        points=message["points"],
        message=message["message"],
        places=tuple(Place(cell, line) for cell, line in message["places"]),
        facts=message["facts"],
    )


def _place(files: dict[str, str], folder: Path) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b64decode(data))
