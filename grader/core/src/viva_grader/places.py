"""Decides where things lie unless a setting says otherwise: the library and the runtime folder.

Set-up reads this file before anything is installed, so it needs the standard library only.
"""

import hashlib
import os
from pathlib import Path


def clone_root() -> Path:
    """Give the folder that holds ``notebooks_templates``, ``sql_fixtures`` and ``rubrics``.

    ``VIVA_LIBRARY`` names another one.
    """
    named = os.environ.get("VIVA_LIBRARY")
    return Path(named) if named else Path(__file__).resolve().parents[4]


def runtime_home() -> Path:
    """Give the folder for all that is made while Viva runs: ``VIVA_HOME``, or one for each clone.

    It lies outside the clone, because other uids must pass through it, and its path is short,
    because the path of a Unix socket ends at 107 bytes.
    """
    named = os.environ.get("VIVA_HOME")
    if named:
        return Path(named)
    name = hashlib.sha256(str(clone_root()).encode()).hexdigest()[:8]
    base = Path("/var/lib/viva") if os.geteuid() == 0 else Path.home() / ".viva"
    return base / name
