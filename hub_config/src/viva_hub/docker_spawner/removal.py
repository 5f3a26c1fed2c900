"""Decides what goes when a candidate's server stops, and what goes when the candidate does."""

# docker-py and dockerspawner carry no types; the tests on a real engine check what they give.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import shutil
from typing import Any

from viva_hub.disks import unmount_below
from viva_hub.docker_spawner.engine import Client, unless_gone
from viva_hub.docker_spawner.names import RoomNames
from viva_hub.docker_spawner.volumes import disks_folder, volumes_of
from viva_hub.settings import HubSettings

GRACE_S = 5


def close_room(client: Client, names: RoomNames, settings: HubSettings) -> None:
    """Stop and remove a candidate's containers and network; files and database stay."""
    for container in _containers(client, names):
        # Each is asked first, so that notebooks are saved and the database shuts down cleanly.
        unless_gone(client.stop, container["Id"], timeout=GRACE_S)
        unless_gone(client.remove_container, container["Id"], force=True, v=True)
    filters = {"label": names.label_filters}
    for network in client.networks(filters=filters):
        unless_gone(client.remove_network, network["Id"])
    unmount_below(disks_folder(names, settings))


def forget_room(client: Client, names: RoomNames, settings: HubSettings) -> None:
    """Remove everything that a candidate has on the engine, and the disks behind it."""
    close_room(client, names, settings)
    labelled = {volume["Name"] for volume in volumes_of(client, names)}
    # By name as well: a container that mounts a missing volume makes one without labels.
    made = {
        *(names.home_volume, names.notes_volume, names.practice_volume),
        *(names.data_volume, names.wal_volume, names.socket_volume),
    }
    for name in labelled | made:
        unless_gone(client.remove_volume, name, force=True)
    shutil.rmtree(disks_folder(names, settings), ignore_errors=True)


def _containers(client: Client, names: RoomNames) -> list[dict[str, Any]]:
    found = client.containers(all=True, filters={"label": names.label_filters})
    # The server before its database.
    return sorted(found, key=lambda container: f"/{names.database}" in container["Names"])
