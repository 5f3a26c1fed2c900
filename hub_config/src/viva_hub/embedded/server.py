"""Decides what a candidate's server and its kernels see, may use and are told."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viva_hub.databases import address
from viva_hub.embedded.door import SOCKET
from viva_hub.embedded.folder import Folder
from viva_hub.embedded.limits import MIB, OPEN_FILES, Limits, per_process
from viva_hub.embedded.syscalls import seccomp_filter
from viva_hub.embedded.walls import (
    ENVIRONMENT,
    HOME,
    RUN,
    SOCKETS,
    Mount,
    Room,
    Scratch,
    inner,
    interpreter_mounts,
    system_mounts,
)

# Named, not imported: these run in the candidate's environment, which the hub does not have.
LAUNCHER = "viva_lab.sandbox.server"
KERNELS = "viva_lab.sandbox.kernels.WalledKernels"
CONTENTS = "viva_lab.sandbox.contents.HomeContents"
KERNEL_NAME = "python3"
FILTER = "filter"
KERNEL_TITLE = "Python 3 (interview)"
PYTHON = f"{ENVIRONMENT}/bin/python"
PATH = f"{ENVIRONMENT}/bin:/usr/local/bin:/usr/bin:/bin"

CONNECTIONS = f"{RUN}/connections"
DOOR = f"{RUN}/door"
# Searched before the environment's own kernelspecs, which know nothing of walls.
SHARE = f"{RUN}/share"
SETTINGS = f"{RUN}/settings"
# The server's home is not the candidate's: nothing that a kernel writes is the server's
# configuration, start-up file or template, all of which the server would run without walls.
SERVER_HOME = f"{RUN}/home"

# What one server needs beside its kernels.
SERVER_MEMORY_MIB = 512
SERVER_PIDS = 64
SERVER_CPUS = 0.5
KERNEL_OOM_SCORE = 1000
KERNEL_NICENESS = 5


@dataclass(frozen=True)
class Plan:
    """What a server is made from.

    Attributes
    ----------
    environment : Path
        The candidates' virtual environment.
    limits : Limits
        Of the kernels; the server's own needs come on top.
    scratch_mib : int
        The size of a kernel's /tmp.
    database : str or None
        The database's name, if the candidate has one.
    load_s : float
        About how long a server takes to load its programs, for who makes several.
    """

    environment: Path
    limits: Limits
    scratch_mib: int
    database: str | None = None
    load_s: float = 1.0

    @property
    def total(self) -> Limits:
        """What the server and its kernels may use together."""
        return Limits(
            memory_mib=self.limits.memory_mib + SERVER_MEMORY_MIB,
            pids=self.limits.pids + SERVER_PIDS,
            cpus=self.limits.cpus + SERVER_CPUS,
            file_mib=self.limits.file_mib,
        )


def server_room(plan: Plan, folder: Folder) -> Room:
    """Return what the server sees: its programs, the candidate's files, two sockets, no network."""
    return Room(
        mounts=(
            *_programs(plan, folder),
            Mount(str(folder.notebooks), HOME, writable=True),
            Mount(str(folder.settings), SETTINGS, writable=True),
            Mount(str(folder.kernels), f"{SHARE}/kernels"),
            Mount(str(folder.door), DOOR),
            # Empty where the candidate has no database. A room that waits does not know yet.
            Mount(str(folder.sockets), SOCKETS),
        ),
        scratch=(
            Scratch(RUN, 32),
            Scratch("/tmp", 32, "1777"),  # noqa: S108 -- inside
            Scratch("/dev/shm", 16, "1777"),  # noqa: S108 -- inside
        ),
        # Some of it is read when programs are loaded, so before the server is told anything.
        environment={"PATH": PATH, "HOME": SERVER_HOME, "LANG": "C.UTF-8", **SERVER_ENVIRONMENT},
        start_in="/",
        nests=True,
    )


def server_command(limits: Limits) -> tuple[str, ...]:
    """Return the server's command; what it needs to know comes on its standard input.

    No file becomes larger than a kernel's may, its own log among them: who asks a server for what
    is not there writes a line of it each time.
    """
    bounds = (f"--fsize={limits.file_mib * MIB}", f"--nofile={OPEN_FILES}")
    return ("prlimit", *bounds, "--", PYTHON, "-I", "-m", LAUNCHER)


def kernelspec(plan: Plan, folder: Folder) -> str:
    """Return the kernelspec as JSON: every kernel begins with its own walls."""
    # When memory ends, a kernel ends and not the server; when cores are busy, the server leads.
    command = ["choom", "-n", str(KERNEL_OOM_SCORE), "--", "nice", "-n", str(KERNEL_NICENESS)]
    command += [PYTHON, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {
        "argv": inner(
            _kernel_room(plan, folder),
            per_process(plan.limits, command),
            filter_fd="{filter}" if seccomp_filter(nests=False) else "",
        ),
        "display_name": KERNEL_TITLE,
        "language": "python",
        # A signal would end bubblewrap instead of reaching the kernel.
        "interrupt_mode": "message",
        "metadata": {"debugger": False},
    }
    return json.dumps(spec)


def write_kernelspec(plan: Plan, folder: Folder) -> None:
    """Write the kernelspec and its filter, which the server sees but cannot change."""
    (folder.kernels / KERNEL_NAME / "kernel.json").write_text(kernelspec(plan, folder))
    (folder.kernels / FILTER).write_bytes(seccomp_filter(nests=False))


def _kernel_room(plan: Plan, folder: Folder) -> Room:
    sockets = {"DATABASE_URL": address(plan.database, SOCKETS)} if plan.database else {}
    seen = (
        *_programs(plan, folder),
        Mount("", HOME, writable=True),
        *([Mount("", SOCKETS)] if plan.database else []),
    )
    return Room(
        # As the server sees them, and of the connections only this kernel's own.
        mounts=(
            *(Mount(mount.target, mount.target, mount.writable) for mount in seen),
            Mount("{connection_dir}", "{connection_dir}", writable=True),
        ),
        scratch=(
            Scratch("/tmp", plan.scratch_mib, "1777"),  # noqa: S108 -- inside
            Scratch("/dev/shm", 64, "1777"),  # noqa: S108 -- inside
        ),
        environment={
            "PATH": PATH,
            "HOME": HOME,
            "USER": "candidate",
            "LOGNAME": "candidate",
            "LANG": "C.UTF-8",
            # Start-up files of IPython and caches are not part of anybody's answer.
            "IPYTHONDIR": "/tmp/ipython",  # noqa: S108 -- inside
            "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108 -- inside
            "PLOOMBER_STATS_ENABLED": "false",
            **sockets,
        },
        start_in=HOME,
    )


def _programs(plan: Plan, folder: Folder) -> tuple[Mount, ...]:
    return (
        *system_mounts(),
        *folder.configuration_mounts(),
        *interpreter_mounts(plan.environment),
        Mount(str(plan.environment), ENVIRONMENT),
    )


def launch_message(
    environment: dict[str, str], arguments: list[str], *, listening: int, hub_port: int
) -> bytes:
    """Return what the server is told when it starts, tokens among it.

    On its standard input, because a process's first environment and its arguments stay readable in
    /proc for as long as it lives.

    Parameters
    ----------
    environment : dict
        What JupyterHub and the room want the server to know.
    arguments : list of str
        The command line of ``jupyterhub-singleuser``.
    listening : int
        The descriptor of the socket that the proxy connects to.
    hub_port : int
        Where the hub seems to be, inside.
    """
    message: dict[str, Any] = {
        "environment": environment,
        "arguments": [*arguments, *SERVER_ARGUMENTS],
        "listening": listening,
        "door": f"{DOOR}/{SOCKET}",
        "hub_port": hub_port,
    }
    return json.dumps(message).encode()


SERVER_ENVIRONMENT = {
    "JUPYTER_PATH": SHARE,
    "JUPYTER_RUNTIME_DIR": f"{RUN}/runtime",
    "JUPYTER_CONFIG_DIR": f"{SERVER_HOME}/.jupyter",
    "JUPYTER_DATA_DIR": f"{SERVER_HOME}/data",
    "JUPYTERLAB_SETTINGS_DIR": f"{SETTINGS}/user",
    "JUPYTERLAB_WORKSPACES_DIR": f"{SETTINGS}/workspaces",
    "JUPYTERHUB_ROOT_DIR": HOME,
    "VIVA_CONNECTIONS": CONNECTIONS,
    "VIVA_KERNEL_FILTER": f"{SHARE}/kernels/{FILTER}",
}
SERVER_ARGUMENTS = [
    f"--ServerApp.kernel_manager_class={KERNELS}",
    f"--ServerApp.contents_manager_class={CONTENTS}",
    f"--MultiKernelManager.default_kernel_name={KERNEL_NAME}",
    f"--KernelSpecManager.allowed_kernelspecs={KERNEL_NAME}",
    "--KernelSpecManager.ensure_native_kernel=False",
    "--ServerApp.terminals_enabled=False",
    "--LabApp.extension_manager=readonly",
    # What a page needs to go on where it was when the server is started again: which document it
    # had open, and every change to it. Out of the kernels' sight, as the settings are.
    f"--BaseFileIdManager.db_path={SETTINGS}/documents.db",
    f"--SQLiteYStore.db_path={SETTINGS}/changes.db",
    f"--YDocExtension.session_store_path={SETTINGS}/sessions.json",
]
