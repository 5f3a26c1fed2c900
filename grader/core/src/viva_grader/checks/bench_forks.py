"""Decides how the process that judges is started, and forked ahead of the next job."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from viva_grader.domain.errors import SandboxUnavailableError
from viva_grader.sandbox.ahead import Ahead
from viva_grader.sandbox.pidfd import has_ended, kill

_START_S = 60.0
_STOP_S = 5.0
_STARTS = 2


@dataclass(frozen=True, slots=True)
class Fork:
    """A process that waits for its job.

    Attributes
    ----------
    handle : int
        Its pidfd.
    root : Path
        Where its job may have a folder.
    """

    channel: socket.socket
    handle: int
    root: Path

    def lives(self) -> bool:
        """Whether it still waits."""
        return not has_ended(self.handle)

    def end(self) -> None:
        """End it, whatever it does."""
        self.channel.close()
        kill(self.handle)
        os.close(self.handle)


@dataclass(slots=True)
class _Warm:
    """The running process, the channel on which it is asked, and its jobs' folder."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    folder: Path
    ready: bool = False


class Forks:
    """A trusted process that has imported what tests import, and its next fork."""

    def __init__(self) -> None:
        self._warm: _Warm | None = None
        self._lock = threading.Lock()
        self._ahead = Ahead(self._fork, Fork.lives, Fork.end)

    def start(self) -> None:
        """Begin to start the process and to fork it, without waiting for either."""
        self._ahead.begin()

    def take(self) -> Fork:
        """Give a fresh process.

        Raises
        ------
        SandboxUnavailableError
            If it does not start.
        """
        return self._ahead.take()

    def renew(self) -> None:
        """Give up the fork that waits: what ended another one may be about to end it."""
        self._ahead.clear()

    def close(self) -> None:
        """End the process; what its forks are judging ends with it."""
        self._ahead.clear()
        with self._lock:
            self._end()

    def _fork(self) -> Fork:
        with self._lock:
            for _ in range(_STARTS):
                # whoever ended the process in the meantime: a fresh one tells
                with contextlib.suppress(OSError):
                    return self._forked()
                self._end()
        raise SandboxUnavailableError("The process that judges tests did not start.")

    def _forked(self) -> Fork:
        warm = self._start()
        warm.control.settimeout(_START_S)
        warm.ready = warm.ready or warm.control.recv(1) == b"1"
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(warm.control, [b"1"], [theirs.fileno()])
            handles = socket.recv_fds(warm.control, 1, 1)[1]
            if not handles:
                raise ConnectionResetError
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        return Fork(ours, handles[0], warm.folder)

    def _start(self) -> _Warm:
        if self._warm is not None and self._warm.process.poll() is None:
            return self._warm
        self._end()
        ours, theirs = socket.socketpair()
        folder = Path(tempfile.mkdtemp(prefix="viva-tests-"))
        environment = {
            name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ
        } | {
            "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1", "TZ": "UTC",
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg",
            "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # fewer page tables for each fork to copy
        }  # fmt: skip
        command = [sys.executable, "-m", "viva_grader.checks.bench_process"]
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module
                [*command, str(theirs.fileno()), str(folder)],
                env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        finally:
            theirs.close()
        self._warm = _Warm(process, ours, folder)
        return self._warm

    def _end(self) -> None:
        if self._warm is None:
            return
        warm, self._warm = self._warm, None
        warm.control.close()
        try:
            warm.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            warm.process.kill()
            warm.process.wait()
        shutil.rmtree(warm.folder, ignore_errors=True)
