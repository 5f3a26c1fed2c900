"""Decides which system calls a submission may not make: a filter built here, byte by byte."""

import ctypes
import errno
import functools
import platform
import struct

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_KILL = 0x80000000
_ERRNO = 0x00050000
_ALLOW = 0x7FFF0000

_LD_W_ABS, _JEQ, _JSET, _JGE, _RET = 0x20, 0x15, 0x45, 0x35, 0x06
_NR, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24

_NEW_NAMESPACES = 0x7E020080
"""CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET."""
_FAMILIES = (1, 2, 10)
"""AF_UNIX, AF_INET, AF_INET6: all of them lead nowhere, but programs expect to try."""

# What can reach out of the namespaces, tell two submissions of each other (locks on and watches of
# the files that both may read), hold memory that no limit counts, give away the processor so that
# a wait looks like the machine's, or widen the kernel's surface for nothing. Numbers: the kernel's
# own tables per architecture.
_REFUSED = {
    "x86_64": {
        "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
        "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272,
        "setns": 308, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431,
        "fsmount": 432, "fspick": 433, "mount_setattr": 442, "io_uring_setup": 425,
        "io_uring_enter": 426, "io_uring_register": 427, "add_key": 248, "request_key": 249,
        "keyctl": 250, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "kexec_load": 246,
        "kexec_file_load": 320, "init_module": 175, "finit_module": 313, "delete_module": 176,
        "open_by_handle_at": 304, "name_to_handle_at": 303, "memfd_create": 319,
        "memfd_secret": 447, "shmget": 29, "msgget": 68, "semget": 64, "mq_open": 240,
        "flock": 73, "mknod": 133, "mknodat": 259, "quotactl": 179, "syslog": 103, "acct": 163,
        "swapon": 167, "reboot": 169, "personality": 135, "vmsplice": 278, "pidfd_getfd": 438,
        "inotify_init": 253, "inotify_init1": 294, "fanotify_init": 300, "fanotify_mark": 301,
        "cachestat": 451, "modify_ldt": 154, "setpriority": 141, "sched_setparam": 142,
        "sched_setscheduler": 144, "sched_setaffinity": 203, "sched_setattr": 314,
        "ioprio_set": 251,
    },
    "aarch64": {
        "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
        "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268,
        "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
        "fspick": 433, "mount_setattr": 442, "io_uring_setup": 425, "io_uring_enter": 426,
        "io_uring_register": 427, "add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280,
        "perf_event_open": 241, "userfaultfd": 282, "kexec_load": 104, "kexec_file_load": 294,
        "init_module": 105, "finit_module": 273, "delete_module": 106, "open_by_handle_at": 265,
        "name_to_handle_at": 264, "memfd_create": 279, "memfd_secret": 447, "shmget": 194,
        "msgget": 186, "semget": 190, "mq_open": 180, "flock": 32, "mknodat": 33, "quotactl": 60,
        "syslog": 116, "acct": 89, "swapon": 224, "reboot": 142, "personality": 92,
        "vmsplice": 75, "pidfd_getfd": 438,
        "inotify_init1": 26, "fanotify_init": 262, "fanotify_mark": 263, "cachestat": 451,
        "setpriority": 140, "sched_setparam": 118, "sched_setscheduler": 119,
        "sched_setaffinity": 122, "sched_setattr": 274, "ioprio_set": 30,
    },
}  # fmt: skip
_SPECIAL = {
    "x86_64": {
        "arch": 0xC000003E,
        "socket": 41,
        "socketpair": 53,
        "clone": 56,
        "clone3": 435,
        "fcntl": 72,
    },
    "aarch64": {
        "arch": 0xC00000B7,
        "socket": 198,
        "socketpair": 199,
        "clone": 220,
        "clone3": 435,
        "fcntl": 25,
    },
}
_ASKS_OF_OTHERS = (5, 36, 1024, 1026)
"""fcntl's F_GETLK, F_OFD_GETLK, F_SETLEASE, F_NOTIFY: who else has this file, and when it is read.

Taking a lock stays allowed, which sqlite needs: on a read-only file nobody can find out.
"""
_X32 = 0x40000000


def program(machine: str) -> bytes:
    """Build the filter for ``x86_64`` or ``aarch64``; empty bytes for any other machine."""
    if machine not in _REFUSED:
        return b""
    special = _SPECIAL[machine]
    code = [
        (_LD_W_ABS, 0, 0, _ARCH),
        (_JEQ, 1, 0, special["arch"]),
        (_RET, 0, 0, _KILL),
        (_LD_W_ABS, 0, 0, _NR),
    ]
    if machine == "x86_64":
        code += [(_JGE, 0, 1, _X32), (_RET, 0, 0, _KILL)]
    for number in sorted(_REFUSED[machine].values()):
        code += [(_JEQ, 0, 1, number), (_RET, 0, 0, _ERRNO | errno.EPERM)]
    # libc falls back from clone3, whose flags a filter cannot read, to clone, whose it can
    code += [(_JEQ, 0, 1, special["clone3"]), (_RET, 0, 0, _ERRNO | errno.ENOSYS)]
    code += [
        (_JEQ, 0, 4, special["clone"]),
        (_LD_W_ABS, 0, 0, _ARG0),
        (_JSET, 0, 1, _NEW_NAMESPACES),
        (_RET, 0, 0, _ERRNO | errno.EPERM),
        (_RET, 0, 0, _ALLOW),
    ]
    code += [(_JEQ, 0, len(_ASKS_OF_OTHERS) + 3, special["fcntl"]), (_LD_W_ABS, 0, 0, _ARG1)]
    code += [
        (_JEQ, len(_ASKS_OF_OTHERS) - index, 0, command)
        for index, command in enumerate(_ASKS_OF_OTHERS)
    ]
    code += [(_RET, 0, 0, _ALLOW), (_RET, 0, 0, _ERRNO | errno.EPERM)]
    for call in ("socket", "socketpair"):
        code += [(_JEQ, 0, len(_FAMILIES) + 3, special[call]), (_LD_W_ABS, 0, 0, _ARG0)]
        code += [
            (_JEQ, len(_FAMILIES) - index, 0, family) for index, family in enumerate(_FAMILIES)
        ]
        code += [(_RET, 0, 0, _ERRNO | errno.EAFNOSUPPORT), (_RET, 0, 0, _ALLOW)]
    code.append((_RET, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def no_new_privileges() -> None:
    """Give up new privileges for good: no setuid program gives any.

    Raises
    ------
    OSError
        If the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")


@functools.cache
def prepare() -> bytes:
    """Build this machine's filter once, before the first fork; each has it then."""
    return program(platform.machine())


def forbid() -> None:
    """Load the filter.

    Raises
    ------
    OSError
        If this machine has no filter or refuses it: nothing may run then.
    """
    code = prepare()
    if not code:
        raise OSError(errno.ENOSYS, f"no filter of system calls for {platform.machine()}")
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_ = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(filter_), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")
