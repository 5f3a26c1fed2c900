"""The proxy lives as long as its hub, and no process is taken for it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from viva_hub import proxy


@contextmanager
def running(*words: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    code = "import time; time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, *words]) as process:
        try:
            yield process
        finally:
            process.kill()


def noted(tmp_path: Path, pid: object) -> Path:
    note = tmp_path / "proxy.pid"
    note.write_text(str(pid))
    return note


def test_note_of_a_proxy_that_runs_stays(tmp_path: Path) -> None:
    script = proxy.script_in(tmp_path)
    with running(script) as process:
        note = noted(tmp_path, process.pid)
        end = time.monotonic() + 5  # until it has become what it is to be
        while str(script).encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes():
            assert time.monotonic() < end
        proxy.forget_ended(note, script)
        assert note.exists()


def test_note_goes_when_its_pid_is_somebody_elses(tmp_path: Path) -> None:
    with running("another program") as process:
        note = noted(tmp_path, process.pid)
        proxy.forget_ended(note, proxy.script_in(tmp_path))
        assert not note.exists()
        assert process.poll() is None


def test_note_goes_when_its_proxy_ended_and_nobody_waited_for_it(tmp_path: Path) -> None:
    script = proxy.script_in(tmp_path)
    with running(script) as process:
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        note = noted(tmp_path, process.pid)
        proxy.forget_ended(note, script)
        assert not note.exists()


def test_what_is_no_pid_is_left_to_the_hub(tmp_path: Path) -> None:
    proxy.forget_ended(tmp_path / "none", tmp_path)
    note = noted(tmp_path, "x")
    proxy.forget_ended(note, tmp_path)
    assert note.exists()
