"""Decides how the parts of Viva are started, watched and ended on one machine."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from viva_console.domain.errors import ConsoleError

STOP_S = 15.0
RESTARTS = 5
RESTART_WINDOW_S = 60.0


class PartFailedError(ConsoleError):
    """A part of Viva does not stay up."""

    code = "launch.part_failed"


def _with_us() -> list[str]:
    """Begin a command that is asked to end when the launcher does, however that ends.

    A launcher that was killed would otherwise leave a hub at the address that all links name: the
    next one would have to take another.
    """
    bound = shutil.which("setpriv")
    return [bound, "--pdeathsig", "TERM", "--"] if bound else []


@dataclass
class Part:
    """One process that Viva is made of.

    Attributes
    ----------
    environment : mapping
        The whole environment of the process: nothing is inherited that is not named here.
    log : Path
        Where its output goes.
    folder : Path or None
        Where it runs; here by default.
    """

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    folder: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list[float])

    def start(self, holding: Sequence[int] = ()) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches the launcher alone.

        Parameters
        ----------
        holding : sequence of int
            Descriptors that it keeps open for as long as it runs.
        """
        # Logs name interviews and say where things lie: other people's eyes have no use for them.
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.parent.chmod(0o700)
        if self.folder:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(
            os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab"
        ) as out:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                [*_with_us(), *map(str, self.command)],
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                pass_fds=holding,
                start_new_session=True,
            )
        self.started.append(time.monotonic())

    def stop(self) -> None:
        """Ask the process to end, and end it if it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def keep(self, holding: Sequence[int] = ()) -> None:
        """Start the process again if it ended.

        Raises
        ------
        PartFailedError
            If it ended more than five times within a minute.
        """
        if self.process is None or self.process.poll() is None:
            return
        recent = [t for t in self.started if t > time.monotonic() - RESTART_WINDOW_S]
        if len(recent) > RESTARTS:
            tail = " | ".join(self.log.read_text(errors="replace").splitlines()[-3:])
            raise PartFailedError(
                f"The {self.name} ended {len(recent)} times in a minute. "
                f"The end of {self.log}: {tail}"
            )
        self.start(holding)


class Parts:
    """The running parts, ended in reverse order whatever happens.

    Parameters
    ----------
    *holding : int
        Descriptors that each part keeps open for as long as it runs.
    """

    def __init__(self, *holding: int) -> None:
        self._holding = holding
        self._parts: list[Part] = []
        self._others: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for part in reversed(self._parts):
            part.stop()

    def start(self, part: Part, ready: Callable[[], bool], within_s: float) -> None:
        """Start a part and wait until it is ready.

        Raises
        ------
        PartFailedError
            If it ends, or is not ready in time.
        """
        self._parts.append(part)
        part.start(self._holding)
        end = time.monotonic() + within_s
        while not ready():
            ended = part.process is not None and part.process.poll() is not None
            if ended or time.monotonic() > end:
                tail = "\n".join(part.log.read_text(errors="replace").splitlines()[-12:])
                what = "ended" if ended else f"was not ready within {within_s:.0f} s"
                raise PartFailedError(f"The {part.name} {what}. The end of {part.log}:\n{tail}")
            time.sleep(0.1)

    def keep_also(self, keep: Callable[[], None]) -> None:
        """Let something else be started again, before the parts: they lean on it."""
        self._others.append(keep)

    def keep(self) -> None:
        """Start again what ended."""
        for keep in self._others:
            keep()
        for part in self._parts:
            part.keep(self._holding)
