"""Decides how something is tried aside: in a copy of this process, which leaves no trace in it."""

import contextlib
import ctypes
import faulthandler
import json
import os
import resource
import select
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_MOST_BYTES = 16 << 20


def die_with(parent: int) -> None:
    """Let this process not outlive the one that forked it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def tried(what: Callable[[], Any], work_s: float, wall_s: float) -> Any:
    """Give what a function gives in a copy of this process and an empty folder, as JSON keeps it.

    Parameters
    ----------
    work_s : float
        Seconds of processor time after which the copy ends.
    wall_s : float
        Seconds on the clock after which it is ended.

    Returns
    -------
    object
        None if the function raised, or came to no end.
    """
    reader, writer = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _try(what, writer, parent, work_s)
    os.close(writer)
    try:
        return json.loads(_read(reader, time.monotonic() + wall_s))
    except ValueError:
        return None
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _try(what: Callable[[], Any], writer: int, parent: int, work_s: float) -> None:
    """Answer, and end: with no descriptor of this process but that for the answer."""
    with contextlib.suppress(BaseException):
        die_with(parent)
        faulthandler.unregister(signal.SIGXCPU)  # its note says that a submission took the time
        resource.setrlimit(resource.RLIMIT_CPU, (int(work_s) + 1, int(work_s) + 1))
        open_now = {int(each.name) for each in Path("/proc/self/fd").iterdir()}
        for handle in open_now - {0, 1, 2, writer}:
            with contextlib.suppress(OSError):  # that of the folder itself
                os.close(handle)
        with tempfile.TemporaryDirectory(dir=Path.cwd().parent) as folder:
            os.chdir(folder)
            tempfile.tempdir = folder
            said = json.dumps(what()).encode()
        with open(writer, "wb") as pipe:
            pipe.write(said)
    os._exit(0)


def _read(reader: int, deadline_s: float) -> bytes:
    parts: list[bytes] = []
    while sum(map(len, parts)) < _MOST_BYTES:
        if not select.select([reader], [], [], max(0.0, deadline_s - time.monotonic()))[0]:
            break
        part = os.read(reader, 1 << 16)
        if not part:
            break
        parts.append(part)
    return b"".join(parts)
