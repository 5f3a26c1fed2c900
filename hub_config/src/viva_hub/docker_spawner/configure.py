"""Decides which traits the Docker spawner takes from the settings."""

from traitlets.config import Config

from viva_hub.docker_spawner.volumes import NOTES_FOLDER
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
    # What a page needs to go on where it was when the container is started again: which document it
    # had open, and every change to it.
    c.CandidateSpawner.args = [
        f"--BaseFileIdManager.db_path={NOTES_FOLDER}/documents.db",
        f"--SQLiteYStore.db_path={NOTES_FOLDER}/changes.db",
        f"--YDocExtension.session_store_path={NOTES_FOLDER}/sessions.json",
    ]
    c.DockerSpawner.remove = True
    c.DockerSpawner.use_internal_ip = True
    c.DockerSpawner.cpu_limit = settings.candidate_cpus
