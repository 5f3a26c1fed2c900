"""Decides when the disk of a room counts as full."""

import os
from pathlib import Path

from viva_lab.wire import Space

MIB = 1024 * 1024
# A notebook is written beside itself before the old one goes, and so needs its size again.
LEAST_MIB = 2
LEAST_FILES = 4


def space_of(folder: Path) -> Space:
    """Look how much may still be written.

    Parameters
    ----------
    folder
        Any folder on the disk.
    """
    found = os.statvfs(folder)
    free_mib = found.f_bavail * found.f_frsize / MIB
    # Some file systems do not count files, and say 0 of 0.
    files_end = found.f_files > 0 and found.f_favail < LEAST_FILES
    return Space(
        size_mib=found.f_blocks * found.f_frsize // MIB,
        full=free_mib < LEAST_MIB or files_end,
    )
