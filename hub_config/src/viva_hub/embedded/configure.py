"""Decides which traits the embedded spawner takes from the settings."""

import asyncio
import logging

from traitlets.config import Config

from viva_hub.disks import ensure
from viva_hub.embedded.folder import Folder
from viva_hub.embedded.limits import Limits
from viva_hub.embedded.server import Plan
from viva_hub.embedded.spares import Spares
from viva_hub.embedded.spawner import FILE_MIB, EmbeddedSpawner
from viva_hub.settings import HubSettings


def configure(c: Config, settings: HubSettings) -> None:
    """Set what the hub needs to give every candidate a room of namespaces.

    Parameters
    ----------
    c : Config
        JupyterHub's configuration; changed in place.
    settings : HubSettings
        What the operator set.
    """
    c.JupyterHub.spawner_class = "viva_hub.embedded.spawner.EmbeddedSpawner"
    # To look costs a read of /proc and no call to an engine.
    c.EmbeddedSpawner.poll_interval = 3
    c.EmbeddedSpawner.home = str(settings.home)
    c.EmbeddedSpawner.environment_folder = str(settings.candidate_env)
    c.EmbeddedSpawner.prepared_databases = str(settings.candidate_databases)
    c.EmbeddedSpawner.practice_databases = str(settings.practice_databases)
    c.EmbeddedSpawner.memory_mib = settings.candidate_memory_mib
    c.EmbeddedSpawner.cpus = settings.candidate_cpus
    c.EmbeddedSpawner.pids = settings.candidate_pids
    c.EmbeddedSpawner.scratch_mib = settings.candidate_disk_mib
    c.EmbeddedSpawner.room_disks = settings.room_disks
    c.EmbeddedSpawner.home_disk_mib = settings.home_disk_mib
    c.EmbeddedSpawner.database_disk_mib = settings.database_disk_mib
    c.EmbeddedSpawner.database_memory_mib = settings.database_memory_mib
    c.EmbeddedSpawner.database_pids = settings.database_pids
    _wait_for_candidates(settings)


def _wait_for_candidates(settings: HubSettings) -> None:
    """Begin with the spare rooms, where a hub is being started and not only configured."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    plan = Plan(
        environment=settings.candidate_env,
        limits=Limits(
            settings.candidate_memory_mib,
            settings.candidate_pids,
            settings.candidate_cpus,
            FILE_MIB,
        ),
        scratch_mib=settings.candidate_disk_mib,
    )

    def bound(place: Folder) -> None:
        parts = place.disks(settings.home_disk_mib, settings.database_disk_mib)
        ensure(parts, policy=settings.room_disks)

    log = logging.getLogger("JupyterHub")
    turns = EmbeddedSpawner.turns
    spares = Spares(settings.home, plan, settings.spare_rooms, log, bound, turns=turns)
    EmbeddedSpawner.spares = spares
    loop.call_soon(spares.fill)
