"""Decides what an operator can set about the hub: names, ranges and defaults."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# Shorter keys could be guessed; whoever sets one by hand is stopped at the start.
MIN_KEY_CHARS = 16


class HubSettings(BaseSettings):
    """What the hub's process is told from outside, as environment variables ``VIVA_<NAME>``.

    Attributes
    ----------
    home : Path
        The runtime folder; the hub writes only below ``home/hub`` and what its spawner needs.
    staff_authenticator : str or None
        Import path of a JupyterHub authenticator whose users are staff, for example
        ``oauthenticator.generic.GenericOAuthenticator``. Its own traits are set in a file that
        first says ``load_subconfig("…/hub_config/jupyterhub_config.py")``.
    keep_servers : bool or None
        Whether candidates' servers outlive the hub's process. ``None`` follows the spawner:
        containers do, embedded servers end with the hub.
    spare_rooms : int
        How many rooms wait for candidates with their programs loaded; 0 makes each when it is
        asked for. Embedded rooms only.
    room_disks : str
        Whether a room's home, settings and database lie on disks of a fixed size: ``auto`` where
        this machine can make them, ``required`` or no room starts, ``off``.
    network_pool : network
        The addresses out of which each candidate's network takes 16.
    """

    model_config = SettingsConfigDict(env_prefix="VIVA_", extra="ignore", frozen=True)

    home: Path
    bind: IPv4Address | IPv6Address = IPv4Address("127.0.0.1")
    port: int = Field(default=8000, ge=1, le=65535)
    hub_port: int = Field(default=8081, ge=1, le=65535)
    proxy_api_port: int = Field(default=8001, ge=1, le=65535)
    console_port: int = Field(default=8010, ge=1, le=65535)

    console_token: SecretStr = Field(min_length=MIN_KEY_CHARS)
    ticket_key: SecretStr = Field(min_length=MIN_KEY_CHARS)
    staff_key: SecretStr | None = Field(default=None, min_length=MIN_KEY_CHARS)
    staff_authenticator: str | None = None

    spawner: Literal["embedded", "docker"] = "embedded"
    keep_servers: bool | None = None
    candidate_python_env: Path | None = None
    spawn_timeout_s: int = Field(default=60, ge=5, le=600)
    active_server_limit: int = Field(default=50, ge=0)
    concurrent_spawn_limit: int = Field(default=10, ge=1)

    spare_rooms: int = Field(default=2, ge=0, le=100)

    candidate_memory_mib: int = Field(default=1024, ge=256)
    candidate_cpus: float = Field(default=1.0, gt=0)
    candidate_pids: int = Field(default=256, ge=64)
    candidate_disk_mib: int = Field(default=256, ge=16)
    room_disks: Literal["auto", "required", "off"] = "auto"
    home_disk_mib: int = Field(default=512, ge=64)
    database_disk_mib: int = Field(default=1024, ge=64)
    database_memory_mib: int = Field(default=256, ge=64)
    database_pids: int = Field(default=64, ge=16)

    candidate_image: str = "viva/candidate"
    postgres_image: str = "viva/postgres"
    network_pool: IPv4Network = IPv4Network("10.240.0.0/16")

    @model_validator(mode="after")
    def _staff_can_enter(self) -> "HubSettings":
        if self.staff_key is None and self.staff_authenticator is None:
            raise ValueError(
                "set VIVA_STAFF_KEY or VIVA_STAFF_AUTHENTICATOR, or no staff can log in"
            )
        return self

    @property
    def hub_home(self) -> Path:
        """The hub's own folder: its database, cookie secret and marks of spent keys."""
        return self.home / "hub"

    @property
    def candidate_env(self) -> Path:
        """The virtual environment that candidates' servers run from in the embedded mode."""
        return self.candidate_python_env or self.home / "env" / "candidate"

    @property
    def candidate_databases(self) -> Path:
        """Prepared data folders for candidates, one per fixture's slug: sample data only."""
        return self.home / "databases" / "candidate"

    @property
    def practice_databases(self) -> Path:
        """Prepared data folders to practise on, by the slug of the fixture they come before."""
        return self.home / "databases" / "practice"

    @property
    def servers_outlive_hub(self) -> bool:
        """Whether a restart of the hub leaves candidates' servers running."""
        return self.spawner == "docker" if self.keep_servers is None else self.keep_servers
