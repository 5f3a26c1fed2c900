"""One launcher uses a runtime folder at a time; the parts of a killed one end before the next."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from viva_console.launch import up

# Its part takes a while to end, as a hub does.
LAUNCHER = """
import sys, time
from pathlib import Path
from viva_console.launch import up
from viva_console.launch.processes import Part, Parts
folder = Path(sys.argv[1])
code = "import signal, sys, time\\nend = lambda *_: (time.sleep(0.7), sys.exit())\\n"
code += "signal.signal(signal.SIGTERM, end)\\nprint('up', flush=True)\\ntime.sleep(30)"
part = Part("slow", [sys.executable, "-c", code], {"PATH": "/usr/bin"}, folder / "log")
with up._alone(folder) as lock, Parts(lock) as parts:
    parts.start(part, lambda: b"up" in (folder / "log").read_bytes(), 20)
    print("up", flush=True)
    time.sleep(60)
"""


@contextmanager
def launched(folder: Path) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-c", LAUNCHER, str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        assert launcher.stdout.readline() == "up\n"
        try:
            yield launcher
        finally:
            launcher.kill()


def test_folder_of_a_running_launcher_is_refused_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    with launched(tmp_path), pytest.raises(up.AlreadyUpError), up._alone(tmp_path):
        pass
    assert time.monotonic() - began < up.ENDING_S


def test_next_launcher_waits_until_the_parts_of_a_killed_one_have_ended(tmp_path: Path) -> None:
    with launched(tmp_path) as launcher:
        launcher.kill()
        killed = time.monotonic()
        with up._alone(tmp_path):
            assert time.monotonic() - killed > 0.5
