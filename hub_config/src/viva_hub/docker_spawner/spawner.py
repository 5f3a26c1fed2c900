"""Decides in which order a candidate's room is built on a Docker engine, and taken down."""

# docker-py and dockerspawner carry no types; the tests on a real engine check what they give.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportIncompatibleMethodOverride=false

import asyncio
from collections.abc import Awaitable
from typing import Any

from docker.errors import APIError
from dockerspawner import DockerSpawner
from jupyterhub.app import JupyterHub
from traitlets import Instance, default

from viva_hub.databases import Stage
from viva_hub.docker_spawner.database import SOCKET_FOLDER, keep_database, start_database
from viva_hub.docker_spawner.engine import Engine
from viva_hub.docker_spawner.firewall import Firewall
from viva_hub.docker_spawner.gateways import Gateways
from viva_hub.docker_spawner.limits import SERVER_UID, server_host_config
from viva_hub.docker_spawner.names import RoomNames, hub_tag
from viva_hub.docker_spawner.network import create_network, gateway_in_use
from viva_hub.docker_spawner.practice import remove, show
from viva_hub.docker_spawner.removal import GRACE_S, close_room, forget_room
from viva_hub.docker_spawner.volumes import NOTES_FOLDER, create_for_server, has_files
from viva_hub.errors import BadRoomError, HubError, RoomStartError
from viva_hub.landing import is_candidate
from viva_hub.room_options import RoomOptions
from viva_hub.settings import HubSettings
from viva_hub.turns import Turns, answers

HOME_FOLDER = "/home/candidate"
# Our own deadline comes before JupyterHub's, which leaves a late start running behind its back.
DEADLINE_SHARE = 0.9


class CandidateSpawner(DockerSpawner):
    """One candidate's network, database and server on a Docker engine."""

    settings = Instance(HubSettings, help="What the operator set.").tag(config=True)

    _engine = Engine()
    _gateways: Gateways | None = None
    # Subnets are chosen and taken one at a time.
    _choosing = asyncio.Lock()
    _turns = Turns()
    _reachable = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._showing = asyncio.Lock()

    @property
    def names(self) -> RoomNames:
        """What everything of this candidate is called."""
        return RoomNames(hub_tag(self.settings.home), self.user.name)

    @default("object_name")
    def _object_name_default(self) -> str:
        return self.names.server

    @default("network_name")
    def _default_network_name(self) -> str:
        return self.names.network

    @property
    def firewall(self) -> Firewall:
        """The rules around all candidates of this hub."""
        settings = self.settings
        return Firewall(hub_tag(settings.home), settings.network_pool, settings.hub_port)

    async def start(self) -> Any:
        """Build the room; where a part fails, take the rest down again and say why."""
        if not is_candidate(self.user.name):
            raise BadRoomError("only candidates have rooms")
        options = RoomOptions.parse(self.user_options)
        returning = await self._engine.run(has_files, self.names)
        try:
            async with asyncio.timeout(self.start_timeout * DEADLINE_SHARE):
                async with self._turns.turn():
                    return await self._build(options)
        except BaseException as error:
            await self._engine.run(
                close_room if returning else forget_room, self.names, self.settings
            )
            self._forget_gateway()
            if isinstance(error, asyncio.CancelledError):
                raise
            self.log.exception("Room of %s did not start", self.user.name)
            raise _named(error) from error

    async def _build(self, options: RoomOptions) -> Any:
        await self._engine.run(close_room, self.names, self.settings)
        async with self._choosing:
            settings = self.settings
            _, gateway = await asyncio.gather(
                asyncio.to_thread(self.firewall.ensure),
                self._engine.run(create_network, self.names, settings.network_pool, self.user.id),
            )
        self._listen(str(gateway))
        self._shape(str(gateway), options)
        await self._engine.run(create_for_server, self.names, self.settings)
        parts: list[Awaitable[Any]] = [super().start()]
        if options.fixture:
            given = (self.names, settings, options.fixture)
            parts.append(self._engine.run(start_database, *given, begun=options.begun))
        # Where one part fails the other is waited for, or it would go on making what is removed.
        made: list[Any] = await asyncio.gather(*parts, return_exceptions=True)
        for result in reversed(made):
            if isinstance(result, BaseException):
                raise result
        (ip, port), base_url = made[0], self.server.base_url if self.server else "/"
        await answers(f"http://{ip}:{port}{base_url}api", self.http_timeout / 2)
        return made[0]

    def _shape(self, gateway: str, options: RoomOptions) -> None:
        self.hub_connect_url = f"http://{gateway}:{self.settings.hub_port}"
        volumes: dict[str, Any] = {
            self.names.home_volume: HOME_FOLDER,
            self.names.notes_volume: NOTES_FOLDER,
        }
        if options.fixture:
            # Without `nocopy` the engine gives the database's folder the owner that the folder has
            # in this container's image, whenever this container comes first.
            volumes[self.names.socket_volume] = {"bind": SOCKET_FOLDER, "mode": "ro,nocopy"}
        self.volumes = volumes
        self.extra_host_config = server_host_config(self.settings)
        self.extra_create_kwargs = {
            "user": f"{SERVER_UID}:{SERVER_UID}",
            "hostname": "room",
            "labels": self.names.labels,
            "stop_timeout": GRACE_S,
        }

    def get_env(self) -> dict[str, str]:
        """Tell the server of its room, and of nothing else of this machine."""
        told = RoomOptions.parse(self.user_options).environment()
        memory_mib = str(self.settings.candidate_memory_mib)
        return {**super().get_env(), **told, "VIVA_KERNEL_MEMORY_MIB": memory_mib}

    def _listen(self, gateway: str) -> None:
        if CandidateSpawner._gateways is None:
            application = JupyterHub.instance().tornado_application
            CandidateSpawner._gateways = Gateways(application, self.settings.hub_port)
        CandidateSpawner._gateways.open(gateway)
        self._gateway = gateway
        self._reachable = True

    def _forget_gateway(self) -> None:
        if CandidateSpawner._gateways and self._reachable:
            CandidateSpawner._gateways.close(self._gateway)
        self._reachable = False

    async def poll(self) -> Any:
        """Say whether the server runs; after a restart of the hub, answer it again first.

        A database that ended is started again, with all that was committed.
        """
        status = await super().poll()
        if status is None and not self._reachable:
            await self._answer_again()
        # While a room is being made its database may stand without its data.
        if status is None and not self.pending and self.user_options.get("fixture"):
            await self._keep_database()
        return status

    async def _keep_database(self) -> None:
        try:
            if await self._engine.run(keep_database, self.names):
                self.log.warning("The database of %s had ended; it starts again", self.user.name)
        except APIError as error:
            self.log.warning("The database of %s does not start: %s", self.user.name, error)

    async def _answer_again(self) -> None:
        await asyncio.to_thread(self.firewall.ensure)
        gateway = await self._engine.run(gateway_in_use, self.names)
        try:
            if gateway:
                self._listen(str(gateway))
        except OSError as error:
            # The hub before this one may be ending still. The server runs; the next poll tries.
            self.log.warning("Not yet listening for %s: %s", self.user.name, error)

    async def stop(self, now: bool = False) -> None:
        """Take containers and network down; the candidate's files and database stay."""
        await self._engine.run(close_room, self.names, self.settings)
        self._forget_gateway()
        self.object_id = ""
        self.clear_state()

    async def show_database(self, stage: Stage) -> None:
        """Let the candidate enter this database and no other; asking twice changes nothing."""
        fixture = RoomOptions.parse(self.user_options).fixture or ""
        async with self._showing:
            await self._engine.run(show, self.names, self.settings, fixture, stage)
        if stage is Stage.INTERVIEW:
            # The candidate waits for the interview, and not for what becomes of the practice.
            self._tidying = asyncio.create_task(self._remove_practice())

    async def _remove_practice(self) -> None:
        async with self._showing:
            try:
                await self._engine.run(remove, self.names, self.settings)
            except Exception:
                # It goes with the room at the latest.
                self.log.exception("The practice of %s is not removed", self.user.name)

    async def delete_forever(self) -> None:
        """Remove everything that the candidate has on the engine."""
        await self._engine.run(forget_room, self.names, self.settings)
        self._forget_gateway()


def _named(error: BaseException) -> HubError:
    if isinstance(error, HubError):
        return error
    reason = "it took too long" if isinstance(error, TimeoutError) else f"{error}".split("\n")[0]
    return RoomStartError(f"the candidate's room did not start: {reason}")
