"""Decides what bubblewrap walls off: everything, but the folders in which the interpreter lives."""

from pathlib import Path

from viva_grader.sandbox.defences import Defences
from viva_grader.sandbox.environment import RUNNER, WORK
from viva_grader.sandbox.interpreter import SYSTEM_FOLDERS, Interpreter


def arguments(interpreter: Interpreter, defences: Defences, *, as_root: bool) -> list[str]:
    """Give bubblewrap's arguments: the interpreter, the runner, no /proc and no network.

    Without /proc there is no core_pattern to write and no launcher's environment to read. Started
    by root, the zygote keeps what it needs to make namespaces and to become each submission's uid;
    otherwise it has these rights in a user namespace, and gives each submission one below it, for
    which it needs /proc: a submission finds that covered.
    """
    unshared = ["--unshare-pid", "--unshare-uts"]
    unshared += ["--unshare-ipc"] * defences.ipc + ["--unshare-net"] * defences.network
    kept = ["CAP_SYS_ADMIN"]
    if as_root:
        kept += ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL"]
    else:
        unshared += ["--unshare-user"]
        kept += ["CAP_SETPCAP"]
    command = [*unshared, "--unshare-cgroup-try", "--hostname", "sandbox", "--new-session"]
    if defences.privileges:
        command += ["--cap-drop", "ALL"]
    for capability in kept:
        command += ["--cap-add", capability]
    command += _folders(interpreter)
    command += _packages(interpreter) if defences.filesystem else _of_the_host()
    command += ["--perms", "0755", "--dir", RUNNER]
    command += ["--ro-bind", str(interpreter.runner), f"{RUNNER}/viva_runner"]
    command += ["--perms", "0755" if defences.folder else "1777", "--dir", WORK]
    command += ["--perms", "0755", "--dir", "/tmp", *_devices(), "--chdir", "/"]  # noqa: S108 - inside
    if not defences.folder:
        command += ["--perms", "1777", "--tmpfs", WORK, "--bind", "/tmp", "/tmp"]  # noqa: S108 - shared on purpose
    if not defences.proc or not as_root:
        command += ["--proc", "/proc"]
    # started by a person, a submission is the owner of /dev, which all rooms of a zygote have
    return [
        *command,
        *(
            ["--remount-ro", "/dev", "--remount-ro", "/"]
            if defences.read_only
            else ["--chmod", "0777", "/"]
        ),
    ]


def _devices() -> list[str]:
    """Bind the devices that programs expect; no terminals, which ``--dev`` would bring.

    For those it would also make a user namespace below the first, and the zygote could then not
    turn back to its own processes after a fork.
    """
    command = ["--perms", "0755", "--tmpfs", "/dev", "--perms", "0755", "--dir", "/dev/shm"]  # noqa: S108 - inside
    for name in ("null", "zero", "full", "random", "urandom"):
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        command += ["--symlink", f"/proc/self/fd/{number}", f"/dev/{name}"]
    return [*command, "--symlink", "/proc/self/fd", "/dev/fd"]


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


def _packages(interpreter: Interpreter) -> list[str]:
    """Cover the folders of installed packages, but for those that submissions may import."""
    command: list[str] = []
    for folder in sorted({entry.parent for entry in interpreter.packages}):
        command += ["--perms", "0755", "--tmpfs", str(folder)]
        for entry in interpreter.packages:
            if entry.parent == folder:
                command += ["--ro-bind", str(entry), str(entry)]
        command += ["--remount-ro", str(folder)]
    return command


def _of_the_host() -> list[str]:
    """Bind what else the host has, for a test that took this defence away."""
    kept = {"bin", "dev", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr", "work"}
    command: list[str] = []
    for folder in sorted(Path("/").iterdir()):
        if folder.is_dir() and folder.name not in kept:
            command += ["--ro-bind", str(folder), str(folder)]
    return command
