"""Decides whether a staff key is good: equal in constant time, and never used before by anybody."""

import hashlib
import os
import secrets
from pathlib import Path


class StaffKey:
    """The key of the one-time link that the terminal prints.

    The mark of a spent key is written to a file before the login goes on, so that neither a second
    visitor nor a restarted hub takes the key again. The file holds hashes, not keys.

    Parameters
    ----------
    key : str
        The key of this run; empty where staff log in otherwise.
    spent_file : Path
        Where the marks of spent keys are kept.
    """

    def __init__(self, key: str, spent_file: Path) -> None:
        self._key = key.encode()
        self._spent_file = spent_file

    def spend(self, offered: str) -> bool:
        """Use the key up.

        Parameters
        ----------
        offered : str
            What the link carried.

        Returns
        -------
        bool
            Whether this was the right key and its first use.
        """
        same = secrets.compare_digest(self._key, offered.encode(errors="surrogatepass"))
        if not self._key or not same:
            return False
        mark = hashlib.sha256(self._key).hexdigest()
        if mark in self._marks():
            return False
        self._append(mark)
        return True

    def _marks(self) -> set[str]:
        try:
            return set(self._spent_file.read_text().split())
        except FileNotFoundError:
            return set()

    def _append(self, mark: str) -> None:
        self._spent_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._spent_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{mark}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)
