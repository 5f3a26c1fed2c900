"""Decides which traits the embedded spawner takes from the settings."""

from traitlets.config import Config

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
    c.EmbeddedSpawner.home = str(settings.home)
    c.EmbeddedSpawner.environment_folder = str(settings.candidate_env)
    c.EmbeddedSpawner.prepared_databases = str(settings.candidate_databases)
    c.EmbeddedSpawner.memory_mib = settings.candidate_memory_mib
    c.EmbeddedSpawner.cpus = settings.candidate_cpus
    c.EmbeddedSpawner.pids = settings.candidate_pids
    c.EmbeddedSpawner.scratch_mib = settings.candidate_disk_mib
    c.EmbeddedSpawner.database_memory_mib = settings.database_memory_mib
    c.EmbeddedSpawner.database_pids = settings.database_pids
