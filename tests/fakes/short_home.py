"""Decides where a test's runtime folder lies: short, and open to the uids that servers drop to."""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def short_home() -> Generator[Path]:
    """Give a folder like ``$VIVA_HOME``, and remove it with all that was made in it."""
    home = Path(tempfile.mkdtemp(prefix="viva-t-", dir="/tmp"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
