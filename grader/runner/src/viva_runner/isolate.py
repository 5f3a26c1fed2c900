"""Decides what a submission's process has left once it is alone: no capability, no way out."""

import ctypes
import os
import resource
from dataclasses import dataclass
from pathlib import Path

from viva_runner import seccomp

_NEWNS, _NEWUTS, _NEWIPC, _NEWPID, _NEWNET = (
    0x00020000, 0x04000000, 0x08000000, 0x20000000, 0x40000000,
)  # fmt: skip
_NEWUSER = 0x10000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
_MS_BIND = 0x1000
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT = 4, 24, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63
_MIB = 1024 * 1024
_ADDRESS_SPACE_SLACK_MIB = 3072
"""Address space that libraries reserve without using it; RLIMIT_DATA is the one that bites."""
_OPEN_FILES = 256
_INODES = 4096
_SIGNALS = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use, all of its processes where the kernel can count them."""

    memory_mib: int
    pids: int
    disk_mib: int
    cpu_s: int


_NAMESPACES = {"network": _NEWNET, "ipc": _NEWIPC}


def fork(without: frozenset[str] = frozenset()) -> int:
    """Fork into a PID namespace of the child's own, in which it is the first process.

    The zygote turns back to its own namespace at once: the next child must not enter this one's.

    Returns
    -------
    int
        The child's number in the zygote's namespace; 0 in the child.

    Raises
    ------
    OSError
        If the kernel refuses: nothing may run then.
    """
    if "processes" in without:
        return os.fork()
    libc, child = _libc(), -1
    own = os.pidfd_open(os.getpid())
    try:
        _check(libc.unshare(_NEWPID), "unshare of processes")
        try:
            child = os.fork()
        finally:
            if child and libc.setns(own, _NEWPID):
                os._exit(1)  # rather no sandbox than a child born among another's processes
    finally:
        os.close(own)
    return child


def unshare(without: frozenset[str] = frozenset()) -> None:
    """Leave the zygote's other namespaces.

    Parameters
    ----------
    without : frozenset of str
        Defences that a test took away.

    Raises
    ------
    OSError
        If the kernel refuses: nothing may run then.
    """
    flags = _NEWNS | _NEWUTS
    for name, flag in _NAMESPACES.items():
        flags |= 0 if name in without else flag
    _check(_libc().unshare(flags), "unshare")


def own_user() -> None:
    """Enter a user namespace that knows this uid alone, and in which no further one can be made.

    The kernel then counts this submission's processes by themselves. For a sandbox that was not
    started by root: root gives each submission a uid of its own instead.

    Raises
    ------
    OSError
        If the kernel refuses: nothing may run then.
    """
    uid, gid = os.getuid(), os.getgid()
    _check(_libc().unshare(_NEWUSER), "unshare of the user")
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{uid} {uid} 1")
    (own / "gid_map").write_text(f"{gid} {gid} 1")
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def own_folder(
    folder: Path, limits: Limits, uid: int | None, without: frozenset[str] = frozenset()
) -> None:
    """Cover the working folder, /tmp and /dev/shm with memory of the submission's own."""
    libc = _libc()
    _check(libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "private mounts")
    owner = f",uid={uid},gid={uid}" if uid is not None else ""
    sizes = "" if "disk" in without else f"size={limits.disk_mib}m,nr_inodes={_INODES},"
    options = f"{sizes}mode=0700{owner}".encode()
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    _check(libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", flags, options), "tmpfs")
    if "proc" not in without and Path("/proc").is_dir():  # it is there for own_user alone
        nothing = b"size=4k,nr_inodes=1,mode=0555"
        empty = libc.mount(b"none", b"/proc", b"tmpfs", flags | _MS_RDONLY, nothing)
        _check(empty, "cover /proc")
    for target in (Path("/tmp"), Path("/dev/shm")):  # noqa: S108 - mount points, covered here
        if target.is_dir():
            _check(
                libc.mount(os.fsencode(folder), os.fsencode(target), None, _MS_BIND, None), "bind"
            )


def drop(uid: int | None) -> None:
    """Become ``uid`` where started by root, and lose every capability for good."""
    libc = _libc()
    for capability in range(_LAST_CAPABILITY + 1):
        if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
            break  # past the kernel's last one
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _check(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def limit(limits: Limits, without: frozenset[str] = frozenset()) -> None:
    """Set the limits that a process cannot raise again, then the filter of system calls."""
    memory = limits.memory_mib * _MIB
    address_space = memory + _ADDRESS_SPACE_SLACK_MIB * _MIB
    for defence, name, most in (
        ("memory", resource.RLIMIT_CORE, 0),
        ("memory", resource.RLIMIT_DATA, memory),
        ("memory", resource.RLIMIT_AS, address_space),
        ("pids", resource.RLIMIT_NPROC, limits.pids),
        ("files", resource.RLIMIT_NOFILE, _OPEN_FILES),
        ("disk", resource.RLIMIT_FSIZE, limits.disk_mib * _MIB),
        ("memory", resource.RLIMIT_MEMLOCK, 0),
        ("memory", resource.RLIMIT_MSGQUEUE, 0),
        ("memory", resource.RLIMIT_SIGPENDING, _SIGNALS),
        ("cpu", resource.RLIMIT_CPU, limits.cpu_s),
    ):
        if defence in without:
            continue
        hard = resource.getrlimit(name)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(name, (most, most))
    if "privileges" not in without:
        seccomp.no_new_privileges()
    if "seccomp" not in without:
        seccomp.forbid()


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
