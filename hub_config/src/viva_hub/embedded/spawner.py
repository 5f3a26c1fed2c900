"""Decides what happens to a candidate's server and database at start, poll, stop and the end."""

# JupyterHub has no annotations; what leaves this module is typed by hand.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyterhub import orm
from jupyterhub.spawner import Spawner, SpawnException
from traitlets import Float, Integer, Unicode

from viva_hub import disks
from viva_hub.databases import Stage, address
from viva_hub.embedded import accounts, folder, record, server
from viva_hub.embedded.databases import Databases, Source
from viva_hub.embedded.door import Door
from viva_hub.embedded.ending import end_room
from viva_hub.embedded.launch import LaunchError
from viva_hub.embedded.limits import Limits
from viva_hub.embedded.spares import LOOPBACK, PREFIX, Served, Spares, serve
from viva_hub.embedded.walls import SOCKETS
from viva_hub.errors import HubError
from viva_hub.turns import Turns, answers

FILE_MIB = 256
DATABASE_FILE_MIB = 1024
DATABASE_CPUS = 1.0


class EmbeddedSpawner(Spawner):
    """A room of namespaces for each candidate: a server, its kernels and a database.

    The server has no network: the hub hands it a socket that listens, and it reaches the hub
    through one Unix socket. Its kernels are walled in once more. See
    :mod:`viva_hub.embedded.server` and :mod:`viva_hub.embedded.walls`.
    """

    home = Unicode(help="The runtime folder.").tag(config=True)
    environment_folder = Unicode(help="The candidates' virtual environment.").tag(config=True)
    prepared_databases = Unicode(help="Prepared data folders, by fixture.").tag(config=True)
    practice_databases = Unicode(help="The same, to practise on.").tag(config=True)
    memory_mib = Integer(1024, help="Memory of a candidate's kernels.").tag(config=True)
    cpus = Float(1.0, help="Cores' worth of time for a candidate's kernels.").tag(config=True)
    pids = Integer(256, help="Processes and threads of a candidate's kernels.").tag(config=True)
    scratch_mib = Integer(256, help="Size of a kernel's /tmp.").tag(config=True)
    room_disks = Unicode("auto", help="Whether rooms' disks have a fixed size.").tag(config=True)
    home_disk_mib = Integer(512, help="Size of a candidate's home.").tag(config=True)
    database_disk_mib = Integer(1024, help="Size of a candidate's database.").tag(config=True)
    database_memory_mib = Integer(256, help="Memory of a candidate's database.").tag(config=True)
    database_pids = Integer(64, help="Processes of a candidate's database.").tag(config=True)

    orphans_ended = False
    turns = Turns()
    spares: Spares | None = None
    _room_record: record.Record | None = None
    _door: Door | None = None
    _children: list[subprocess.Popen[bytes]]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._children = []
        # One thing at a time: a database must not be started again in a room that is being ended.
        self._busy = asyncio.Lock()

    # -- what the hub asks for --------------------------------------------------------------------

    async def start(self) -> tuple[str, int]:
        """Make the room, start the database, then the server.

        Raises
        ------
        SpawnException
            With a reason that may be shown to a candidate.
        """
        async with self._busy:
            await self._end_orphans()
            async with self.turns.turn():
                return await self._start_or_clear()

    async def _start_or_clear(self) -> tuple[str, int]:
        await self._clear()
        try:
            return await self._start()
        except (LaunchError, HubError, OSError, TimeoutError, RuntimeError) as error:
            await self._clear()
            raise SpawnException(
                "Your workspace could not be started. Please try again, or tell your interviewer.",
                reason="workspace",
                log_message=f"embedded room: {error}",
                status_code=503,
            ) from error
        except BaseException:
            await self._clear()
            raise

    async def poll(self) -> int | None:
        """Return None while the server runs; otherwise end what is left of the room first."""
        if self._busy.locked():
            return None
        async with self._busy:
            return await self._check()

    async def _check(self) -> int | None:
        running = self._record()
        # Ended children are waited for here, or they would stay as zombies.
        self._children = [child for child in self._children if child.poll() is None]
        if running.server is None or not running.server.alive():
            await self._clear()
            return 0
        await self._open_door()
        try:
            if ended := await self._databases().keep():
                self.log.warning("The %s of %s had ended and was begun anew", ended, self.user.name)
        except (LaunchError, HubError, OSError) as error:
            self.log.warning("A database of %s does not start: %s", self.user.name, error)
        return None

    async def stop(self, now: bool = False) -> None:
        """End the server and the database, which keeps all that was committed; files stay."""
        async with self._busy:
            await self._clear()

    async def show_database(self, stage: Stage) -> None:
        """Do as :meth:`Databases.show` does, and nothing else meanwhile."""
        async with self._busy:
            await self._databases().show(stage)

    async def delete_forever(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] -- the hub awaits it
        """End what runs and remove files, database and account."""
        root = self._root
        if not os.path.lexists(root):
            return
        async with self._busy:
            await self._clear()
            await folder.remove(root)
            if os.geteuid() == 0:
                accounts.release(root)

    def get_state(self) -> dict[str, Any]:
        """Return what the next hub needs to take the room over."""
        return {**super().get_state(), "room": self._record().as_json()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take a room over; the record in its folder is newer than the hub's own."""
        super().load_state(state)
        self.ip, self.port = LOOPBACK, self._record().port

    def clear_state(self) -> None:
        """Forget the room, which has ended or is about to begin."""
        super().clear_state()
        self._room_record = None

    async def get_url(self) -> str:
        """Return where the server is, also if the hub ended before it wrote that down."""
        base_url = self.server.base_url if self.server else "/"
        return f"http://{LOOPBACK}:{self._record().port}{base_url}"

    # -- the room ---------------------------------------------------------------------------------

    @property
    def _root(self) -> Path:
        return folder.named(Path(self.home), self.user.name)

    def _folder(self) -> folder.Folder:
        folder.make_root(self._root)
        account = accounts.claim(self._root) if os.geteuid() == 0 else None
        return folder.Folder(self._root, account)

    def _record(self) -> record.Record:
        if self._room_record is None:
            self._room_record = record.read(self._root)
        return self._room_record

    def _note(self, **changes: Any) -> None:
        running = self._record()
        for name, value in changes.items():
            setattr(running, name, value)
        record.write(self._root, running)

    async def _start(self) -> tuple[str, int]:
        fixture = self._source().known(self.user_options.get("fixture"))
        spare = await self.spares.take(self._root) if self.spares else None
        self._room_record = None  # a spare room brings its own
        place = self._folder()
        await asyncio.to_thread(
            disks.ensure,
            place.disks(self.home_disk_mib, self.database_disk_mib),
            policy=self.room_disks,
        )
        place.make()
        starting = [self._start_server(place, fixture, spare)]
        if fixture:
            begun = self.user_options.get("begun") is True
            starting.append(self._databases().start(fixture, begun=begun))
        # Both are awaited, also if one fails: what is on its way up can then be ended.
        for outcome in await asyncio.gather(*starting, return_exceptions=True):
            if outcome is not None:
                raise outcome
        self.log.info("The room of %s listens at port %i", self.user.name, self.port)
        await answers(f"{await self.get_url()}api", self.http_timeout / 2)
        return LOOPBACK, self.port

    def _source(self) -> Source:
        size = (self.database_memory_mib, self.database_pids, DATABASE_CPUS, DATABASE_FILE_MIB)
        return Source(
            home=Path(self.home),
            prepared=Path(self.prepared_databases),
            practice=Path(self.practice_databases),
            limits=Limits(*size),
            disk_policy=self.room_disks,
        )

    def _databases(self) -> Databases:
        return Databases(self._source(), self._root, self._record(), self._children)

    async def _start_server(
        self, place: folder.Folder, fixture: str | None, spare: Served | None
    ) -> None:
        plan = server.Plan(
            environment=Path(self.environment_folder),
            limits=Limits(self.memory_mib, self.pids, self.cpus, FILE_MIB),
            scratch_mib=self.scratch_mib,
            database=fixture,
        )
        server.write_kernelspec(plan, place)
        await self._open_door()
        if spare:
            served = spare
            served.launched.tell(self._message(served.port, served.listening, fixture))
        else:
            served = await serve(plan, place, lambda port, fd: self._message(port, fd, fixture))
        self._children.append(served.launched.child)
        self._note(server=served.launched.first, port=self.port)

    def _message(self, port: int, listening: int, fixture: str | None) -> bytes:
        options: dict[str, Any] = self.user_options
        # Before the environment is asked for: it names the address.
        self.ip, self.port = LOOPBACK, port
        environment = self.get_env()
        told = {
            name: str(value)
            for name, value in environment.items()
            if name.startswith("JUPYTERHUB_") or name in self.environment
        }
        told |= {
            "VIVA_SESSION_TOKEN": str(options.get("session_token") or ""),
            "VIVA_CONSOLE_PATH": str(options.get("console_path") or "/services/console"),
            "VIVA_HAS_DATABASE": "1" if fixture else "0",
            "VIVA_KERNEL_MEMORY_MIB": str(self.memory_mib),
        }
        if fixture:
            # For the panel's picture of the database; kernels are told by their kernelspec.
            told["DATABASE_URL"] = address(fixture, SOCKETS)
        return server.launch_message(
            told, list(self.get_args()), listening=listening, hub_port=self._hub()[1]
        )

    def _hub(self) -> tuple[str, int]:
        """Return where the hub's API is."""
        url = urlsplit(self.hub_connect_url or self.hub.api_url)
        return url.hostname or LOOPBACK, url.port or 80

    async def _open_door(self) -> None:
        if self._door is None:
            self._door = Door(self._root / "door", *self._hub())
            await self._door.open()

    async def _end_orphans(self) -> None:
        """End rooms that this hub knows nothing of, as after the loss of its database.

        Their files stay: whose they are, a person may still want to find out.
        """
        if EmbeddedSpawner.orphans_ended:
            return
        EmbeddedSpawner.orphans_ended = True
        running = self.db.query(orm.Spawner).filter(orm.Spawner.server_id.is_not(None))
        known = {spawner.user.name for spawner in running}
        for root in record.rooms(Path(self.home)):
            if root.name not in known and not root.name.startswith(PREFIX):
                self.log.warning("Ending the room of %s, whom the hub does not know", root.name)
                await end_room(root, record.read(root))

    async def _clear(self) -> None:
        """End the room, so that it can be made anew."""
        if self._door is not None:
            self._door.close()
            self._door = None
        await end_room(self._root, self._record())
        for child in self._children:
            await asyncio.to_thread(child.wait)
        self._children = []
        self._room_record = None
        await asyncio.to_thread(disks.unmount_below, self._root)
