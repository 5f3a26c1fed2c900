"""Decides nothing: counts calls on a channel, without the defences that the arguments name."""

import socket
import sys
from types import ModuleType
from typing import Any

from viva_runner import counting
from viva_runner.handles import Handles


def off(name: str) -> Any:
    """Give what stands in for a defence that is taken away."""
    if name == "_touches":
        return lambda: lambda *_: False
    if name == "give_up":
        return lambda: None
    return sys._getframe if name == "_no_frame" else frozenset()


for each in sys.argv[2:]:
    setattr(counting, each, off(each))
counting.serve_counted(
    socket.socket(fileno=int(sys.argv[1])),
    1 << 24,
    ModuleType("__main__").__dict__,
    Handles(),
    {"token": "word", "packages": []},
)
