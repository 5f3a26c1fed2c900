"""Decides where a candidate's files and database are kept, and how they are found again."""

# docker-py and dockerspawner carry no types; the tests on a real engine check what they give.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from typing import Any

from viva_hub.docker_spawner.engine import Client
from viva_hub.docker_spawner.limits import POSTGRES_UID
from viva_hub.docker_spawner.names import RoomNames


def create_home(client: Client, names: RoomNames) -> None:
    """Make the volume with the candidate's files, unless it is there."""
    client.create_volume(names.home_volume, labels=names.labels)


def create_for_database(client: Client, names: RoomNames) -> None:
    """Make the volumes of the candidate's database, unless they are there."""
    client.create_volume(names.data_volume, labels=names.labels)
    # The socket needs no disk, and nothing that a candidate leaves beside it outlives the room.
    memory = {"type": "tmpfs", "device": "tmpfs", "o": f"size=1m,mode=0755,uid={POSTGRES_UID}"}
    client.create_volume(names.socket_volume, driver_opts=memory, labels=names.labels)


def volumes_of(client: Client, names: RoomNames) -> list[dict[str, Any]]:
    """Give the volumes that a candidate has on the engine."""
    return client.volumes(filters={"label": names.label_filters})["Volumes"] or []


def has_files(client: Client, names: RoomNames) -> bool:
    """Whether something of the candidate's work is kept on the engine."""
    return bool(volumes_of(client, names))
