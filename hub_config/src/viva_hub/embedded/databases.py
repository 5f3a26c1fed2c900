"""Decides which databases of a room run: the interview's always, the practice's while asked for."""

import asyncio
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from viva_hub import disks
from viva_hub.databases import PRACTICE_PORT, Stage, socket_name
from viva_hub.embedded import accounts, folder, limits, postgres, record
from viva_hub.embedded.ending import mark_of
from viva_hub.embedded.launch import Launched, LaunchError
from viva_hub.embedded.processes import Process
from viva_hub.errors import RoomStartError

END_TIMEOUT_S = 5.0
PAUSE_S = 0.005


@dataclass(frozen=True)
class Source:
    """What the databases of all rooms are made from.

    Attributes
    ----------
    home : Path
        The runtime folder.
    prepared, practice : Path
        Prepared data folders, by fixture: the interviews', and those to practise on.
    limits : Limits
        Of each instance.
    disk_policy : str
        As :func:`viva_hub.disks.ensure` takes it.
    """

    home: Path
    prepared: Path
    practice: Path
    limits: limits.Limits
    disk_policy: str

    def known(self, fixture: object) -> str | None:
        """Return a fixture's slug, if a database is prepared for it; None where none is wanted.

        Raises
        ------
        RuntimeError
            If none is prepared.
        """
        if not fixture:
            return None
        known = isinstance(fixture, str) and folder.SLUG.fullmatch(fixture)
        if not known or not (self.prepared / str(fixture)).is_dir():
            raise RuntimeError(f"no database is prepared for {fixture!r}; run `make setup`")
        return str(fixture)

    def plan(self, fixture: str, *, practice: bool = False) -> postgres.Plan:
        """Return what one instance is made from."""
        return postgres.Plan(
            binaries=self.home / "postgres",
            prepared=self.practice if practice else self.prepared,
            fixture=fixture,
            limits=self.limits,
            practice=practice,
        )


@dataclass(frozen=True)
class Databases:
    """The databases of one room; who asks sees to it that only one thing is done at a time.

    Attributes
    ----------
    root : Path
        The candidate's folder.
    running : Record
        What runs in the room; written down as it changes.
    children : list
        Takes what is started, for somebody has to wait for it.
    """

    source: Source
    root: Path
    running: record.Record
    children: list[subprocess.Popen[bytes]]

    async def start(self, fixture: str, *, begun: bool) -> None:
        """Start the interview's database; it admits its candidate if the interview has begun.

        Raises
        ------
        LaunchError
            If it does not start.
        OSError
            If its data cannot be copied.
        """
        plan = self.source.plan(fixture)
        place = self._place()
        postgres.write_rules(plan, place, begun=begun)
        launched = await postgres.start(plan, place, mark_of(self.root))
        self._started(launched, database=launched.first, fixture=fixture, begun=begun)

    async def keep(self) -> str:
        """Start again what a candidate's query, or the machine, has ended; say what that was.

        Raises
        ------
        LaunchError, OSError, DiskError
            If it does not start.
        """
        running, ended = self.running, ""
        if not running.fixture:
            return ended
        if not (running.database and running.database.alive()):
            await self.start(running.fixture, begun=running.begun)
            ended = "database"
        if running.practice and not running.practice.alive():
            await self._practise(running.fixture)
            ended = "practice"
        return ended

    async def show(self, stage: Stage) -> None:
        """Let the candidate enter this database and no other; asking twice changes nothing.

        Raises
        ------
        RoomStartError
            If the room has none, or practice is asked for after it is over.
        LaunchError, OSError, DiskError
            If it is not there now.
        """
        running = self.running
        if running.fixture is None or running.database is None:
            raise RoomStartError("the room has no database now")
        if stage is Stage.INTERVIEW and not running.begun:
            await self._begin(running.fixture, running.database, running.practice)
        elif stage is Stage.PRACTICE and running.begun:
            raise RoomStartError("the interview has begun: there is no practice any more")
        elif stage is Stage.PRACTICE and not (running.practice and running.practice.alive()):
            await self._practise(running.fixture)

    async def _practise(self, fixture: str) -> None:
        """Start a database to practise on, as if nobody ever had."""
        place = self._place()
        await _remove_practice(place)
        disk = (place.practice_disk(),)
        await asyncio.to_thread(disks.ensure, disk, policy=self.source.disk_policy)
        place.make_practice()
        plan = self.source.plan(fixture, practice=True)
        launched = await postgres.start(plan, place, mark_of(self.root))
        self._started(launched, practice=launched.first)

    async def _begin(self, fixture: str, real: Process, practice: Process | None) -> None:
        """End practice, with all that was done to its database, and admit to the interview's.

        In this order: nobody who connects from now on must come to the one that is going.
        """
        place = self._place()
        if practice is not None:
            await _end(practice)
            (place.sockets / socket_name(PRACTICE_PORT)).unlink(missing_ok=True)
        postgres.write_rules(self.source.plan(fixture), place, begun=True)
        await postgres.read_rules(real, place, fixture)
        self._note(begun=True, practice=None)
        if practice is not None:
            await limits.group(f"{mark_of(self.root)}-practice").remove()
            await _remove_practice(place)

    def _place(self) -> folder.Folder:
        return folder.Folder(self.root, accounts.claim(self.root) if os.geteuid() == 0 else None)

    def _started(self, launched: Launched, **changes: object) -> None:
        self.children.append(launched.child)
        self._note(**changes)

    def _note(self, **changes: object) -> None:
        for name, value in changes.items():
            setattr(self.running, name, value)
        record.write(self.root, self.running)


async def _remove_practice(place: folder.Folder) -> None:
    await folder.remove(place.practice.root)
    place.practice_disk().image.unlink(missing_ok=True)


async def _end(postmaster: Process) -> None:
    # Nothing of it is kept, so it is not asked first.
    deadline = time.monotonic() + END_TIMEOUT_S
    while postmaster.alive():
        postmaster.send(signal.SIGKILL)
        if time.monotonic() > deadline:
            raise LaunchError("the database to practise on does not end")
        await asyncio.sleep(PAUSE_S)
