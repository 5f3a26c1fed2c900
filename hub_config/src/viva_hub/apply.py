"""Decides which trait of JupyterHub each setting of Viva becomes."""

import importlib
from pathlib import Path
from typing import Any

from traitlets.config import Config

from viva_hub import proxy
from viva_hub.authenticator.choose import authenticator_class
from viva_hub.landing import landing_url
from viva_hub.settings import HubSettings

PACKAGE = Path(__file__).parent
CONSOLE_PREFIX = "/services/console/"
CONSOLE_ACCESS = "access:services!service=console"

# A candidate may use the server that the console started for them, and nothing else: neither start
# nor stop one, nor mint tokens.
USER_SCOPES = [
    "access:servers!user",
    "users:activity!user",
    "read:users:name!user",
    "read:users:groups!user",
]
# What the console does at the hub: make and delete candidates, start and stop their servers, and
# fetch the passes by which it places and collects notebooks. Its own token opens no server, for a
# server reads what it is shown, and a candidate may come to control theirs.
CONSOLE_SCOPES = ["admin:users", "servers", "tokens", "read:hub"]

# Pages of the hub load nothing from elsewhere and are never framed. JupyterHub's own pages have
# inline scripts, so scripts cannot be narrowed further here.
HUB_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'; object-src 'none'; base-uri 'self'",
    "X-Content-Type-Options": "nosniff",
    # Whoever opened a page of the hub in a new tab keeps no hold of it.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=()",
}


def apply(c: Config, settings: HubSettings) -> None:
    """Set every trait that Viva decides on a JupyterHub configuration.

    Parameters
    ----------
    c : Config
        The configuration object of ``jupyterhub_config.py``; changed in place.
    settings : HubSettings
        What the operator set.
    """
    settings.hub_home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Also where somebody made it before: the hub's database takes its mode from the umask.
    settings.hub_home.chmod(0o700)
    _addresses(c, settings)
    _state(c, settings)
    _people(c, settings)
    _console(c, settings)
    _servers(c, settings)
    _pages(c)
    # Each spawner configures itself; only the chosen one is imported, because the other's
    # libraries may have no use on this machine.
    package = "docker_spawner" if settings.spawner == "docker" else "embedded"
    importlib.import_module(f"viva_hub.{package}.configure").configure(c, settings)


def _addresses(c: Config, settings: HubSettings) -> None:
    c.JupyterHub.bind_url = f"http://{_host(str(settings.bind))}:{settings.port}"
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.hub_port}"
    c.JupyterHub.hub_connect_url = f"http://127.0.0.1:{settings.hub_port}"
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.proxy_api_port}"
    pid_file = settings.hub_home / "proxy.pid"
    proxy.forget_ended(pid_file, proxy.script_in(settings.home))
    c.ConfigurableHTTPProxy.pid_file = str(pid_file)
    c.ConfigurableHTTPProxy.command = proxy.command(settings.home)


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _state(c: Config, settings: HubSettings) -> None:
    c.JupyterHub.db_url = f"sqlite:///{settings.hub_home / 'hub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(settings.hub_home / "cookie_secret")
    c.JupyterHub.cleanup_servers = not settings.servers_outlive_hub
    # The proxy ends with the hub that started it, or two would fight for one port. A new hub gives
    # it every running server's route again.
    c.JupyterHub.cleanup_proxy = True


def _people(c: Config, settings: HubSettings) -> None:
    c.JupyterHub.authenticator_class = authenticator_class(settings.staff_authenticator)
    c.Authenticator.manage_groups = True
    c.LinkLogin.ticket_key = settings.ticket_key.get_secret_value()
    c.LinkLogin.staff_key = settings.staff_key.get_secret_value() if settings.staff_key else ""
    c.LinkLogin.spent_keys_file = str(settings.hub_home / "spent_staff_keys")
    c.JupyterHub.cookie_max_age_days = 1
    if settings.staff_authenticator is None:
        # Only keys and tickets log anybody in, and the class checks each itself.
        c.Authenticator.any_allow_config = True
    c.JupyterHub.load_roles = [
        {"name": "user", "scopes": USER_SCOPES},
        {"name": "staff", "groups": ["staff"], "scopes": [CONSOLE_ACCESS]},
        {"name": "console", "services": ["console"], "scopes": CONSOLE_SCOPES},
    ]


def _console(c: Config, settings: HubSettings) -> None:
    # An external service: whoever starts Viva starts the console, so that the hub's process never
    # holds the credentials of the store.
    c.JupyterHub.services = [
        {
            "name": "console",
            "url": f"http://127.0.0.1:{settings.console_port}",
            "api_token": settings.console_token.get_secret_value(),
            "oauth_client_id": "service-console",
            "oauth_redirect_uri": f"{CONSOLE_PREFIX}oauth_callback",
            "oauth_no_confirm": True,
            "oauth_client_allowed_scopes": [CONSOLE_ACCESS, "read:users:groups!user"],
            "display": False,
        }
    ]


def _servers(c: Config, settings: HubSettings) -> None:
    c.JupyterHub.active_server_limit = settings.active_server_limit
    c.JupyterHub.concurrent_spawn_limit = settings.concurrent_spawn_limit
    c.JupyterHub.allow_named_servers = False
    # Until it is a room's turn, and from then on.
    c.Spawner.start_timeout = 2 * settings.spawn_timeout_s
    c.Spawner.http_timeout = settings.spawn_timeout_s
    # A room whose server ended is not made again before it was looked at.
    c.Spawner.poll_interval = 5
    c.Spawner.default_url = "/lab"
    c.Spawner.env_keep = []
    # What a candidate writes into their home must not reconfigure their server.
    c.Spawner.disable_user_config = True


def _pages(c: Config) -> None:
    c.JupyterHub.template_paths = [str(PACKAGE / "templates")]
    c.JupyterHub.default_url = landing_url
    headers: dict[str, Any] = dict(HUB_HEADERS)
    c.JupyterHub.tornado_settings = {"headers": headers}
    c.JupyterHub.authenticate_prometheus = True
