"""Decides which folders a sandbox must see so that its interpreter starts: those and no others."""

import importlib.util
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from viva_grader.domain.errors import SandboxUnavailableError
from viva_grader.sandbox.inventory import ASK, allow_list, inventory

_START_S = 60.0

SYSTEM_FOLDERS = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/bin",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
)
"""What a system's Python and the libraries of a foreign one need; nothing that a person wrote."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python for the sandbox.

    Attributes
    ----------
    executable : Path
        As it is to be called.
    folders : tuple of Path
        What must be readable at the same place inside.
    runner : Path
        The folder of the package ``viva_runner``, stdlib only, readable by the trusted side.
    packages : tuple of Path
        What of its installed packages may be seen; all others in the same folders may not.
    versions : dict of str to str
        See :class:`viva_grader.sandbox.inventory.Inventory`.
    """

    executable: Path
    folders: tuple[Path, ...]
    runner: Path
    packages: tuple[Path, ...]
    versions: dict[str, str]


def find_interpreter(executable: Path) -> Interpreter:
    """Ask an interpreter where it lives.

    Raises
    ------
    SandboxUnavailableError
        If it does not start, or the runner is not installed.
    """
    runner = find_runner()
    command = [str(executable), "-I", "-c", ASK, json.dumps(allow_list(runner))]
    try:
        answer = subprocess.run(  # noqa: S603 - a program named by settings
            command, capture_output=True, check=True, timeout=_START_S
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        message = f"The sandbox's Python does not start: {executable} (VIVA_SANDBOX_PYTHON)."
        raise SandboxUnavailableError(message) from error
    found = inventory(answer.stdout)
    wanted = [found.prefix, found.base, found.base.resolve(), *_links(executable)]
    folders = tuple(dict.fromkeys(f for f in wanted if f.parent not in {Path("/")} and f.exists()))
    packages = tuple(entry for entry in found.entries if entry.exists())
    return Interpreter(executable, folders, runner, packages, found.versions)


def _links(executable: Path) -> list[Path]:
    """Follow an interpreter's links: each may lie in a folder of its own."""
    found: list[Path] = []
    while executable.is_symlink():
        target = executable.readlink()
        executable = target if target.is_absolute() else executable.parent / target
        found.append(executable.parent.parent)
    return found


def find_runner() -> Path:
    """Give the folder of the package ``viva_runner``.

    Raises
    ------
    SandboxUnavailableError
        If it is not installed.
    """
    found = importlib.util.find_spec("viva_runner")
    if found is None or not found.submodule_search_locations:
        message = "The package viva-runner is not installed beside viva-grader: run make setup."
        raise SandboxUnavailableError(message)
    return Path(found.submodule_search_locations[0])
