"""Decides which of a candidate's two PostgreSQL containers is there, and which one admits."""

# docker-py and dockerspawner carry no types; the tests on a real engine check what they give.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import io
import tarfile

from docker.errors import NotFound

from viva_hub.databases import NOBODY, PRACTICE_PORT, RULES, Stage
from viva_hub.docker_spawner.database import DATA_FOLDER, Room, create, put, put_rules, wait
from viva_hub.docker_spawner.engine import Client, unless_gone
from viva_hub.docker_spawner.names import RoomNames
from viva_hub.docker_spawner.packs import LAST_FILE, pack_whole, packed
from viva_hub.docker_spawner.volumes import create_for_practice, remove_practice
from viva_hub.errors import BadRoomError, RoomStartError
from viva_hub.settings import HubSettings


def show(
    client: Client, names: RoomNames, settings: HubSettings, fixture: str, stage: Stage
) -> None:
    """Let the candidate enter this database and no other; asking twice changes nothing.

    Raises
    ------
    BadRoomError
        If nothing was prepared to practise on.
    RoomStartError
        If it does not answer in time, or practice is asked for after it is over.
    """
    room = Room(client, names, settings, fixture)
    # Asked of the engine, which knows it after a restart of the hub too.
    begun = _has_begun(client, names)
    if stage is Stage.INTERVIEW and not begun:
        # Practice is over first: one address leads to whichever of the two is there.
        unless_gone(client.kill, names.practice)
        put_rules(room, names.database, begun=True)
        client.kill(names.database, signal="SIGHUP")
    elif stage is Stage.PRACTICE and begun:
        raise RoomStartError("the interview has begun: there is no practice any more")
    elif stage is Stage.PRACTICE and not _runs(client, names.practice):
        _start(room)


def remove(client: Client, names: RoomNames, settings: HubSettings) -> None:
    """Remove the PostgreSQL to practise on, with all that was done there; it may be gone."""
    unless_gone(client.remove_container, names.practice, force=True, v=True)
    remove_practice(client, names, settings)


def _start(room: Room) -> None:
    prepared = room.settings.practice_databases / room.fixture
    if not (prepared / LAST_FILE).exists():
        raise BadRoomError(f"nothing is prepared to practise on for {room.fixture}")
    client, names = room.client, room.names
    remove(client, names, room.settings)
    create_for_practice(client, names, room.settings)
    container = create(room, names.practice, PRACTICE_PORT, {names.practice_volume: DATA_FOLDER})
    put(client, container, DATA_FOLDER, packed(pack_whole, prepared))
    client.start(container)
    wait(room, container, PRACTICE_PORT)


def _runs(client: Client, container: str) -> bool:
    try:
        return client.inspect_container(container)["State"]["Status"] == "running"
    except NotFound:
        return False


def _has_begun(client: Client, names: RoomNames) -> bool:
    stream, _ = client.get_archive(names.database, f"{DATA_FOLDER}/{RULES}")
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
        file = tar.extractfile(RULES)
        return file is None or file.read() != NOBODY.encode()
