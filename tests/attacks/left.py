"""Decides what a batch may not leave behind: processes, files, groups, mounts, containers, ports."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

MARK = "viva-left"
"""In the name or command line of everything that an attack leaves on purpose."""
_SETTLE_S = 10.0
_OTHERS = re.compile(r"/tmp/viva[-_0-9a-z]{8,}(?:/|$)")  # noqa: S108
"""Folders of other tests, which may run beside this one; none has an attack's mark."""


@dataclass(frozen=True, slots=True)
class Left:
    """What there is at one moment that this process's graders have made."""

    processes: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    mounts: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()
    sockets: frozenset[str] = frozenset()

    @classmethod
    def now(cls, folder: Path) -> Self:
        return cls(
            processes=frozenset(_processes()),
            files=frozenset(_files(folder)),
            groups=frozenset(_groups()),
            mounts=frozenset(_mounts(folder)),
            containers=frozenset(_containers()),
            sockets=frozenset(_sockets()),
        )

    def since(self, before: Self) -> dict[str, list[str]]:
        """Name what is new, by kind."""
        found = {
            each.name: sorted(getattr(self, each.name) - getattr(before, each.name))
            for each in fields(self)
        }
        return {kind: names for kind, names in found.items() if names}

    @classmethod
    def settled(cls, folder: Path, before: Self) -> dict[str, list[str]]:
        """Wait a while for what is ending, then name what is left."""
        deadline = time.monotonic() + _SETTLE_S
        while (left := cls.now(folder).since(before)) and time.monotonic() < deadline:
            time.sleep(0.1)
        return left


def _is_anothers(path: Path, folder: Path) -> bool:
    """Whether a path lies in the folder of another test."""
    elsewhere = not path.is_relative_to(folder) and MARK not in str(path)
    return elsewhere and _OTHERS.match(str(path)) is not None


def _stat(pid: str) -> tuple[str, str, int] | None:
    """Give a process's parent, name and owner."""
    try:
        text = Path("/proc", pid, "stat").read_text()
        owner = Path("/proc", pid).stat().st_uid
    except OSError:
        return None
    head, _, tail = text.rpartition(")")
    return tail.split()[1], head.partition("(")[2], owner


def _processes() -> Iterator[str]:
    """List our descendants, orphans of submissions, and whatever bears the mark."""
    seen = {e.name: found for e in Path("/proc").iterdir() if e.name.isdigit() and (found := _stat(e.name))}  # fmt: skip
    ours = {str(os.getpid())}
    grown = True
    while grown:
        more = {pid for pid, (parent, _, _) in seen.items() if parent in ours} - ours
        ours |= more
        grown = bool(more)
    for pid, (parent, name, owner) in seen.items():
        orphan = parent == "1" and owner >= 300_000
        if pid != str(os.getpid()) and (pid in ours or orphan or name.startswith(MARK)):
            yield f"{pid} {name}"


def _files(folder: Path) -> Iterator[str]:
    for place in (folder / "tmp", *map(Path, ("/tmp", "/dev/shm", "/var/tmp", "/work", "/"))):  # noqa: S108
        if place.is_dir():
            for path in place.iterdir():
                alien = path.lstat().st_uid >= 300_000 and not _is_anothers(path, folder)
                if place == folder / "tmp" or MARK in path.name or alien:
                    yield str(path)


def _groups() -> Iterator[str]:
    for path in Path("/sys/fs/cgroup").rglob(f"viva-sandbox-{os.getpid()}-*"):
        yield str(path)


def _mounts(folder: Path) -> Iterator[str]:
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        place = line.split()[4]
        engines = "/docker/" in place or "/run/docker" in place
        if not engines and not _is_anothers(Path(place), folder):
            yield place


def _containers() -> Iterator[str]:
    try:
        asked = ["docker", "ps", "--all", "--format", "{{.Names}}"]
        asked += ["--filter", f"label=viva.sandbox={os.getpid()}"]
        yield from subprocess.run(asked, capture_output=True, check=False, text=True).stdout.split()
    except OSError:
        return


def _sockets() -> Iterator[str]:
    for line in Path("/proc/net/unix").read_text().splitlines():
        if MARK in line:
            yield line.split()[-1]
    for name in ("tcp", "tcp6", "udp"):
        for line in Path("/proc/net", name).read_text().splitlines()[1:]:
            address, port = line.split()[1].rsplit(":", 1)
            if int(port, 16) in {47_123, 47_124}:
                yield f"{name} {address}:{port}"
