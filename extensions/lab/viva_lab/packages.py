"""Decides what a candidate is told who wants another package: what is there, and how to see all."""

import re
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

# What a submission may import when it is graded. A test compares it with the list that the grader's
# environment is made from.
ALLOWED = ("ipython", "matplotlib", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy")
INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
# `pip`, `pip3 …`, `sudo pip …`, `/some/where/python3 -m pip …`, `uv pip …`, `apt-get …`.
COMMAND = re.compile(
    r"""\s*(?:sudo\s+)?(?:["']?\S*python[\d.]*["']?\s+-m\s+)?
    (?:\S*/)?(?P<tool>pip[\d.]*|conda|mamba|micromamba|uv|poetry|easy_install|apt|apt-get)
    (?:\s+(?P<rest>.*))?$""",
    re.VERBOSE | re.DOTALL,
)
LISTING = re.compile(r"\s*(?:pip\s+)?(?:list|freeze|show|inspect|check)\b")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
REFUSAL = (
    "Packages cannot be installed during the interview: the room has no network. "
    "Here are Python's standard library and {names}. `%pip list` shows their versions."
)
HERE = "{name} {version} is here already: nothing is to be installed."
HEADING = "What answers may import, here and when they are graded, beside the standard library:"
# Words of an installer's own; and so many names are looked up at most.
VERBS = ("pip", "install", "add", "download")
MAX_NAMES = 3


def answer(words: str) -> str:
    """Return what is said to whoever would install something.

    Parameters
    ----------
    words
        What follows the installer's name, for example ``install polars``.
    """
    if LISTING.match(words):
        return listing()
    wanted = _wanted(words)
    here = [(name, found) for name in wanted if (found := _installed(name))]
    said = [HERE.format(name=name, version=found) for name, found in here]
    if not wanted or len(here) < len(wanted):
        said.append(REFUSAL.format(names=", ".join(ALLOWED)))
    return "\n".join(said)


def listing() -> str:
    """Return the allow-list with the versions that are installed here."""
    rows = [f"{name:<14} {_installed(name) or 'not in this environment'}" for name in ALLOWED]
    return "\n".join((HEADING, *rows))


def installer(command: str) -> str | None:
    """Return what follows the installer's name in a shell command, or None if it calls none."""
    found = COMMAND.match(command)
    return (found["rest"] or "") if found else None


def guard(shell: Any, refuse: Callable[[str], Any]) -> None:
    """Let a shell answer installers instead of starting them; other commands run as before.

    Parameters
    ----------
    shell
        IPython's: `!pip` is its `system`, `x = !pip` and `!!pip` are its `getoutput`.
    refuse
        Takes what follows the installer's name.
    """
    for name in ("system", "getoutput"):
        setattr(shell, name, _guarded(getattr(shell, name), refuse))


def _guarded(run: Callable[..., Any], refuse: Callable[[str], Any]) -> Callable[..., Any]:
    def guarded(command: str, *given: Any, **named: Any) -> Any:
        words = installer(command)
        return run(command, *given, **named) if words is None else refuse(words)

    return guarded


def _wanted(words: str) -> list[str]:
    """Return the first few package names of an installer's arguments, without versions."""
    plain = [word.strip("\"'") for word in words.split() if not word.startswith(("-", "'-", '"-'))]
    names = (
        NAME.match(word) for word in plain if word not in ("pip", "install", "add", "download")
    )
    return [found[0] for found in names if found][:MAX_NAMES]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
