"""The wall clock alone never makes a verdict: far beyond a limit, the machine is at fault."""

import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from viva_grader.callee.clock import Backstop
from viva_grader.checks.cells import CalleeUnavailableError, CellRun
from viva_grader.checks.verdicts import TestVerdict
from viva_grader.checks.work import Work
from viva_grader.library.notebook_names import cell_names
from viva_grader.library.notebook_rebuild import Step, StepKind
from viva_grader.sandbox.bubblewrap import Bubblewrap
from viva_grader.sandbox.meter import ProcessMeter
from viva_grader.sandbox.port import Room

from tests.integration.sandbox.conftest import LIMITS

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(method="thread")]
ANSWER = "import time\ndef f(s):\n    time.sleep(s)\n    return s"


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bubblewrap]:
    monkeypatch.chdir(tmp_path)  # a job's folder is small: its files are looked at around each call
    box = Bubblewrap(Path(sys.executable))
    yield box
    box.close()


def judged(sandbox: Bubblewrap, *, stopped: bool) -> dict[str, TestVerdict]:
    """Judge two calls of a second each; the room is stopped from outside where asked."""
    rooms: list[Room] = []

    def stop() -> None:
        meter = rooms[-1].meter
        assert isinstance(meter, ProcessMeter)
        signal.pidfd_send_signal(meter.handle, signal.SIGSTOP)

    def opened(_memory_mib: int | None) -> Room:
        rooms.append(sandbox.open(LIMITS))
        if stopped:
            threading.Timer(0.5, stop).start()
        return rooms[-1]

    tests = {"first": "assert f(0) == 0", "second": "assert f(1) == 1"}
    work = Work(
        steps=(
            Step(StepKind.SOLUTION, "f", ANSWER),
            *(Step(StepKind.TESTS, cell, source) for cell, source in tests.items()),
        ),
        names={"f": cell_names(ANSWER)} | {cell: cell_names(tests[cell]) for cell in tests},
        points=dict.fromkeys(tests, 1.0), files={},
        call_s=2.0, part_s=4.0, total_s=20.0, message_bytes=1 << 20,
    )  # fmt: skip
    verdicts: dict[str, TestVerdict] = {}
    try:
        CellRun(work, opened, verdicts.__setitem__, backstop=Backstop(0.0, 3.0)).run()
    finally:
        for room in rooms:
            room.close()
    return verdicts


def test_a_room_that_gets_no_processor_gives_no_verdict(sandbox: Bubblewrap) -> None:
    with pytest.raises(CalleeUnavailableError, match="the machine was too busy"):
        judged(sandbox, stopped=True)


def test_the_same_room_gives_its_verdicts_where_nothing_stops_it(sandbox: Bubblewrap) -> None:
    verdicts = judged(sandbox, stopped=False)
    assert {part: verdict.points for part, verdict in verdicts.items()} == {"first": 1, "second": 1}
