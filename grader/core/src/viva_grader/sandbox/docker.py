"""Decides how a Docker engine holds submissions: one hardened container for each."""

import json
import os
import shutil
import socket
import subprocess
import threading
import uuid

from viva_grader.domain.errors import SandboxUnavailableError
from viva_grader.domain.question import Limits
from viva_grader.sandbox.defences import ALL, Defences
from viva_grader.sandbox.environment import ENVIRONMENT, WORK
from viva_grader.sandbox.port import Room

_CPU_MARGIN_S = 5
_OF_THE_IMAGE = ("PATH", "PYTHONPATH")
_LABEL = "viva.sandbox"
_NO_NEW = ("--security-opt", "no-new-privileges")
_ASK_S = 60.0
_STOP_S = 30.0
_VERSIONS = (
    "import json, platform; from importlib import metadata as m; print(json.dumps({'python': "
    "platform.python_version()} | {n: m.version(n) for n in ('numpy', 'pandas', 'pyarrow')}))"
)


class DockerSandbox:
    """A sandbox of containers without network, capabilities or a writable root.

    The image must have a Python with ``viva_runner`` in it as its entry point's module.
    ``defences`` is for tests, which take one away to see what it is good for.
    """

    def __init__(self, image: str, *, defences: Defences = ALL) -> None:
        self._image = image
        self._defences = defences
        self._clients: dict[str, subprocess.Popen[bytes]] = {}
        self._versions: dict[str, str] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Do nothing: a container is started for its submission."""

    def open(self, limits: Limits) -> Room:
        """See :class:`viva_grader.sandbox.port.Sandbox`."""
        docker = _docker()
        name = f"viva-sandbox-{uuid.uuid4().hex[:12]}"
        ours, theirs = socket.socketpair()
        request = {
            "limits": {
                "memory_mib": limits.memory_mib,
                "pids": limits.pids,
                "disk_mib": limits.disk_mib,
                "cpu_s": int(limits.total_s) + _CPU_MARGIN_S,
            },
            "message_bytes": limits.message_mib * 1024 * 1024,
            "without": self._defences.missing(),
        }
        command = [docker, "run", *options(name, limits, self._defences), self._image]
        command += ["python", "-s", "-m", "viva_runner", "one", json.dumps(request)]
        with self._lock:
            self._sweep(docker)
            try:
                self._clients[name] = subprocess.Popen(  # noqa: S603 - our own words only
                    command, stdin=theirs.fileno(), stdout=theirs.fileno(),
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )  # fmt: skip
            finally:
                theirs.close()
        return Room(ours)

    def close(self) -> None:
        """Remove every container that is left."""
        with self._lock:
            if self._clients:
                self._sweep(_docker())

    def describe(self) -> dict[str, str]:
        """Versions of the interpreter and packages in the image, and the image's own digest."""
        if self._versions is None:
            docker = _docker()
            image = _ask([docker, "image", "inspect", "--format", "{{.Id}}", self._image])
            inside = [docker, "run", "--rm", "--network", "none", self._image]
            said = _ask([*inside, "python", "-c", _VERSIONS])
            self._versions = {**json.loads(said), "image": image.strip()}
        return dict(self._versions)

    def _sweep(self, docker: str) -> None:
        """Remove the containers of rooms before this one; a closed channel has ended most."""
        if not self._clients:
            return
        subprocess.run(  # noqa: S603 - names of our own making
            [docker, "rm", "--force", *sorted(self._clients)],
            capture_output=True, check=False, timeout=_STOP_S,
        )  # fmt: skip
        for client in self._clients.values():
            try:
                client.wait(_STOP_S)  # it ends once the engine has removed its container
            except subprocess.TimeoutExpired:
                client.kill()
                client.wait()
        self._clients.clear()


def options(name: str, limits: Limits, defences: Defences = ALL) -> list[str]:
    """Give the options of one container."""
    memory = f"{limits.memory_mib}m"
    size = f"size={limits.disk_mib}m,nr_inodes=4096," if defences.disk else ""
    inside = {name: value for name, value in ENVIRONMENT.items() if name not in _OF_THE_IMAGE}
    chosen = {
        "network": ["--network", "none"],
        "read_only": ["--read-only"],
        "privileges": ["--cap-drop", "ALL", "--user", "64001:64001", *_NO_NEW],
        "pids": ["--pids-limit", str(limits.pids)],
        "memory": ["--memory", memory, "--memory-swap", memory],
        "ipc": ["--ipc", "private"],
        "folder": ["--tmpfs", f"{WORK}:rw,nosuid,nodev,{size}mode=1777"],
    }
    instead = {
        "ipc": ["--ipc", "host"],
        "filesystem": ["--volume", "/:/host:ro"],
        "proc": ["--security-opt", "systempaths=unconfined"],
        "seccomp": ["--security-opt", "seccomp=unconfined"],
    }
    missing = defences.missing()
    command = [word for name, words in chosen.items() if name not in missing for word in words]
    command += [word for name in missing for word in instead.get(name, [])]
    return [
        *(word for name, value in inside.items() for word in ("--env", f"{name}={value}")),
        "--interactive", "--rm", "--name", name, "--label", f"{_LABEL}={os.getpid()}",
        *command, "--cpus", "1", "--log-driver", "none", "--shm-size", "8m",
        "--workdir", WORK if defences.folder else "/tmp", "--init",  # noqa: S108 - inside
    ]  # fmt: skip


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
