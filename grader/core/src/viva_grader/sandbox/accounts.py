"""Decides how the kernel's small files are read: at once, as text, since some are read often."""

import os
from pathlib import Path

_BYTES = 65536


def read(file: Path | str) -> str:
    """Give what a file of ``/proc`` or of a control group says now.

    Raises
    ------
    OSError
        If it is gone or may not be read.
    """
    number = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(number, _BYTES).decode(errors="replace")
    finally:
        os.close(number)
