"""Decides what becomes of whoever reads hostile text: it answers, or its end is the answer."""

import contextlib
import json
import os
import resource
import signal
import socket
import sys
from dataclasses import asdict, replace

from viva_grader.checks.inspection import (
    Inspection,
    Request,
    inspection_from,
    request_from,
    stages,
    unreadable,
)

_CPU_S = 60
_MEMORY_BYTES = 3 << 30
_FILE_BYTES = 1 << 20


def main(control: socket.socket, linter: str) -> None:
    """Take one channel after the other, and fork for each."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.send(b"1")
    while True:
        try:
            byte, passed, _, _ = socket.recv_fds(control, 1, 1)
        except OSError:
            return
        if not byte:
            return
        with socket.socket(fileno=passed[0]) as channel:
            if os.fork() == 0:
                control.close()
                with contextlib.suppress(BaseException):
                    _serve(channel, linter)
                os._exit(0)


def _serve(channel: socket.socket, linter: str) -> None:
    """Let a child read, and say how it ended where it cannot say so itself."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    parts: list[bytes] = []
    while part := channel.recv(1 << 16):
        parts.append(part)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with contextlib.suppress(BaseException):
            _answer(b"".join(parts), writer, linter)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        lines = stream.read().split(b"\n")[:-1]  # the last is half a line, or nothing
    _, status = os.waitpid(child, 0)
    channel.sendall(_whole(request_from(json.loads(b"".join(parts))), lines, status))


def _whole(request: Request, lines: list[bytes], status: int) -> bytes:
    """Give the last stage that was told, and whether it was the last there should be."""
    if len(lines) > request.quality:
        return lines[-1]
    ended = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "no answer"
    if not lines:
        return _written(unreadable(request, ended))
    return _written(replace(inspection_from(json.loads(lines[-1])), broken=ended))


def _answer(question: bytes, writer: int, linter: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(writer, "wb", buffering=0) as stream:
        for seen in stages(request_from(json.loads(question)), linter):
            stream.write(_written(seen) + b"\n")


def _written(seen: Inspection) -> bytes:
    return json.dumps(asdict(seen)).encode()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        main(asked, sys.argv[2])
