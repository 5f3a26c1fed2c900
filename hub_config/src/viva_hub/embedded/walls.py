"""Decides what a bubblewrapped process sees of this machine, and by which command it is walled in.

Two layers. The outer one exists only when the hub runs as root: it gathers what the candidate may
see, also from below folders that only root can enter, into an otherwise empty file system, and
takes the candidate's uid. The inner one is the same for everybody: unprivileged, with user, pid,
ipc, uts and network namespaces of its own. A server's inner layer may hold a third one, its
kernels', which is made by the same function.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

# Where things lie inside, whoever the candidate and wherever the runtime folder is.
HOME = "/home/candidate"
ENVIRONMENT = "/opt/viva"
POSTGRES = "/opt/postgres"
RUN = "/run/viva"
SOCKETS = "/pg"

LIBRARY_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
# What programs read at start, and nothing that names this machine's people or services.
SHARED_CONFIGURATION = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")
MIB = 1024 * 1024


@dataclass(frozen=True)
class Mount:
    """A file or folder and where it appears inside; read-only unless said otherwise."""

    source: str
    target: str
    writable: bool = False


@dataclass(frozen=True)
class Scratch:
    """A folder in memory: empty at the start, gone at the end, never larger than `size_mib`."""

    target: str
    size_mib: int
    mode: str = "0700"


@dataclass(frozen=True)
class Room:
    """All that one walled-in process sees.

    Attributes
    ----------
    mounts : tuple of Mount
        In order: a later one may lie within an earlier one.
    scratch : tuple of Scratch
        Made before the mounts, which may lie within them.
    environment : mapping
        The process's whole environment; readable inside as ``/proc/1/environ``, so never a secret.
    nests : bool
        Whether the process may make namespaces itself; a kernel or database must not.
    first : bool
        Whether the process is its namespace's first one, and takes signals from outside as such.
        Otherwise bubblewrap is, and collects what the candidate's programs leave behind.
    """

    mounts: tuple[Mount, ...]
    scratch: tuple[Scratch, ...]
    environment: Mapping[str, str]
    start_in: str
    nests: bool = False
    first: bool = False


def system_mounts(root: Path = Path("/")) -> tuple[Mount, ...]:
    """Return the host's programs and libraries, and the few files in /etc that they need."""
    configuration = (root / "etc" / name for name in SHARED_CONFIGURATION)
    folders = (root / name for name in LIBRARY_LINKS if not (root / name).is_symlink())
    return tuple(
        Mount(str(path), f"/{path.relative_to(root)}")
        for path in (root / "usr", *folders, *configuration)
        if path.exists()
    )


def system_links(root: Path = Path("/")) -> dict[str, str]:
    """Return the links, such as /bin, that stand beside /usr where a system has merged them."""
    links = (root / name for name in LIBRARY_LINKS if (root / name).is_symlink())
    return {f"/{link.name}": str(link.readlink()) for link in links}


def interpreter_mounts(environment: Path) -> tuple[Mount, ...]:
    """Return what the interpreter behind a virtual environment needs, at its own paths.

    A virtual environment only points at its base interpreter, often through further links; each
    prefix on the way must be there inside, also where only root could reach it outside.

    Parameters
    ----------
    environment : Path
        The virtual environment; its ``bin/python`` must exist.
    """
    prefixes: dict[str, str] = {}
    link = environment / "bin" / "python"
    while True:
        prefix = link.parent.parent
        inside_usr = prefix == Path("/usr") or Path("/usr") in prefix.parents
        if prefix not in (environment, Path("/")) and not inside_usr:
            prefixes[str(prefix)] = str(prefix.resolve())
        if not link.is_symlink():
            break
        target = link.readlink()
        link = target if target.is_absolute() else link.parent / target
    return tuple(Mount(source, target) for target, source in prefixes.items())


def inner(
    room: Room, command: Sequence[str], *, info_fd: int | None = None, filter_fd: str = ""
) -> list[str]:
    """Return the command that runs `command` within the unprivileged layer.

    Parameters
    ----------
    room : Room
        What it sees; sources are paths as the caller of the command sees them.
    command : sequence of str
        What runs inside, by its path inside.
    info_fd : int, optional
        Where bubblewrap writes the pid of the namespace's first process, as JSON.
    filter_fd : str, optional
        Where bubblewrap reads the filter of system calls.
    """
    words = [bwrap(), "--unshare-user", "--unshare-all", "--die-with-parent", "--new-session"]
    words += ["--hostname", "candidate", "--clearenv"]
    for name, value in room.environment.items():
        words += ["--setenv", name, value]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += _view(room)
    # What bubblewrap itself made is memory without a limit: nobody writes there.
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", room.start_in]
    if info_fd is not None:
        words += ["--info-fd", str(info_fd)]
    if filter_fd:
        words += ["--seccomp", filter_fd]
    if not room.nests:
        words += ["--disable-userns"]
    if room.first:
        words += ["--as-pid-1"]
    return [*words, "--", *command]


def outer(room: Room, command: Sequence[str], *, uid: int) -> list[str]:
    """Return root's command: gather the room's mounts in an empty file system, then take `uid`.

    The host's /proc is seen only by the few programs between this layer and the inner one, which
    could mount no other if this one were hidden.
    """
    words = [bwrap(), "--bind", "/proc", "/proc", "--dev", "/dev"]
    words += _view(Room(room.mounts, (Scratch("/tmp", 1, "1777"),), {}, "/"))  # noqa: S108 -- inside
    words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--chdir", "/", "--"]
    words += ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--no-new-privs"]
    return [*words, "--", *command]


def from_inside(room: Room) -> Room:
    """Return the same room for somebody who stands in a layer that shows it already."""
    moved = tuple(Mount(mount.target, mount.target, mount.writable) for mount in room.mounts)
    return replace(room, mounts=moved)


def bwrap() -> str:
    """Return bubblewrap's path; as found by name where it is missing, so that errors name it."""
    return shutil.which("bwrap") or "bwrap"


def _view(room: Room) -> list[str]:
    made: set[str] = {"/", "/proc", "/dev"}
    words: list[str] = []

    def parents_of(target: str) -> None:
        # bubblewrap makes missing parents itself, but as root for root alone.
        for parent in reversed(Path(target).parents):
            if str(parent) not in made:
                made.add(str(parent))
                words.extend(["--perms", "0755", "--dir", str(parent)])

    for link, target in system_links().items():
        words += ["--symlink", target, link]
    for scratch in room.scratch:
        parents_of(scratch.target)
        made.add(scratch.target)
        words += ["--perms", scratch.mode, "--size", str(scratch.size_mib * MIB)]
        words += ["--tmpfs", scratch.target]
    for mount in room.mounts:
        parents_of(mount.target)
        made.add(mount.target)
        words += ["--bind" if mount.writable else "--ro-bind", mount.source, mount.target]
    return words
