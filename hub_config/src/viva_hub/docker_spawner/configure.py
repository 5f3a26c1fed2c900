"""Decides which traits the Docker spawner takes from the settings."""

from traitlets.config import Config

from viva_hub.room_options import check_user_options
from viva_hub.settings import HubSettings


def configure(c: Config, settings: HubSettings) -> None:
    """Set what the hub needs to give every candidate containers of their own.

    Parameters
    ----------
    c : Config
        JupyterHub's configuration; changed in place.
    settings : HubSettings
        What the operator set.
    """
    c.JupyterHub.spawner_class = "viva_hub.docker_spawner.spawner.CandidateSpawner"
    c.CandidateSpawner.settings = settings
    c.CandidateSpawner.apply_user_options = check_user_options
    c.DockerSpawner.image = settings.candidate_image
    # Images are built or loaded beforehand: a candidate never waits for a registry.
    c.DockerSpawner.pull_policy = "never"
    c.DockerSpawner.remove = True
    c.DockerSpawner.use_internal_ip = True
    c.DockerSpawner.cpu_limit = settings.candidate_cpus
