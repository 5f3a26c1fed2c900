"""Decides how hostile text is read: in a process of its own with limits, forked from a warm one."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Protocol

from ruff import find_ruff_bin  # pyright: ignore[reportMissingTypeStubs] - it has none

from viva_grader.checks.inspection import (
    Inspection,
    Request,
    inspection_from,
    request_document,
)
from viva_grader.domain.errors import SandboxUnavailableError

_START_S = 60.0
_ANSWER_S = 180.0
"""A backstop by the wall's clock; the limit of whoever reads is CPU time."""
_STOP_S = 5.0
_ATTEMPTS = 2


class Inspector(Protocol):
    """Port: reads the text of answers, and never fails for what stands in it."""

    def inspect(self, request: Request) -> Inspection:
        """Read a submission's cells."""
        ...


class ProcessInspector:
    """Reads each submission in a fork of its own; threads may share it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to start the warm process, without waiting for it."""
        with self._lock:
            self._start()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def inspect(self, request: Request) -> Inspection:
        """See :class:`Inspector`.

        Raises
        ------
        SandboxUnavailableError
            If the process cannot be had, or gives no answer, twice.
        """
        question = json.dumps(request_document(request)).encode()
        for _ in range(_ATTEMPTS):
            try:
                answer = self._ask(question)
            except OSError:
                continue
            if answer:
                return inspection_from(json.loads(answer))
        raise SandboxUnavailableError("The process that reads answers does not answer; try again.")

    def _ask(self, question: bytes) -> bytes:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                socket.send_fds(self._start(wait=True), [b"1"], [theirs.fileno()])
            ours.settimeout(_ANSWER_S)
            ours.sendall(question)
            ours.shutdown(socket.SHUT_WR)
            parts: list[bytes] = []
            while part := ours.recv(1 << 16):
                parts.append(part)
        return b"".join(parts)

    def _start(self, *, wait: bool = False) -> socket.socket:
        control = self._control
        if control is None or self._process is None or self._process.poll() is not None:
            self._stop()
            control = self._launch()
        if wait and not self._ready:
            control.settimeout(_START_S)
            if control.recv(1) != b"1":
                self._stop()
                raise ConnectionError("it ended while it started")
            control.settimeout(None)
            self._ready = True
        return control

    def _launch(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment |= {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1"}
        module = "viva_grader.checks.inspector_process"
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", module, str(theirs.fileno()), linter()],
                env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self._control, self._ready = ours, False
        return ours

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = self._control = None


def linter() -> str:
    """Give the path of ruff's executable.

    Raises
    ------
    SandboxUnavailableError
        If its wheel is not installed.
    """
    try:
        return str(Path(find_ruff_bin()))
    except FileNotFoundError as error:
        raise SandboxUnavailableError("ruff is not installed: run make setup.") from error
