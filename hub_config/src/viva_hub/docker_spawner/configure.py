"""Decides which traits the Docker spawner takes from the settings."""

from traitlets.config import Config

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
    # Candidates' networks appear while the hub runs, and the hub answers at each one's gateway; the
    # firewall of viva_hub.docker_spawner.firewall leaves exactly this port open to them.
    c.JupyterHub.hub_bind_url = f"http://0.0.0.0:{settings.hub_port}"
