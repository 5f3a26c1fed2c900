"""Decides what a test's patch of a shared module does: the same over there, before a call."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import functools
import os
import random
import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

_PATCHES = re.compile(r"patch|setattr|environ|\b\w+(\.\w+)+\s*=[^=]|\bseed\b")
_WORDS = re.compile(r"[A-Za-z_]\w*")
_SHARED = frozenset({
    "builtins", "csv", "datetime", "glob", "io", "json", "math", "os", "os.path", "pathlib",
    "random", "requests", "secrets", "shutil", "socket", "statistics", "subprocess", "sys", "time",
    "urllib.request", "uuid", "numpy.random", "matplotlib.pyplot", "getpass", "platform",
    "webbrowser", "smtplib",
})  # fmt: skip
_OURS = frozenset({
    ("builtins", "input"), ("sys", "stdin"), ("sys", "stdout"), ("sys", "stderr"),
    ("sys", "modules"), ("builtins", "_"),
})  # fmt: skip
"""What crosses in another way."""
_GONE: Any = object()
_seeds = [0]


def _counted(seed: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(seed)
    def counted(*args: Any, **kwargs: Any) -> Any:
        _seeds[0] += 1
        return seed(*args, **kwargs)

    return counted


def install() -> None:
    """Notice from now on when a test seeds Python's or numpy's own random numbers."""
    if not hasattr(random.seed, "__wrapped__"):
        random.seed = _counted(random.seed)
        np.random.seed = _counted(np.random.seed)


class Patched:
    """What one test cell changed in modules that both sides have."""

    def __init__(self) -> None:
        self._before: dict[str, dict[str, Any]] = {}
        self._sent: dict[tuple[str, str], Any] = {}
        self._environment: dict[str, str] = {}
        self._seeds = 0

    def begin(self, source: str) -> None:
        """Remember what the modules are that a test cell names, if it may patch anything."""
        self._before.clear()
        install()
        self._seeds = _seeds[0]
        if not _PATCHES.search(source):
            return
        words = set(_WORDS.findall(source.replace("plt", "pyplot")))
        for name in sorted(_SHARED & sys.modules.keys()):
            if name.rpartition(".")[2] in words:
                self._before[name] = dict(vars(sys.modules[name]))
        self._environment = dict(os.environ)

    def changes(self) -> list[list[Any]]:
        """List what has changed since the last call: module, name, whether it is set, value."""
        found = self._seeded()
        if not self._before and not self._sent:
            return found
        now: dict[tuple[str, str], Any] = {}
        for module, before in self._before.items():
            for name, value in vars(sys.modules[module]).items():
                if before.get(name, _GONE) is not value and (module, name) not in _OURS:
                    now[module, name] = value
        for place, value in now.items():
            if self._sent.get(place, _GONE) is not value:
                found.append([*place, True, value])
        found += [[*place, False, None] for place in self._sent if place not in now]
        self._sent = now
        return found + self._variables()

    def _seeded(self) -> list[list[Any]]:
        if self._seeds == _seeds[0]:
            return []
        self._seeds = _seeds[0]
        return [["random", "", True, random.getstate()], ["numpy", "", True, np.random.get_state()]]

    def _variables(self) -> list[list[Any]]:
        if not self._before:
            return []
        now = dict(os.environ)
        names = sorted(now.keys() | self._environment.keys())
        changed = [name for name in names if now.get(name) != self._environment.get(name)]
        found = [["os.environ", name, name in now, now.get(name)] for name in changed]
        self._environment = now
        return found
