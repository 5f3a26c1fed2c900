"""Decides how a Docker engine holds submissions: a hardened container for each, some kept warm."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import uuid
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from viva_grader.domain.errors import SandboxUnavailableError
from viva_grader.domain.question import Limits
from viva_grader.sandbox.container import LABEL, PYTHON, options
from viva_grader.sandbox.defences import ALL, Defences
from viva_grader.sandbox.interpreter import find_runner
from viva_grader.sandbox.inventory import (
    ASK,
    ASK_RUNNER,
    allow_list,
    inventory,
    runner_digest,
)
from viva_grader.sandbox.meter import WrittenMeter
from viva_grader.sandbox.port import Room

_CPU_MARGIN_S = 5
_FIRST_UID = 400_000
"""Uids of submissions: the kernel counts a uid's processes, so no two submissions share one."""
_UIDS = 60_000
_ASK_S = 60.0
_STOP_S = 30.0


@dataclass(slots=True)
class _Container:
    """A container that waits for its one submission, or has it."""

    name: str
    limits: Limits
    client: subprocess.Popen[bytes]
    channel: socket.socket
    record: int

    def is_ready_for(self, limits: Limits) -> bool:
        """Whether it lives, and was made for limits that cannot be changed later."""
        return self.client.poll() is None and _fixed(self.limits) == _fixed(limits)

    def end(self) -> None:
        """Close its pipes: its supervisor then ends it."""
        self.channel.close()
        os.close(self.record)


class DockerSandbox:
    """A sandbox of containers without network, capabilities or a writable root.

    Parameters
    ----------
    image : str
        Has ``viva_runner`` in the Python at ``/opt/viva``.
    spares : int
        Containers kept started and warm for the next submissions; each serves one.
    defences : Defences
        For tests, which take one away to see what it is good for.
    """

    def __init__(self, image: str, *, spares: int = 1, defences: Defences = ALL) -> None:
        self._image = image
        self._most = spares
        self._defences = defences
        self._spares: deque[_Container] = deque()
        self._open: dict[str, _Container] = {}
        self._ending: dict[str, subprocess.Popen[bytes]] = {}
        self._uids = 0
        self._swept = False
        self._versions: dict[str, str] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to start a container for the usual limits."""
        with self._lock:
            self._refill(Limits())

    def open(self, limits: Limits) -> Room:
        """See :class:`viva_grader.sandbox.port.Sandbox`."""
        with self._lock:
            container = self._take(limits)
            self._open[container.name] = container
            self._refill(limits)
            self._reap()
            self._uids += 1
            uid = _FIRST_UID + (os.getpid() * 97 + self._uids) % _UIDS
        request = {
            "limits": {
                "memory_mib": limits.memory_mib,
                "pids": limits.pids,
                "disk_mib": limits.disk_mib,
                "cpu_s": int(limits.total_s) + _CPU_MARGIN_S,
            },
            "message_bytes": limits.message_mib * 1024 * 1024,
            "uid": uid,
        }
        with contextlib.suppress(OSError):  # an ended container is seen by the first call
            container.channel.sendall(json.dumps(request).encode() + b"\n")
        meter = WrittenMeter(container.record)
        return Room(container.channel, meter, lambda: self._end(container.name))

    def close(self) -> None:
        """End every container that is left, and wait until the engine has removed it."""
        with self._lock:
            for container in [*self._spares, *self._open.values()]:
                self._ending[container.name] = container.client
                container.end()
            self._spares.clear()
            self._open.clear()
            ending = dict(self._ending)
            self._ending.clear()
        late = [name for name, client in ending.items() if not _ends(client)]
        if late:
            _remove(late)
            for name in late:
                ending[name].kill()
                ending[name].wait()

    def describe(self) -> dict[str, str]:
        """Versions of the interpreter and packages in the image.

        Raises
        ------
        SandboxUnavailableError
            If it does not start, or was built with another version of the runner: the two ends
            would not understand each other, and a candidate would pay for it.
        """
        if self._versions is None:
            runner = find_runner()
            inside = [_docker(), "run", "--rm", "--network", "none", self._image]
            packages = json.dumps(allow_list(runner))
            if _ask([*inside, PYTHON, "-s", "-c", ASK_RUNNER]).strip() != runner_digest(runner):
                raise SandboxUnavailableError(
                    f"The image {self._image} was built with another version: run make images."
                )
            said = _ask([*inside, PYTHON, "-I", "-c", ASK, packages])
            self._versions = inventory(said).versions
        return dict(self._versions)

    def describe_aside(self) -> dict[str, str]:
        """See :class:`viva_grader.sandbox.port.Sandbox`."""
        said = _ask([_docker(), "image", "inspect", "--format", "{{.Id}}", self._image])
        return {"sandbox": "docker", "image": said.strip()}

    def _take(self, limits: Limits) -> _Container:
        for container in list(self._spares):
            self._spares.remove(container)
            if container.is_ready_for(limits):
                return container
            self._ending[container.name] = container.client
            container.end()
        return self._started(limits)

    def _refill(self, limits: Limits) -> None:
        while len(self._spares) < self._most:
            self._spares.append(self._started(limits))

    def _started(self, limits: Limits) -> _Container:
        """Start a container; it gets ready by itself, and its pipe keeps what is sent before."""
        docker = _docker()
        if not self._swept:
            self._swept = True
            _sweep(docker)
        name = f"viva-sandbox-{uuid.uuid4().hex[:12]}"
        ours, theirs = socket.socketpair()
        record = os.memfd_create(name, os.MFD_CLOEXEC)
        command = [docker, "run", *options(name, _owner(), limits, self._defences), self._image]
        command += [PYTHON, "-s", "-m", "viva_runner", "one", json.dumps(self._defences.missing())]
        try:
            client = subprocess.Popen(  # noqa: S603 - our own words only
                command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=record,
                start_new_session=True,
            )  # fmt: skip
        except OSError:
            ours.close()
            os.close(record)
            raise
        finally:
            theirs.close()
        return _Container(name, limits, client, ours, record)

    def _end(self, name: str) -> None:
        with self._lock:
            container = self._open.pop(name, None)
            if container is not None:
                container.end()
                self._ending[name] = container.client
            self._reap()

    def _reap(self) -> None:
        """Forget the containers that the engine has removed."""
        for name, client in list(self._ending.items()):
            if client.poll() is not None:
                del self._ending[name]


def _fixed(limits: Limits) -> tuple[int, int, int]:
    """Give what a container cannot change once it is made."""
    return limits.memory_mib, limits.pids, limits.disk_mib


def _ends(client: subprocess.Popen[bytes]) -> bool:
    try:
        client.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _owner() -> str:
    """Name this process so that another can tell whether it still lives."""
    start = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
    return f"{_machine()}.{os.getpid()}.{start}"


def _machine() -> str:
    """Name the machine since it started, and the namespace in which process numbers mean it."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}.{Path('/proc/self/ns/pid').stat().st_ino}"


def _sweep(docker: str) -> None:
    """Remove the containers of graders of this machine that ended without doing so."""
    shown = f'{{{{.ID}}}} {{{{.Label "{LABEL}"}}}}'
    try:
        said = _ask([docker, "ps", "--all", "--filter", f"label={LABEL}", "--format", shown])
    except SandboxUnavailableError:
        return  # opening a container says why
    gone: list[str] = []
    for line in said.splitlines():
        identity, _, owner = line.partition(" ")
        machine, _, process = owner.partition(f"{_machine()}.")
        if process and not machine:
            pid, _, start = process.partition(".")
            if _start_of(pid) != start:
                gone.append(identity)
    if gone:
        _remove(gone)


def _start_of(pid: str) -> str:
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _remove(names: list[str]) -> None:
    subprocess.run(  # noqa: S603 - names of our own making
        [_docker(), "rm", "--force", *sorted(names)],
        capture_output=True, check=False, timeout=_STOP_S,
    )  # fmt: skip


def _docker() -> str:
    program = shutil.which("docker")
    if program is None:
        raise SandboxUnavailableError("docker is not installed: set VIVA_SANDBOX=bubblewrap.")
    return program


def _ask(command: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own words only
            command, capture_output=True, check=True, timeout=_ASK_S, text=True
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        message = (
            f"The Docker engine cannot run {command[-1][:40]!r}: is it started, the image built?"
        )
        raise SandboxUnavailableError(message) from error
    return done.stdout
