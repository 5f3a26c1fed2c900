"""Decides how the room is started for a test: a real Jupyter server and a stand-in for the console.

The server runs from an environment that has the viva-lab wheel: `VIVA_CANDIDATE_PYTHON_ENV`, else
the one that setup made below `VIVA_HOME`.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
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
        }

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
    folder = tmp_path / "work"
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
    }
    command = [
        str(candidate_env / "bin" / "python"), "-m", "jupyterlab", "--no-browser", "--allow-root",
        f"--port={port}", f"--ServerApp.root_dir={console.notebooks}",
    ]  # fmt: skip
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        wait_until_up(f"http://127.0.0.1:{port}", process, log)
        yield Room(f"http://127.0.0.1:{port}", token, console.notebooks, console)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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
