"""Decides which system calls a candidate's processes may not make: seccomp filters, as bytes.

Refused is what no notebook needs and what reaches around namespaces and limits, tells two rooms of
each other by files that both may read, or widens what of the host's kernel can be attacked. A
server may make namespaces, because its kernels' walls are made of them; kernels and databases may
not.
"""

import errno
import platform
import struct

KILL, REFUSE, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
# Instructions of classic BPF: load a word, jump if equal, if any bit is set, if not below; return.
LOAD, IF_EQUAL, IF_ANY, IF_NOT_BELOW, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
# Offsets in struct seccomp_data.
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
# CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
NEW_NAMESPACES = 0x7E020080
# AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK: they lead nowhere, but ordinary programs try them.
FAMILIES = (1, 2, 10, 16)
# Calls by another, older interface of the same machine are numbered from here.
X32 = 0x40000000

# Numbers are the kernel's own, per architecture.
ALWAYS = {
    "x86_64": {
        "ptrace": 101, "syslog": 103, "acct": 163, "swapon": 167, "reboot": 169,
        "init_module": 175, "delete_module": 176, "kexec_load": 246, "add_key": 248,
        "request_key": 249, "keyctl": 250, "perf_event_open": 298, "open_by_handle_at": 304,
        "process_vm_readv": 310, "process_vm_writev": 311, "finit_module": 313,
        "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425,
        "io_uring_enter": 426, "io_uring_register": 427, "pidfd_getfd": 438, "flock": 73,
        "inotify_init": 253, "inotify_init1": 294, "fanotify_init": 300,
        "name_to_handle_at": 303,
    },
    "aarch64": {
        "ptrace": 117, "syslog": 116, "acct": 89, "swapon": 224, "reboot": 142,
        "init_module": 105, "delete_module": 106, "kexec_load": 104, "add_key": 217,
        "request_key": 218, "keyctl": 219, "perf_event_open": 241, "open_by_handle_at": 265,
        "process_vm_readv": 270, "process_vm_writev": 271, "finit_module": 273,
        "kexec_file_load": 294, "bpf": 280, "userfaultfd": 282, "io_uring_setup": 425,
        "io_uring_enter": 426, "io_uring_register": 427, "pidfd_getfd": 438, "flock": 32,
        "inotify_init1": 26, "fanotify_init": 262, "name_to_handle_at": 264,
    },
}  # fmt: skip
NESTING = {
    "x86_64": {
        "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272,
        "setns": 308, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431,
        "fsmount": 432, "fspick": 433, "mount_setattr": 442,
    },
    "aarch64": {
        "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268,
        "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
        "fspick": 433, "mount_setattr": 442,
    },
}  # fmt: skip
SPECIAL = {
    "x86_64": {"architecture": 0xC000003E, "socket": 41, "clone": 56, "clone3": 435},
    "aarch64": {"architecture": 0xC00000B7, "socket": 198, "clone": 220, "clone3": 435},
}


def seccomp_filter(*, nests: bool, machine: str = "") -> bytes:
    """Return the filter that bubblewrap loads; empty on a machine whose numbers are not known.

    Parameters
    ----------
    nests : bool
        Whether the process may make namespaces.
    machine : str
        ``x86_64`` or ``aarch64``; this one's by default.
    """
    machine = machine or platform.machine()
    if machine not in SPECIAL:
        return b""
    special = SPECIAL[machine]
    code = [
        (LOAD, 0, 0, ARCHITECTURE),
        (IF_EQUAL, 1, 0, special["architecture"]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    if machine == "x86_64":
        code += [(IF_NOT_BELOW, 0, 1, X32), (RETURN, 0, 0, KILL)]
    refused = ALWAYS[machine] if nests else ALWAYS[machine] | NESTING[machine]
    for number in sorted(refused.values()):
        code += [(IF_EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE | errno.EPERM)]
    if not nests:
        code += _no_new_namespaces(special)
    code += _known_families(special)
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _no_new_namespaces(special: dict[str, int]) -> list[tuple[int, int, int, int]]:
    return [
        # A filter cannot read clone3's flags; without it the C library uses clone.
        (IF_EQUAL, 0, 1, special["clone3"]),
        (RETURN, 0, 0, REFUSE | errno.ENOSYS),
        (IF_EQUAL, 0, 4, special["clone"]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (IF_ANY, 0, 1, NEW_NAMESPACES),
        (RETURN, 0, 0, REFUSE | errno.EPERM),
        (RETURN, 0, 0, ALLOW),
    ]


def _known_families(special: dict[str, int]) -> list[tuple[int, int, int, int]]:
    checks = [(IF_EQUAL, len(FAMILIES) - index, 0, family) for index, family in enumerate(FAMILIES)]
    return [
        (IF_EQUAL, 0, len(FAMILIES) + 2, special["socket"]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        *checks,
        (RETURN, 0, 0, REFUSE | errno.EAFNOSUPPORT),
        (RETURN, 0, 0, ALLOW),
    ]
