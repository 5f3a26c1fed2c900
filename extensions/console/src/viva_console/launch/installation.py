"""Decides the addresses, keys and environments of Viva's parts when they all run on one machine."""

import os
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from viva_console.settings import ConsoleSettings, secret_file

PREFERRED_PORT = 8000
# What every part may know of the machine; all else is handed over by name.
COMMON = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")
# The hub's own settings. The list says what may pass, so that a new secret stays out by itself.
HUB_SETTINGS = (
    "VIVA_SPAWN",
    "VIVA_SPARE_",
    "VIVA_STAFF_AUTHENTICATOR",
    "VIVA_CANDIDATE_",
    "VIVA_ROOM_DISKS",
    "VIVA_HOME_DISK_",
    "VIVA_DATABASE_",
    "VIVA_POSTGRES_IMAGE",
    "VIVA_NETWORK_POOL",
    "VIVA_KEEP_SERVERS",
    "VIVA_ACTIVE_",
    "VIVA_CONCURRENT_",
    "OAUTH",
)


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports: the public proxy's, and three that only parts of Viva use."""

    public: int
    proxy_api: int
    hub: int
    console: int


@dataclass(frozen=True, slots=True)
class Installation:
    """One machine's Viva.

    Attributes
    ----------
    home : Path
        The runtime folder.
    staff_key : str
        Opens the staff's login once; new at each start.
    """

    home: Path
    root: Path
    ports: Ports
    staff_key: str

    @property
    def public_url(self) -> str:
        """The address for candidates: the numeric one, so that staff can have the name."""
        return f"http://127.0.0.1:{self.ports.public}"

    @property
    def staff_url(self) -> str:
        """The address for staff, whose pages answer at no other."""
        return f"http://localhost:{self.ports.public}"

    @property
    def staff_link(self) -> str:
        """The one-time link for staff: another host name, so one browser can hold both."""
        query = f"key={self.staff_key}&next=/services/console/"
        return f"{self.staff_url}/hub/staff?{query}"

    def log(self, name: str) -> Path:
        """Where a part's output goes."""
        return self.home / "logs" / f"{name}.log"

    def hub_environment(self) -> dict[str, str]:
        """Give what the hub is told: no address of the store, no key of a model."""
        return {
            "VIVA_KEEP_SERVERS": "false",  # Ctrl-C ends rooms too; their files and data stay
            **_inherited(*HUB_SETTINGS),
            "VIVA_HOME": str(self.home),
            "VIVA_PORT": str(self.ports.public),
            "VIVA_PROXY_API_PORT": str(self.ports.proxy_api),
            "VIVA_HUB_PORT": str(self.ports.hub),
            "VIVA_CONSOLE_PORT": str(self.ports.console),
            "VIVA_CONSOLE_TOKEN": self._secret("console.token"),
            "VIVA_TICKET_KEY": self._secret("ticket.key"),
            "VIVA_STAFF_KEY": self.staff_key,
        }

    def console_environment(self, store_url: str) -> dict[str, str]:
        """Give what the console and its workers are told."""
        return {
            **_inherited("VIVA_"),
            "VIVA_HOME": str(self.home),
            "VIVA_STORE_URL": store_url,
            "VIVA_TICKET_KEY": self._secret("ticket.key"),
            "VIVA_PUBLIC_URL": self.public_url,
            "VIVA_STAFF_URL": self.staff_url,
            "VIVA_PORT": str(self.ports.public),
            "VIVA_CONSOLE_PORT": str(self.ports.console),
            "JUPYTERHUB_API_TOKEN": self._secret("console.token"),
            "JUPYTERHUB_API_URL": f"http://127.0.0.1:{self.ports.hub}/hub/api",
            "JUPYTERHUB_BASE_URL": "/",
            "JUPYTERHUB_SERVICE_PREFIX": "/services/console/",
            "JUPYTERHUB_CLIENT_ID": "service-console",
            "JUPYTERHUB_OAUTH_CALLBACK_URL": "/services/console/oauth_callback",
        }

    def console_settings(self, store_url: str) -> ConsoleSettings:
        """Give the console's settings, for this process."""
        os.environ.update(self.console_environment(store_url))
        return ConsoleSettings()  # pyright: ignore[reportCallIssue] - fields come from the environment

    def command(self, module: str, *words: str) -> list[str]:
        """Give the command that runs a module by this interpreter."""
        return [sys.executable, "-m", module, *words]

    def _secret(self, name: str) -> str:
        return secret_file(self.home / "secrets", name).hex()


def installation(home: Path, root: Path) -> Installation:
    """Choose ports and a staff key."""
    proxy_api, hub, console = _free_ports(3)
    ports = Ports(_public_port(home), proxy_api, hub, console)
    return Installation(home, root, ports, secrets.token_urlsafe(32))


def _public_port(home: Path) -> int:
    """Give ``VIVA_PORT``, or the port of last time, or 8000, or a free one.

    Links to interviews hold the port, so a free one is kept for the next start. A port of 0 asks
    for a free one.
    """
    named, last = os.environ.get("VIVA_PORT"), home / "port"
    if named and named != "0":
        return int(named)
    wanted = int(last.read_text()) if last.exists() else PREFERRED_PORT
    if named != "0" and _is_free(wanted):
        return wanted
    port = _free_ports(1)[0]
    last.write_text(str(port))
    return port


def _inherited(*prefixes: str) -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in COMMON or any(name.startswith(prefix) for prefix in prefixes)
    }


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_ports(count: int) -> list[int]:
    # All held at once, so that no two are the same.
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
