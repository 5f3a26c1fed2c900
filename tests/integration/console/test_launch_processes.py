"""The launcher keeps parts up, says why one does not stay, and ends what it started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from viva_console.launch.processes import RESTARTS, Part, PartFailedError, Parts

FOREVER = "import time; time.sleep(600)"


def part(folder: Path, code: str) -> Part:
    return Part("sleeper", [sys.executable, "-c", code], {"PATH": "/usr/bin"}, folder / "log")


def test_parts_end_with_the_launcher_whatever_happens(tmp_path: Path) -> None:
    sleeper = part(tmp_path, FOREVER)

    def fail_in_the_middle() -> None:
        with Parts() as parts:
            parts.start(sleeper, lambda: True, 5)
            raise RuntimeError("something else broke")

    with pytest.raises(RuntimeError, match="something else"):
        fail_in_the_middle()
    assert sleeper.process is not None
    assert sleeper.process.poll() is not None


LAUNCHER = """
import sys, time
from pathlib import Path
from viva_console.launch.processes import Part
folder = Path(sys.argv[1])
part = Part("sleeper", [sys.executable, "-c", sys.argv[2]], {"PATH": "/usr/bin"}, folder / "log")
part.start()
print(part.process.pid, flush=True)
time.sleep(600)
"""


def test_part_ends_with_a_launcher_that_is_killed(tmp_path: Path) -> None:
    code = "import time; print('up', flush=True); time.sleep(600)"
    command = [sys.executable, "-c", LAUNCHER, str(tmp_path), code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        pid = int(launcher.stdout.readline())
        assert eventually(lambda: "up" in (tmp_path / "log").read_text())
        launcher.kill()
    try:
        # Whoever buries orphans here may take a moment: what has ended has no command.
        assert eventually(lambda: not command_of(pid))
    finally:
        if command_of(pid):
            os.kill(pid, signal.SIGKILL)


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def eventually(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def test_part_that_ends_early_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    broken = part(tmp_path, "raise SystemExit('no such setting')")
    with Parts() as parts, pytest.raises(PartFailedError, match="no such setting"):
        parts.start(broken, lambda: False, 20)


def test_part_that_is_not_ready_in_time_is_told(tmp_path: Path) -> None:
    with Parts() as parts, pytest.raises(PartFailedError, match="was not ready within"):
        parts.start(part(tmp_path, FOREVER), lambda: False, 0.2)


def test_part_that_died_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    brief = part(tmp_path, "pass")

    def watch(parts: Parts) -> None:
        for _ in range(RESTARTS + 2):
            assert brief.process is not None
            brief.process.wait(20)
            parts.keep()

    with Parts() as parts:
        parts.start(brief, lambda: True, 5)
        with pytest.raises(PartFailedError, match="in a minute"):
            watch(parts)
    assert len(brief.started) == RESTARTS + 1


def test_environment_holds_only_what_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVA_STORE_URL", "postgresql://secret")
    curious = part(
        tmp_path, "import os; print(sorted(os.environ), flush=True); import time; time.sleep(600)"
    )
    with Parts() as parts:
        parts.start(curious, lambda: b"]" in curious.log.read_bytes(), 20)
    assert "VIVA_STORE_URL" not in curious.log.read_text()
