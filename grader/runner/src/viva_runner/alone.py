"""Decides how a submission runs in a container of its own: between a pipe and nothing else."""

import contextlib
import importlib
import os
import socket
import threading
from typing import Any

from viva_runner import isolate
from viva_runner.serve import serve

_CHUNK = 1 << 20


def run(request: dict[str, Any]) -> None:
    """Serve one submission over standard input and output, which are a container's pipes.

    The submission gets one end of a socketpair, as it does beside a zygote; threads carry it to the
    pipes. When either end closes, the process ends, and the container with it.
    """
    for name in ("numpy", "pandas"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        _become(request, theirs)
    theirs.close()
    threading.Thread(target=_carry_in, args=(ours, child), daemon=True).start()
    while data := ours.recv(_CHUNK):
        left = memoryview(data)
        while left:
            left = left[os.write(1, left) :]
    os._exit(0)


def _become(request: dict[str, Any], channel: socket.socket) -> None:
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        isolate.limit(isolate.Limits(**request["limits"]), frozenset(request["without"]))
        serve(channel, request["message_bytes"])
    finally:
        os._exit(1)


def _carry_in(channel: socket.socket, child: int) -> None:
    with contextlib.suppress(OSError):
        while data := os.read(0, _CHUNK):
            channel.sendall(data)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, 9)
    os._exit(0)
