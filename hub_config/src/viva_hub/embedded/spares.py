"""Decides which rooms wait for a candidate: servers that have loaded all they need, each for one.

A spare room is a room like any other, with walls, limits and uids of its own, in a folder whose
name no user can have. Its server has imported its programs and waits to be told whose it is. It
becomes a candidate's by a new name for its folder, once and for all; another takes its place.
"""

import asyncio
import atexit
import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viva_hub.embedded import accounts, folder, limits, record, server
from viva_hub.embedded.ending import end_room, mark_of
from viva_hub.embedded.launch import Launched, LaunchError, Order, launch, uid_of
from viva_hub.errors import HubError
from viva_hub.turns import Turns

LOOPBACK = "127.0.0.1"
BACKLOG = 128
PREFIX = ".spare-"
# Whoever starts does so on the same cores, and a kernel and a page after it.
REFILL_AFTER_S = 5.0
# A machine on which they do not start does not try for ever.
FAILURES = 3
KIB_PER_MIB = 1024


@dataclass(frozen=True)
class Served:
    """A server within its walls, and the socket that it was given.

    Attributes
    ----------
    listening : int
        The descriptor of that socket, as the server knows it.
    """

    launched: Launched
    port: int
    listening: int


async def serve(
    plan: server.Plan, place: folder.Folder, message: Callable[[int, int], bytes] | None
) -> Served:
    """Start a room's server.

    Parameters
    ----------
    message : callable or None
        What it is told, given the port and its descriptor. None lets it wait.

    Raises
    ------
    LaunchError
        If the walls cannot be made, or the process ends at once.
    """
    mark = mark_of(place.root)
    with socket.create_server((LOOPBACK, 0), backlog=BACKLOG) as listening:
        port, descriptor = listening.getsockname()[1], listening.fileno()
        order = Order(
            room=server.server_room(plan, place),
            command=server.server_command(plan.limits),
            mark=mark,
            uid=uid_of(place.account, database=False),
            group=limits.make(f"{mark}-server", plan.total),
            log=place.log("server"),
            files=(descriptor,),
            message=message(port, descriptor) if message else None,
        )
        return Served(await launch(order), port, descriptor)


class Spares:
    """The rooms that wait; one of these for each hub.

    Parameters
    ----------
    home : Path
        The runtime folder.
    plan : server.Plan
        What servers are made from.
    size : int
        How many wait; 0 for none.
    log : logger
        Told what failed, and what the rooms weigh.
    bound : callable
        Puts what a candidate can fill of a new room's folder on disks of a fixed size.
    turns : Turns
        Who is being started: no room is made to wait while a candidate does.
    """

    def __init__(
        self,
        home: Path,
        plan: server.Plan,
        size: int,
        log: Any,
        bound: Callable[[folder.Folder], object],
        *,
        turns: Turns,
    ) -> None:
        self._home, self._plan, self._size, self._log = home, plan, size, log
        self._bound, self._turns = bound, turns
        self._waiting: dict[Path, Served] = {}
        self._task: asyncio.Task[None] | None = None
        self._failures = 0

    def fill(self) -> None:
        """Begin to make what is missing, unless that has begun; needs a running event loop.

        What a hub that was killed has left is ended first, also where no room is to wait.
        """
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._fill())

    async def take(self, root: Path) -> Served | None:
        """Make a waiting room the one that lies at `root`; None where none waits, or `root` exists.

        Parameters
        ----------
        root : Path
            The candidate's folder.
        """
        taken = None
        while self._waiting and taken is None and not os.path.lexists(root):
            spare, served = self._waiting.popitem()
            if served.launched.first.alive():
                _rename(spare, root)
                taken = served
            else:
                self._log.warning("A spare room has ended while it waited")
                await _end(spare)
        self.fill()
        return taken

    async def _fill(self) -> None:
        for left in self._all():
            if left not in self._waiting:  # of a hub that was killed
                await _end(left)
        while len(self._waiting) < self._size and self._failures < FAILURES:
            await self._turns.quiet(REFILL_AFTER_S)
            root = self._home / "candidates" / f"{PREFIX}{os.urandom(6).hex()}"
            try:
                self._waiting[root] = await self._make(root)
                self._failures = 0
            except (LaunchError, HubError, OSError, RuntimeError) as error:
                self._failures += 1
                self._log.warning("A spare room does not start: %s", error)
                await _end(root)
        if self._size:
            self._log.info(
                "%i spare rooms wait; they weigh %.0f MiB", len(self._waiting), self.weight_mib()
            )

    async def _make(self, root: Path) -> Served:
        if not self._waiting:
            atexit.register(self.close)
        folder.make_root(root)
        place = folder.Folder(root, accounts.claim(root) if os.geteuid() == 0 else None)
        await asyncio.to_thread(self._bound, place)
        place.make()
        served = await serve(self._plan, place, None)
        waiting = record.Record(server=served.launched.first, port=served.port, mark=mark_of(root))
        record.write(root, waiting)
        await asyncio.sleep(self._plan.load_s)
        return served

    def weight_mib(self) -> float:
        """Sum what the waiting rooms' processes weigh, shared pages by their share."""
        kib = 0
        for served in self._waiting.values():
            for pid in _family(served.launched.first.pid):
                with contextlib.suppress(OSError):
                    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
                    kib += next(
                        int(line.split()[1]) for line in text.splitlines() if line[:4] == "Pss:"
                    )
        return kib / KIB_PER_MIB

    def close(self) -> None:
        """End all that wait or are being made as the hub ends; after a kill the next one does."""
        atexit.unregister(self.close)
        self._waiting.clear()
        for root in self._all():
            try:
                asyncio.run(_end(root))
            except (OSError, TimeoutError) as error:
                self._log.warning("A spare room could not be ended: %s", error)

    def _all(self) -> list[Path]:
        return sorted((self._home / "candidates").glob(f"{PREFIX}*"))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(found for child in children for found in _family(int(child)))]


def _rename(spare: Path, root: Path) -> None:
    # The account first: whoever dies between the two leaves a spare room that the next hub ends.
    if os.geteuid() == 0:
        accounts.move(spare, root)
    spare.rename(root)


async def _end(root: Path) -> None:
    await end_room(root, record.read(root))
    await folder.remove(root)
    if os.geteuid() == 0:
        accounts.release(root)
