"""Decides where a candidate's files and database are kept, and how they are found again."""

# docker-py and dockerspawner carry no types; the tests on a real engine check what they give.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from pathlib import Path
from typing import Any

from viva_hub.databases import PRACTICE_DISK_MIB
from viva_hub.disks import NOTES_DISK_MIB, WAL_DISK_MIB, Disk, ensure, unmount_below
from viva_hub.docker_spawner.engine import Client, unless_gone
from viva_hub.docker_spawner.limits import POSTGRES_UID, SERVER_UID
from viva_hub.docker_spawner.names import RoomNames
from viva_hub.settings import HubSettings

# As the image names it, whose environment leads JupyterLab there.
NOTES_FOLDER = "/notes"


def disks_folder(names: RoomNames, settings: HubSettings) -> Path:
    """Return where a candidate's disks are kept; only the hub and the engine enter it."""
    return settings.home / "disks" / names.server


def create_for_server(client: Client, names: RoomNames, settings: HubSettings) -> None:
    """Make the volumes of the candidate's server, unless they are there: files, and its own notes.

    Raises
    ------
    DiskError
        If its disk exists and cannot be reached, or must be made and cannot.
    """
    folder = disks_folder(names, settings)
    disk = Disk(folder / "home.disk", folder / "home", settings.home_disk_mib, SERVER_UID)
    _create_bounded(client, names.home_volume, names, settings, disk)
    notes = Disk(folder / "notes.disk", folder / "notes", NOTES_DISK_MIB, SERVER_UID)
    _create_bounded(client, names.notes_volume, names, settings, notes)


def create_for_database(client: Client, names: RoomNames, settings: HubSettings) -> None:
    """Make the volumes of the candidate's database, unless they are there.

    Raises
    ------
    DiskError
        As for the home.
    """
    folder = disks_folder(names, settings)
    disk = Disk(folder / "data.disk", folder / "data", settings.database_disk_mib, POSTGRES_UID)
    _create_bounded(client, names.data_volume, names, settings, disk)
    log = Disk(folder / "wal.disk", folder / "wal", WAL_DISK_MIB, POSTGRES_UID)
    _create_bounded(client, names.wal_volume, names, settings, log)
    # The socket needs no disk, and nothing that a candidate leaves beside it outlives the room.
    memory = {"type": "tmpfs", "device": "tmpfs", "o": f"size=1m,mode=0755,uid={POSTGRES_UID}"}
    client.create_volume(names.socket_volume, driver_opts=memory, labels=names.labels)


def create_for_practice(client: Client, names: RoomNames, settings: HubSettings) -> None:
    """Make the volume of the database to practise on: to fill it does the interview's no harm.

    Raises
    ------
    DiskError
        As for the home.
    """
    _create_bounded(client, names.practice_volume, names, settings, _practice_disk(names, settings))


def remove_practice(client: Client, names: RoomNames, settings: HubSettings) -> None:
    """Remove that volume, and the disk behind it; nothing happens if there is none."""
    unless_gone(client.remove_volume, names.practice_volume, force=True)
    disk = _practice_disk(names, settings)
    unmount_below(disk.place)
    disk.image.unlink(missing_ok=True)


def _practice_disk(names: RoomNames, settings: HubSettings) -> Disk:
    folder = disks_folder(names, settings)
    place = folder / "practice"
    return Disk(folder / "practice.disk", place, PRACTICE_DISK_MIB, POSTGRES_UID)


def volumes_of(client: Client, names: RoomNames) -> list[dict[str, Any]]:
    """Give the volumes that a candidate has on the engine."""
    return client.volumes(filters={"label": names.label_filters})["Volumes"] or []


def has_files(client: Client, names: RoomNames) -> bool:
    """Whether something of the candidate's work is kept on the engine."""
    return bool(volumes_of(client, names))


def _create_bounded(
    client: Client, volume: str, names: RoomNames, settings: HubSettings, disk: Disk
) -> None:
    """Make a volume out of a disk of a fixed size; a plain one where there can be none."""
    there = any(found["Name"] == volume for found in volumes_of(client, names))
    if there and not disk.image.exists():  # of a room that is older than its settings
        return
    disk.image.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    bounded = ensure((disk,), policy=settings.room_disks) or disk.image.exists()
    # The hub mounts the disk and the engine binds it. An engine that did not see the mount would
    # bind the folder below it, which is root's alone: such a room can fill nothing.
    bound = {"type": "none", "o": "bind", "device": str(disk.place)}
    client.create_volume(volume, labels=names.labels, driver_opts=bound if bounded else None)
