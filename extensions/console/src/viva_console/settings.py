"""Decides where the console's settings come from: the environment and the folder of secrets."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from viva_grader.domain.errors import VivaError
from viva_grader.places import runtime_home


class BadSettingsError(VivaError):
    """A setting is missing or cannot be."""

    code = "settings.invalid"
    exit_status = 2


class ConsoleSettings(BaseSettings):
    """What an installation may choose; each from the environment, as ``VIVA_<NAME>``.

    Attributes
    ----------
    home : Path
        The runtime folder.
    store_url : str
        PostgreSQL ≥ 15, ``postgresql://…``; empty only where the embedded store is started first.
    ticket_key : SecretStr
        Shared with the hub: signs the tickets by which candidates log in.
    console_bind : str
        Where the console listens: for the proxy alone, which counts requests, speaks TLS and says
        whose request it is. Not the address of the proxy, which is the hub's to open.
    public_url : str
        Where browsers reach the proxy, without a final slash.
    staff_url : str
        Where staff reach the console, without a final slash, if not at ``public_url``: under a host
        name of its own no page of a candidate's server shares the origin of staff.
    proxy_url : str
        Where the console reaches the proxy; by default the loopback address and ``port``.
    invite_days : float
        Until a link that nobody followed runs out, > 0.
    credit_percent : int
        0..100: how much of an interview's minutes may at most be added for time lost by our fault,
        in all; an interview keeps the limit that it was made with.
    grace_s : float
        Seconds after the deadline until the clock submits, 0..600.
    collect_window_s : float
        Seconds after that in which a room that does not answer is tried again.
    end_room_delay_s : int
        Seconds between a submission and the end of its room: the receipt is read in it.
    rooms_ahead : int
        Most rooms that stand at a time for candidates who read their invite; 0 makes none ahead.
    room_ahead_minutes : float
        How long such a room waits for its candidate.
    session_hours : float
        How long a staff login is worth something at most.
    idle_hours : float
        Hours without a request after which staff log in again.
    """

    model_config = SettingsConfigDict(env_prefix="VIVA_", extra="ignore", populate_by_name=True)

    home: Path = Field(default_factory=runtime_home)
    store_url: str = ""
    ticket_key: SecretStr = SecretStr("")
    port: int = Field(default=8000, ge=1, le=65535)
    console_bind: str = "127.0.0.1"
    console_port: int = Field(default=8010, ge=0, le=65535)
    public_url: str = ""
    staff_url: str = ""
    proxy_url: str = ""
    invite_days: float = Field(default=7.0, gt=0, le=365)
    credit_percent: int = Field(default=50, ge=0, le=100)
    grace_s: float = Field(default=20.0, ge=0, le=600)
    collect_window_s: float = Field(default=300.0, ge=0, le=3600)
    end_room_delay_s: int = Field(default=60, ge=0, le=3600)
    rooms_ahead: int = Field(default=10, ge=0, le=1000)
    room_ahead_minutes: float = Field(default=15.0, gt=0, le=1440)
    session_hours: float = Field(default=12.0, gt=0, le=168)
    idle_hours: float = Field(default=8.0, gt=0, le=168)

    hub_token: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("JUPYTERHUB_API_TOKEN", "VIVA_CONSOLE_TOKEN"),
    )
    hub_api_url: str = Field(default="", validation_alias="JUPYTERHUB_API_URL")
    service_prefix: str = Field(
        default="/services/console/", validation_alias="JUPYTERHUB_SERVICE_PREFIX"
    )

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        self.public_url = (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")
        self.proxy_url = (self.proxy_url or f"http://127.0.0.1:{self.port}").rstrip("/")
        self.staff_url = self.staff_url.rstrip("/")
        if self.staff_url and host_of(self.staff_url) in {"", host_of(self.public_url)}:
            # Cookies know no ports: another one on the same host keeps nothing apart.
            raise ValueError("VIVA_STAFF_URL must have another host name than VIVA_PUBLIC_URL")
        self.hub_api_url = (self.hub_api_url or f"{self.proxy_url}/hub/api").rstrip("/")
        return self

    @property
    def console_path(self) -> str:
        """The console's path on the proxy, without a final slash."""
        return self.service_prefix.rstrip("/")

    @property
    def secrets_folder(self) -> Path:
        """Where keys lie, for the console's own user only."""
        return self.home / "secrets"


def host_of(url: str) -> str:
    """Give an address's host as a Host header has it, without its port."""
    name = urlsplit(url).hostname or ""
    return f"[{name}]" if ":" in name else name


def secret_file(folder: Path, name: str) -> bytes:
    """Give the 32 bytes of a key, made on first use with mode 0600 in a folder of mode 0700.

    Raises
    ------
    BadSettingsError
        When the file holds anything else than 64 hex digits.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    with contextlib.suppress(FileExistsError):
        _create_once(path, secrets.token_hex(32))
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError as error:
        raise BadSettingsError(f"{name} in the folder of secrets is not 64 hex digits.") from error
    if len(key) != 32:  # noqa: PLR2004 - 256 bits, as the docstring says
        raise BadSettingsError(f"{name} in the folder of secrets is not 64 hex digits.")
    return key


def _create_once(path: Path, text: str) -> None:
    # Linked into place complete: of two processes that start at once, both read the same key.
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(scratch)
    finally:
        scratch.unlink()
