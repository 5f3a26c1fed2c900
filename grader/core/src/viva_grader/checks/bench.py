"""Decides how tests are judged outside the grader's process: a job out, verdicts back."""

import select
import shutil
import socket
import tempfile
import time
from base64 import b64decode
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from viva_grader.callee.clock import Backstop
from viva_grader.callee.interruptions import CalleeGone, Interruption
from viva_grader.callee.wire import Message, Wire
from viva_grader.checks.bench_forks import Forks
from viva_grader.checks.query_cells import Rows, no_rows, rows_message
from viva_grader.checks.spent import UNMEASURED, is_spent, undecided
from viva_grader.checks.verdicts import CellProblem, Place, TestVerdict
from viva_grader.checks.work import JOB_BYTES, Work, job_from
from viva_grader.domain.errors import SandboxUnavailableError
from viva_grader.domain.grade import Json, Status
from viva_grader.domain.outcome import Fact, Measure
from viva_grader.domain.question import Limits
from viva_grader.sandbox.handover import hand_over
from viva_grader.sandbox.port import Room, Sandbox

_BEYOND = Backstop(margin_s=120.0)
"""Beyond all that the judging process allows: then it is ended, and the fault is ours."""


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
    """A trusted process that has imported what tests import, and forks for each submission.

    Threads may share it: each submission is judged in a process of its own.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._forks = Forks()
        self._worked = False

    def start(self) -> None:
        """Begin to start the process and to fork it, without waiting for either."""
        self._forks.start()

    def close(self) -> None:
        """End the process; what it is judging ends with it."""
        self._forks.close()

    def judge(self, work: Work, limits: Limits, rows: Rows = no_rows) -> Judged:
        """Judge one submission's test cells; ``rows`` runs a query cell for its frame.

        Where the judging process or the sandbox breaks, the verdicts so far are given, and why.

        Raises
        ------
        SandboxUnavailableError
            If this machine cannot run submissions: none ever ran here.
        """
        try:
            judged = self._judge(work, limits, rows)
        except SandboxUnavailableError as error:
            if not self._worked:
                raise
            return Judged(reason=error.code)
        self._worked = self._worked or judged.complete
        return judged

    def _judge(self, work: Work, limits: Limits, rows: Rows) -> Judged:
        fork = self._forks.take()
        job = _Job(fork.channel, self._sandbox, limits)
        folder: Path | None = None
        try:
            folder = Path(tempfile.mkdtemp(dir=fork.root))
            _place(work.files, folder)
            judged = job.run(job_from(work, str(folder)), _BEYOND.of(work.total_s), rows)
            if is_spent(folder):
                _settle(judged, work)
        finally:
            job.close()
            fork.end()
            if not job.is_complete:
                self._forks.renew()
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
        # a room that ended with its sandbox looks from inside like one that the submission ended
        return Judged(reason=SandboxUnavailableError.code) if job.lost else judged


class _Job:
    """One submission at the bench, seen from the grader's own process."""

    def __init__(self, channel: socket.socket, sandbox: Sandbox, limits: Limits) -> None:
        self._channel = channel
        self._sandbox = sandbox
        self._limits = limits
        self._room: Room | None = None
        self._judged = Judged()
        self.lost = False
        self._marked_s = 0.0
        self._parts_s: dict[str, float] = {}

    def run(self, job: Message, within_s: float, rows: Rows) -> Judged:
        self._marked_s = time.monotonic()
        until_s = self._marked_s + within_s
        wire = Wire(self._channel, JOB_BYTES)
        try:
            wire.send(job, until_s)
            while not self._judged.complete:
                message = wire.receive(until_s)
                if "rows" in message:
                    wire.send(rows_message(rows, message["rows"]), until_s)
                else:
                    self._take(message)
        except Interruption as error:
            self._judged.reason = type(error).__name__
        self._judged.aside["parts_s"] = self._parts_s
        return self._judged

    @property
    def is_complete(self) -> bool:
        return self._judged.complete

    def close(self) -> None:
        if self._room is not None:
            self.lost = self.lost or self._room.lost()
            self._room.close()
            self._room = None

    def _hand_over(self, room: Room) -> None:
        """Give the judging process its room; its end over there ends the room too."""
        try:
            hand_over(room, self._channel)
        except OSError as error:  # it ended while the room was made
            raise CalleeGone from error

    def _take(self, message: Message) -> None:
        if "need" in message:
            self.close()
            own: int | None = message["memory_mib"]
            limits = self._limits if own is None else replace(self._limits, memory_mib=own)
            self._room = self._sandbox.open(limits)
            select.select([], [self._channel], [])
            self._hand_over(self._room)
        elif "part" in message:
            self._judged.verdicts[message["part"]] = _verdict(message)
            before_s, self._marked_s = self._marked_s, time.monotonic()
            self._parts_s[message["part"]] = round(self._marked_s - before_s, 4)
        elif "effort" in message:
            self._judged.efforts[message["effort"]] = _measure(message)
        elif "reproduction" in message:
            self._judged.reproduction = _measure(message)
            self._judged.aside["outputs"] = message["aside"]
        elif "done" in message:
            self._judged.problems = [
                CellProblem(p["cell"], Status(p["status"]), p["message"], p["line"])
                for p in message["problems"]
            ]
            self._judged.complete = True
        else:
            self._judged.reason = str(message.get("broken"))
            self._judged.complete = True


def _settle(judged: Judged, work: Work) -> None:
    """Decide what is left where the time is spent: trying again would spend it again."""
    judged.verdicts |= undecided(work, judged.verdicts)
    judged.efforts = dict.fromkeys(work.asked.efforts, UNMEASURED) | judged.efforts
    judged.reproduction = judged.reproduction or (UNMEASURED if work.asked.own else None)
    judged.complete, judged.reason = True, ""


def _measure(message: dict[str, Any]) -> Measure:
    facts = tuple(Fact(kind, data) for kind, data in message["facts"])
    return Measure(message["value"], message["said"], facts, message["again"])


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
