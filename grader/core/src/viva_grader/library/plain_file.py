"""Decides which files named on a command line are read: plain ones, of bounded size, at once."""

import os
import stat
from pathlib import Path


class UnreadableFileError(Exception):
    """A file that is not read; the message says why, in words that complete a sentence."""


def read_plain(path: Path, most_bytes: int) -> bytes:
    """Read a file whole, or not at all; never wait for somebody to write it.

    Parameters
    ----------
    most_bytes : int
        The size up to which it is read.

    Raises
    ------
    UnreadableFileError
        If it is missing, no plain file (a pipe, device or socket could keep one waiting, or never
        end), too large, or not for this user to read.
    """
    try:
        # a device is not even opened: that alone may do something
        _check(path.stat(), most_bytes)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
            _check(os.fstat(descriptor), most_bytes)
            data = file.read(most_bytes + 1)
    except FileNotFoundError as error:
        raise UnreadableFileError("there is no such file") from error
    except OSError as error:
        raise UnreadableFileError(error.strerror or str(error)) from error
    if len(data) > most_bytes:  # it grew, or is one of the kernel's, which tell no size
        raise UnreadableFileError(f"the file has more than {most_bytes >> 20} MiB")
    return data


def _check(facts: os.stat_result, most_bytes: int) -> None:
    if stat.S_ISDIR(facts.st_mode):
        raise UnreadableFileError("it is a folder")
    if not stat.S_ISREG(facts.st_mode):
        raise UnreadableFileError("it is no plain file")
    if facts.st_size > most_bytes:
        mib, limit = facts.st_size >> 20, most_bytes >> 20
        raise UnreadableFileError(f"the file has {mib} MiB, the limit is {limit} MiB")
