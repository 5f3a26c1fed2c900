"""Decides how bubblewrap holds submissions: a warm zygote without network, a fork for each."""

import array
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path

from viva_grader.domain.errors import SandboxUnavailableError
from viva_grader.domain.question import Limits
from viva_grader.sandbox.defences import ALL, Defences
from viva_grader.sandbox.environment import ENVIRONMENT, RUNNER, WORK
from viva_grader.sandbox.groups import ControlGroup
from viva_grader.sandbox.interpreter import SYSTEM_FOLDERS, Interpreter, find_interpreter
from viva_grader.sandbox.port import Room

_START_S = 60.0
_STOP_S = 5.0
_CPU_MARGIN_S = 5
_FIRST_UID = 300_000
"""Uids of submissions when started by root: above what systems and directories hand out."""
_UIDS = 60_000


class Bubblewrap:
    """A sandbox in namespaces; started on first use, usable by any thread.

    ``defences`` is for tests, which take one away to see what it is good for.
    """

    def __init__(self, python: Path, *, defences: Defences = ALL) -> None:
        self._python = python
        self._defences = defences
        self._interpreter: Interpreter | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._group: ControlGroup | None = None
        self._opened = 0
        self._ready = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to start the zygote, without waiting for it."""
        with self._lock:
            self._ensure()

    def open(self, limits: Limits) -> Room:
        """See :class:`viva_grader.sandbox.port.Sandbox`."""
        with self._lock:
            control = self._ensure()
            self._wait(control)
            if self._group is not None:
                self._group.limit(
                    limits.memory_mib if self._defences.memory else None,
                    limits.pids if self._defences.pids else None,
                )
            ours, theirs = socket.socketpair()
            try:
                _send(control, self._request(limits), theirs)
            except OSError as error:
                self._stop()
                ours.close()
                raise SandboxUnavailableError("The sandbox ended by itself; try again.") from error
            finally:
                theirs.close()
            return Room(ours)

    def close(self) -> None:
        """End the zygote, and with its namespace every process in it."""
        with self._lock:
            self._stop()

    def describe(self) -> dict[str, str]:
        """Versions of the interpreter and packages inside."""
        with self._lock:
            return dict(self._found().versions)

    def _request(self, limits: Limits) -> bytes:
        self._opened += 1
        as_root = os.geteuid() == 0
        request = {
            "limits": {
                "memory_mib": limits.memory_mib,
                "pids": limits.pids,
                "disk_mib": limits.disk_mib,
                "cpu_s": int(limits.total_s) + _CPU_MARGIN_S,
            },
            "message_bytes": limits.message_mib * 1024 * 1024,
            "uid": _FIRST_UID + (os.getpid() * 97 + self._opened) % _UIDS if as_root else None,
            "wall_s": limits.total_s + _CPU_MARGIN_S,
            "without": self._defences.missing(),
        }
        return json.dumps(request).encode()

    def _found(self) -> Interpreter:
        if self._interpreter is None:
            self._interpreter = find_interpreter(self._python)
        return self._interpreter

    def _ensure(self) -> socket.socket:
        if self._control is not None and self._process is not None:
            if self._process.poll() is None:
                return self._control
            self._stop()
        program = shutil.which("bwrap")
        if program is None:
            message = "bubblewrap is not installed: type sudo apt-get install bubblewrap."
            raise SandboxUnavailableError(message)
        ours, theirs = socket.socketpair()
        command = [program, *arguments(self._found(), self._defences, as_root=os.geteuid() == 0)]
        python = str(self._found().executable)
        command += ["--", python, "-s", "-m", "viva_runner", "zygote", str(theirs.fileno()), WORK]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own words only
                command, env=ENVIRONMENT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", start_new_session=True,
            )  # fmt: skip
        finally:
            theirs.close()
        self._group = ControlGroup.create(self._process.pid)
        self._control, self._ready = ours, False
        return ours

    def _wait(self, control: socket.socket) -> None:
        if self._ready:
            return
        control.settimeout(_START_S)
        try:
            answer = control.recv(1)
        except TimeoutError:
            answer = b""
        if answer != b"1":
            said = self._stop()
            raise SandboxUnavailableError(_why(said))
        control.settimeout(None)
        self._ready = True

    def _stop(self) -> str:
        """End everything, and give what bubblewrap said."""
        said = ""
        if self._control is not None:
            self._control.close()  # the zygote ends by itself, and its namespace with it
        process = self._process
        if process is not None:
            try:
                said = process.communicate(timeout=_STOP_S)[1].decode(errors="replace")
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
        if self._group is not None:
            self._group.remove()
        self._process = self._control = self._group = None
        return said


def arguments(interpreter: Interpreter, defences: Defences, *, as_root: bool) -> list[str]:
    """Give bubblewrap's arguments: the interpreter, the runner, no /proc and no network.

    Without /proc there is no core_pattern to write and no launcher's environment to read. Started
    by root, the zygote keeps what it needs to make namespaces and to become each submission's uid;
    otherwise it has these rights in a user namespace, in which no further one can be made.
    """
    unshared = ["--unshare-pid", "--unshare-uts"]
    unshared += ["--unshare-ipc"] * defences.ipc + ["--unshare-net"] * defences.network
    kept = ["CAP_SYS_ADMIN"]
    if as_root:
        kept += ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL"]
    else:
        unshared += ["--unshare-user", "--disable-userns"]
        kept += ["CAP_SETPCAP"]
    command = [*unshared, "--unshare-cgroup-try", "--hostname", "sandbox", "--new-session"]
    if defences.privileges:
        command += ["--cap-drop", "ALL"]
    for capability in kept:
        command += ["--cap-add", capability]
    command += _folders(interpreter)
    if not defences.filesystem:
        command += _of_the_host()
    command += ["--perms", "0755", "--dir", RUNNER]
    command += ["--ro-bind", str(interpreter.runner), f"{RUNNER}/viva_runner"]
    command += ["--perms", "0755" if defences.folder else "1777", "--dir", WORK]
    command += ["--perms", "0755", "--dir", "/tmp", "--dev", "/dev", "--chdir", "/"]  # noqa: S108 - inside
    if not defences.folder:
        command += ["--perms", "1777", "--tmpfs", WORK, "--bind", "/tmp", "/tmp"]  # noqa: S108 - shared on purpose
    if not defences.proc:
        command += ["--proc", "/proc"]
    return [*command, *(["--remount-ro", "/"] if defences.read_only else ["--chmod", "0777", "/"])]


def _folders(interpreter: Interpreter) -> list[str]:
    """Bind the system's and the interpreter's own folders, and nothing that a person wrote."""
    command: list[str] = []
    for folder in ("/usr", "/usr/local", "/usr/share"):  # made by themselves they would be 0700
        command += ["--perms", "0755", "--dir", folder]
    for folder in SYSTEM_FOLDERS:
        command += ["--ro-bind-try", folder, folder]
    command += ["--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"]
    command += ["--symlink", "usr/bin", "/bin", "--perms", "0755", "--dir", "/etc"]
    command += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    made = set(map(Path, ("/", "/usr", "/usr/local", "/usr/share", "/etc", *SYSTEM_FOLDERS)))
    for folder in interpreter.folders:
        if any(folder.is_relative_to(seen) for seen in SYSTEM_FOLDERS):
            continue
        for parent in reversed(folder.parents):
            if parent not in made:
                made.add(parent)
                command += ["--perms", "0755", "--dir", str(parent)]
        command += ["--ro-bind", str(folder), str(folder)]
    return command


def _of_the_host() -> list[str]:
    """Bind what else the host has, for a test that took this defence away."""
    kept = {"bin", "dev", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr", "work"}
    command: list[str] = []
    for folder in sorted(Path("/").iterdir()):
        if folder.is_dir() and folder.name not in kept:
            command += ["--ro-bind", str(folder), str(folder)]
    return command


def _send(control: socket.socket, data: bytes, descriptor: socket.socket) -> None:
    passed = array.array("i", [descriptor.fileno()])
    control.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])


def _why(said: str) -> str:
    last = said.strip().splitlines()[-1:] or ["it gave no reason"]
    if "namespace" in said or "Operation not permitted" in said or "uid map" in said:
        return (
            f"bubblewrap cannot make namespaces ({last[0]}): type "
            "sudo sysctl -w kernel.unprivileged_userns_clone=1 "
            "kernel.apparmor_restrict_unprivileged_userns=0"
        )
    return f"The sandbox did not start: {last[0]}."
