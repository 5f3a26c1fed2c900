"""Decides which uids a candidate's server and database run as when the hub is root.

A uid is claimed for the whole machine, not for one hub: whoever ends all processes of a uid must be
sure that nobody else uses it. A claim is a symbolic link named by the uid, whose target is the
candidate's folder; making one is atomic, and it outlives the hub.
"""

import fcntl
import os
import pwd
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from viva_hub.embedded.processes import of_uid

REGISTRY = Path("/var/lib/viva/uids")
# systemd's table of uids calls 1879048192 to 2147483647 unused; sub-uids, containers and dynamic
# users lie below. https://systemd.io/UIDS-GIDS/
FIRST_UID = 1_900_000_000
# Inside a container whose own uids are a short range, high ones do not exist.
FIRST_UID_IN_A_SHORT_RANGE = 40_000
PAIRS = 4096


@dataclass(frozen=True)
class Account:
    """Two uids (each with a group of the same number) that only one candidate has."""

    server_uid: int
    database_uid: int

    @property
    def uids(self) -> tuple[int, int]:
        """Both, for whoever ends or looks for all that they own."""
        return self.server_uid, self.database_uid


def claim(folder: Path, registry: Path = REGISTRY) -> Account:
    """Return the candidate's account, the same one as before if they have one.

    Parameters
    ----------
    folder : Path
        The candidate's folder, which exists; once it does not, its account may be another's.
    registry : Path
        Where the claims of this machine are kept.

    Raises
    ------
    RuntimeError
        If no pair of uids is free.
    """
    with _locked(registry):
        first = first_uid()
        claims = _claims(registry)
        for name, owner in claims.items():
            if owner == str(folder):
                return _account(int(name))
        for uid in range(first, first + 2 * PAIRS, 2):
            owner = claims.get(str(uid))
            if owner is not None and os.path.lexists(owner):
                continue
            if any(_known(number) or of_uid(number) for number in (uid, uid + 1)):
                continue
            (registry / str(uid)).unlink(missing_ok=True)
            (registry / str(uid)).symlink_to(folder)
            return _account(uid)
    raise RuntimeError(f"no uid is free: {PAIRS} candidates have one")


def of(folder: Path, registry: Path = REGISTRY) -> Account | None:
    """Return the account that a candidate has already, or None."""
    with _locked(registry):
        claims = _claims(registry)
    return next((_account(int(uid)) for uid, owner in claims.items() if owner == str(folder)), None)


def release(folder: Path, registry: Path = REGISTRY) -> None:
    """Give a candidate's account back; nothing may be left that it owns."""
    with _locked(registry):
        for uid, owner in _claims(registry).items():
            if owner == str(folder):
                (registry / uid).unlink()


def move(folder: Path, to: Path, registry: Path = REGISTRY) -> None:
    """Let a candidate's account be that of another folder, which takes the first one's place."""
    with _locked(registry):
        for uid, owner in _claims(registry).items():
            if owner == str(folder):
                draft = registry / f".{uid}"
                draft.unlink(missing_ok=True)
                draft.symlink_to(to)
                draft.replace(registry / uid)


def first_uid(uid_map: str | None = None) -> int:
    """Return the lowest uid to claim, out of those that exist here.

    Parameters
    ----------
    uid_map : str, optional
        The content of ``/proc/self/uid_map``, which is read by default.
    """
    text = Path("/proc/self/uid_map").read_text() if uid_map is None else uid_map
    for line in text.splitlines():
        inside, _, count = map(int, line.split())
        if inside <= FIRST_UID and inside + count >= FIRST_UID + 2 * PAIRS:
            return FIRST_UID
    return FIRST_UID_IN_A_SHORT_RANGE


def _account(uid: int) -> Account:
    return Account(server_uid=uid, database_uid=uid + 1)


def _claims(registry: Path) -> dict[str, str]:
    return {link.name: str(link.readlink()) for link in registry.iterdir() if link.name.isdigit()}


def _known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


@contextmanager
def _locked(registry: Path) -> Generator[None]:
    registry.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (registry / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
