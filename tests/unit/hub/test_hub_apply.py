"""Decides that each setting becomes the trait that JupyterHub acts upon."""

from pathlib import Path

import pytest
from traitlets.config import Config
from viva_hub.apply import HUB_HEADERS, apply
from viva_hub.authenticator.choose import VivaAuthenticator, authenticator_class
from viva_hub.authenticator.link_login import LinkLogin
from viva_hub.settings import HubSettings


def applied(tmp_path: Path, **changes) -> Config:
    keys = {"console_token": "c" * 16, "ticket_key": "t" * 16, "staff_key": "s" * 16}
    given = {"home": tmp_path, "spawner": "docker", **keys, **changes}
    c = Config()
    apply(c, HubSettings(**given))
    return c


def test_hub_and_proxy_api_listen_on_loopback_only(tmp_path):
    c = applied(tmp_path, port=8123, hub_port=8124, proxy_api_port=8125)
    assert c.JupyterHub.bind_url == "http://127.0.0.1:8123"
    assert c.JupyterHub.hub_bind_url == "http://127.0.0.1:8124"
    assert c.JupyterHub.hub_connect_url == "http://127.0.0.1:8124"
    assert c.ConfigurableHTTPProxy.api_url == "http://127.0.0.1:8125"


def test_public_address_may_be_ipv6(tmp_path):
    assert applied(tmp_path, bind="::1", port=80).JupyterHub.bind_url == "http://[::1]:80"


def test_proxy_runs_on_node_from_its_wheel(tmp_path):
    *with_us, node, _, door, script = applied(tmp_path).ConfigurableHTTPProxy.command
    assert Path(node).exists()
    assert with_us[1:] == ["--pdeathsig", "TERM", "--"]
    assert Path(door.removeprefix("file://")).exists()
    assert script.startswith(f"{tmp_path}/node/node_modules/configurable-http-proxy/")


def test_hub_keeps_its_state_in_its_own_private_folder(tmp_path):
    (tmp_path / "hub").mkdir(mode=0o755)
    c = applied(tmp_path)
    assert c.JupyterHub.db_url == f"sqlite:///{tmp_path}/hub/hub.sqlite"
    assert c.JupyterHub.cookie_secret_file == f"{tmp_path}/hub/cookie_secret"
    assert (tmp_path / "hub").stat().st_mode & 0o777 == 0o700


def test_console_is_an_external_service_without_confirmation(tmp_path):
    (console,) = applied(tmp_path, console_port=8126).JupyterHub.services
    assert "command" not in console
    assert console["url"] == "http://127.0.0.1:8126"
    assert console["api_token"] == "c" * 16
    assert console["oauth_client_id"] == "service-console"
    assert console["oauth_redirect_uri"] == "/services/console/oauth_callback"
    assert console["oauth_no_confirm"] is True


def test_candidates_may_neither_start_servers_nor_mint_tokens(tmp_path):
    roles = {role["name"]: role for role in applied(tmp_path).JupyterHub.load_roles}
    scopes = set(roles["user"]["scopes"])
    assert scopes == {
        "access:servers!user",
        "users:activity!user",
        "read:users:name!user",
        "read:users:groups!user",
    }
    assert roles["staff"] == {
        "name": "staff",
        "groups": ["staff"],
        "scopes": ["access:services!service=console"],
    }
    assert roles["console"]["services"] == ["console"]
    assert "admin:auth_state" not in roles["console"]["scopes"]
    # A server reads the token that it is shown: the console's own must open none.
    assert "access:servers" not in roles["console"]["scopes"]
    assert "admin-ui" not in {scope for role in roles.values() for scope in role["scopes"]}


def test_servers_survive_a_restart_with_containers(tmp_path):
    assert applied(tmp_path).JupyterHub.cleanup_servers is False
    assert applied(tmp_path, keep_servers=False).JupyterHub.cleanup_servers is True


def test_limits_reach_the_hub(tmp_path):
    c = applied(tmp_path, active_server_limit=7, concurrent_spawn_limit=3, spawn_timeout_s=30)
    assert c.JupyterHub.active_server_limit == 7
    assert c.JupyterHub.concurrent_spawn_limit == 3
    assert c.Spawner.start_timeout == 60


def test_pages_are_not_framed_and_are_ours(tmp_path):
    c = applied(tmp_path)
    assert c.JupyterHub.tornado_settings == {"headers": HUB_HEADERS}
    assert "frame-ancestors 'none'" in HUB_HEADERS["Content-Security-Policy"]
    (templates,) = c.JupyterHub.template_paths
    assert {"error.html", "login.html"} <= {path.name for path in Path(templates).iterdir()}


def test_docker_spawner_takes_images_and_limits(tmp_path):
    c = applied(tmp_path, candidate_image="some/image", candidate_cpus=0.5)
    assert c.JupyterHub.spawner_class.endswith("docker_spawner.spawner.CandidateSpawner")
    assert c.DockerSpawner.image == "some/image"
    assert c.DockerSpawner.cpu_limit == 0.5
    assert c.DockerSpawner.pull_policy == "never"


def test_links_alone_log_in_where_no_authenticator_is_set(tmp_path):
    c = applied(tmp_path)
    assert c.JupyterHub.authenticator_class is VivaAuthenticator
    assert c.LinkLogin.ticket_key == "t" * 16
    assert c.LinkLogin.staff_key == "s" * 16


def test_any_authenticator_can_be_set_for_staff(tmp_path):
    c = applied(tmp_path, staff_authenticator="jupyterhub.auth.PAMAuthenticator", staff_key=None)
    chosen = c.JupyterHub.authenticator_class
    assert issubclass(chosen, LinkLogin)
    assert chosen.__name__ == "PAMAuthenticator"
    assert c.LinkLogin.staff_key == ""


@pytest.mark.parametrize("name", ["pathlib.Path", "json.dumps"])
def test_setting_that_names_no_authenticator_is_refused(name):
    with pytest.raises(ValueError, match="no JupyterHub authenticator"):
        authenticator_class(name)
