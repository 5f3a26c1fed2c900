"""Decides which limit an exception of a submission's shows: the kernel refuses, Python raises."""

import errno

_BY_NUMBER = {
    errno.EAGAIN: "pids",  # of fork: a channel that would block does not exist in there
    errno.ENOMEM: "memory_mib",
    errno.ENOSPC: "disk_mib",
    errno.EFBIG: "disk_mib",
    errno.EDQUOT: "disk_mib",
    errno.EMFILE: "256 open files",
}
_NO_THREAD = "can't start new thread"


def limit_shown(error: BaseException) -> str:
    """Give `` (limit NAME)`` for an exception that comes of a limit; empty for any other."""
    name: str | None = None
    if isinstance(error, MemoryError):
        name = "memory_mib"
    elif isinstance(error, OSError) and isinstance(error.errno, int):
        name = _BY_NUMBER.get(error.errno)
    elif isinstance(error, RuntimeError) and _NO_THREAD in error.args:
        name = "pids"
    return f" (limit {name})" if name else ""
