"""Decides how stock nbgrader is asked: a course folder, every submission a student, one process."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.attacks.one_process import Report

MAIN = Path(__file__).with_name("stock_main.py")
_WITHIN_S = 280.0


def autograde(folder: Path, source: bytes, submissions: Mapping[str, bytes]) -> dict[str, Report]:
    """Autograde each submission, by a name of letters, digits and ``_``.

    It stands in a bubblewrap without network, only so that what works ends there.
    """
    _put(folder / "source" / "ps1", _complete(source))
    for student, submission in submissions.items():
        _put(folder / "submitted" / student / "ps1", _complete(submission))
    command = [
        "bwrap", "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
        "--bind", str(folder), str(folder), "--die-with-parent",
        "--setenv", "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "--setenv", "HOME", str(folder), "--setenv", "JUPYTER_RUNTIME_DIR", str(folder / "run"),
        "--setenv", "IPYTHONDIR", str(folder / "ipython"), "--chdir", str(folder),
        "--", sys.executable, "-s", str(MAIN), str(folder),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=False, timeout=_WITHIN_S)
    reports: dict[str, Report] = {}
    for line in done.stdout.decode().splitlines():
        if line.startswith("VIVA "):
            said = json.loads(line[5:])
            reports[said["student"]] = Report(points=said["points"], dead=said["dead"])
    missing = submissions.keys() - reports.keys()
    assert not missing, (missing, done.stderr.decode()[-2000:])
    return reports


def _put(folder: Path, notebook: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / "problem.ipynb").write_bytes(notebook)


def _complete(raw: bytes) -> bytes:
    document = json.loads(raw)
    document.setdefault("metadata", {}).setdefault(
        "kernelspec", {"name": "python3", "display_name": "Python 3", "language": "python"}
    )
    return json.dumps(document).encode()
