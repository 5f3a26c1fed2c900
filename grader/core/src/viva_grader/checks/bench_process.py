"""Decides how a submission's tests get a process: forked from one that is warm."""

import contextlib
import gc
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import types
from collections.abc import Callable
from functools import partial
from typing import Any

from viva_grader.callee.wire import Message, Wire
from viva_grader.checks import assertions, kernel, vacuous
from viva_grader.checks.aside import die_with
from viva_grader.checks.cells import CellRun
from viva_grader.checks.effort import EffortRun
from viva_grader.checks.reproduce import ReproductionRun
from viva_grader.checks.spent import limit_processor
from viva_grader.checks.verdicts import TestVerdict
from viva_grader.checks.warm import warm_up
from viva_grader.checks.work import JOB_BYTES, Work, work_from
from viva_grader.domain.grade import Json
from viva_grader.domain.outcome import Measure
from viva_grader.sandbox.handover import take_over
from viva_grader.sandbox.port import Room

_MEMORY_BYTES = 6 * 1024 * 1024 * 1024
_CPU_MARGIN_S = 30
_FOREVER_S = 24 * 3600.0
_POLL_S = 1.0
_YOUNG = 10_000
"""Objects between two looks for garbage: a process that judges ends soon, and has memory."""


def main(descriptor: int, folder: str) -> None:
    """Fork one process per job until the control channel closes; then all of it goes.

    Parameters
    ----------
    folder : str
        Where jobs have their folders: removed at the end, however the grader ended.
    """
    control = socket.socket(fileno=descriptor)
    try:
        warm_up()
        assertions.install()
        vacuous.install()
        kernel.install()
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG)
        with contextlib.suppress(OSError):  # the grader may have ended meanwhile
            control.sendall(b"1")
            while _next(control):
                pass
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _next(control: socket.socket) -> bool:
    """Fork for a job if one comes; False once none can come any more."""
    ready, _, _ = select.select([control], [], [], _POLL_S)
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    if not ready:
        return True
    byte, passed, _, _ = socket.recv_fds(control, 1, 1)
    if not byte or not passed:
        return False
    channel = socket.socket(fileno=passed[0])
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        control.close()
        _work(channel, parent)
    channel.close()
    handle = os.pidfd_open(child)  # not its number: that may be another's by the time it is ended
    try:
        socket.send_fds(control, [b"1"], [handle])
    finally:
        os.close(handle)
    return True


def _work(channel: socket.socket, parent: int) -> None:
    """Judge one submission, and end."""
    status = 1
    try:
        die_with(parent)  # its submission is judged again then
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        wire = Wire(channel, JOB_BYTES)
        job = wire.receive(time.monotonic() + _FOREVER_S)
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        limit_processor(int(job["total_s"]) + _CPU_MARGIN_S, job["folder"])
        os.chdir(job["folder"])
        tempfile.tempdir = job["folder"]  # what a test makes there can be handed over
        sys.path.append(job["folder"])
        Judging(channel, wire, job).run()
        status = 0
    except BaseException as error:
        with contextlib.suppress(BaseException):
            broken = {"broken": f"{type(error).__name__}: {error}"[:500]}
            Wire(channel, JOB_BYTES).send(broken, time.monotonic() + 1)
    finally:
        os._exit(status)


Measured = tuple[Measure, dict[str, Json]]


class Judging:
    """One job: what it is asked, and how it answers."""

    def __init__(self, channel: socket.socket, wire: Wire, job: Message) -> None:
        self._channel = channel
        self._wire = wire
        self._job = job
        self._callee: Room | None = None
        self._points: dict[str, float | None] = {}

    def run(self) -> None:
        """Run every cell; verdicts go out as they are made."""
        work = work_from(self._job)
        run = CellRun(work, self._open_callee, self._report, self._ask_rows)
        main_module = _Main("__main__")
        main_module.viva_run = run
        sys.modules["__main__"] = main_module
        if work.points:
            run.run()
        problems = [
            {"cell": p.cell, "status": p.status.value, "message": p.message, "line": p.line}
            for p in run.problems
        ]
        self._measure(work)
        self._send({"done": True, "problems": problems})

    def _measure(self, work: Work) -> None:
        """Count what the parts with points take; what breaks here is our fault and no verdict."""
        efforts = EffortRun(work, self._open_callee)
        for part in work.asked.efforts:
            if self._points.get(part):
                self._tell({"effort": part}, partial(efforts.measure, part))

        if work.asked.own:
            again = ReproductionRun(work, self._open_callee)
            self._tell({"reproduction": True}, again.measure)

    def _tell(self, message: Message, measure: Callable[[], Measured]) -> None:
        try:
            measured, aside = measure()
        except Exception as error:
            said = f"not measured: the grader broke ({type(error).__name__})"
            measured, aside = Measure(None, said, again=True), {}
        facts = [[fact.kind, fact.data] for fact in measured.facts]
        told = {"value": measured.value, "said": measured.said, "facts": facts, "aside": aside}
        told["again"] = measured.again
        self._send(message | told)

    def _open_callee(self, memory_mib: int | None) -> Room:
        if self._callee is not None:
            self._callee.close()
        self._send({"need": "callee", "memory_mib": memory_mib})
        select.select([self._channel], [], [])
        room = take_over(self._channel)
        if room is None:
            os._exit(1)
        self._callee = room
        return room

    def _report(self, part: str, verdict: TestVerdict) -> None:
        self._points[part] = verdict.points
        self._send(
            {
                "part": part,
                "status": verdict.status.value,
                "points": verdict.points,
                "message": verdict.message,
                "places": [[place.cell, place.line] for place in verdict.places],
                "facts": verdict.facts,
            }
        )

    def _ask_rows(self, cell: str) -> Message:
        self._send({"rows": cell})
        return self._wire.receive(time.monotonic() + _FOREVER_S)

    def _send(self, message: Message) -> None:
        self._wire.send(message, time.monotonic() + _FOREVER_S)


class _Main(types.ModuleType):
    """``__main__`` as tests see it: its names are those of the notebook."""

    viva_run: CellRun

    def __getattr__(self, name: str) -> Any:
        if name == "viva_run" or (name.startswith("__") and name != "__dict__"):
            raise AttributeError(name)
        try:
            return self.viva_run.namespace[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "viva_run" or name.startswith("__"):
            super().__setattr__(name, value)
        else:
            self.viva_run.namespace[name] = value

    def __delattr__(self, name: str) -> None:
        del self.viva_run.namespace[name]

    def __dir__(self) -> list[str]:
        return [name for name in self.viva_run.namespace.keys() if not name.startswith("__")]  # noqa: SIM118 - of both sides


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
