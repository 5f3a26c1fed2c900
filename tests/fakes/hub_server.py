"""Decides how a small hub answers over HTTP: as JupyterHub and jupyter_server do."""

import base64
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from viva_console.domain.room import Server
from viva_console.hub.port import ServerOptions

TOKEN = "hub-token"  # noqa: S105 - opens this fake only


class HubServer:
    """The hub's API and candidates' contents on a loopback port; tests set and read its state."""

    def __init__(self) -> None:
        self.users: dict[str, Server] = {}
        self.files: dict[tuple[str, str], bytes] = {}
        self.options: dict[str, dict[str, Any]] = {}
        self.databases: dict[str, str] = {}
        self.starts = 0
        self.slow_start_s = 0.0
        self.drip_s = 0.0
        self.answer_instead: tuple[int, bytes] | None = None
        self.room_answers: tuple[int, dict[str, str], bytes] | None = None
        self.passes: list[tuple[str, dict[str, Any]]] = []
        self.console_status = 200
        self.console_asked: list[str | None] = []
        self.last_modified: object = None
        self.seen_by_rooms: list[dict[str, str]] = []
        hub = self

        class Handler(_Handler):
            state = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    state: HubServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as overridden
        """Say nothing."""

    def do_GET(self) -> None:
        if self.path == "/services/console/health":
            self._console()
        else:
            self._route("GET")

    def do_POST(self) -> None:
        self._route("POST")

    def do_PUT(self) -> None:
        self._route("PUT")

    def do_DELETE(self) -> None:
        self._route("DELETE")

    def _route(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.state.answer_instead is not None:
            status, content = self.state.answer_instead
            return self._bytes(status, {}, content)
        path = urlsplit(self.path)
        parts = [unquote(part) for part in path.path.strip("/").split("/")]
        wanted = TOKEN
        if parts[0] == "user":
            wanted = pass_of(parts[1])
            self.state.seen_by_rooms.append({n.lower(): v for n, v in self.headers.items()})
            if self.state.room_answers is not None:
                return self._bytes(*self.state.room_answers)
        if self.headers.get("authorization") != f"token {wanted}":
            return self._json(403, {"message": "Forbidden"})
        if parts[:3] == ["hub", "api", "users"]:
            return self._hub(method, parts[3:], parse_qs(path.query), body)
        if parts[0] == "user" and parts[2:4] == ["api", "contents"]:
            return self._contents(method, parts[1], "/".join(parts[4:]), parse_qs(path.query), body)
        return self._json(404, {"message": "Not Found"})

    def _hub(self, method: str, parts: list[str], query: dict[str, list[str]], body: bytes) -> None:
        if not parts:
            return self._active(query)
        answer = self._tokens if parts[1:] == ["tokens"] else self._users
        return answer(method, parts[0], parts[1:], body)

    def _console(self) -> None:
        self.state.console_asked.append(self.headers.get("authorization"))
        self._json(self.state.console_status, {})

    def _users(self, method: str, user: str, rest: list[str], body: bytes) -> None:
        state = self.state
        if rest == ["server"]:
            return self._server(method, user, body)
        if rest == ["database"]:
            return self._database(method, user, body)
        if method == "POST":
            if user in state.users:
                return self._json(409, {"message": "exists"})
            state.users[user] = Server.ABSENT
            return self._json(201, {"name": user})
        return self._known(method, user)

    def _known(self, method: str, user: str) -> None:
        state = self.state
        if user not in state.users:
            return self._json(404, {"message": "Not Found"})
        if method == "DELETE":
            del state.users[user]
            return self._bytes(204, {}, b"")
        server = state.users[user]
        pending = {Server.STARTING: "spawn", Server.STOPPING: "stop"}.get(server)
        model = {"name": "", "ready": server is Server.READY, "pending": pending}
        servers = {} if server is Server.ABSENT else {"": model}
        return self._json(200, {"name": user, "servers": servers, "pending": pending})

    def _active(self, query: dict[str, list[str]]) -> None:
        assert query["state"] == ["active"]
        first, most = int(query["offset"][0]), int(query["limit"][0])
        started = {"name": "", "started": "2026-11-20T09:00:00.000000Z"}
        users = [
            {"name": user, "servers": {"": started}}
            for user, server in self.state.users.items()
            if server is not Server.ABSENT
        ]
        self._json(200, users[first : first + most])

    def _tokens(self, method: str, user: str, rest: list[str], body: bytes) -> None:
        assert (method, rest) == ("POST", ["tokens"])
        if user not in self.state.users:
            return self._json(403, {"message": "not found or no permissions"})
        self.state.passes.append((user, json.loads(body)))
        return self._json(201, {"token": pass_of(user)})

    def _server(self, method: str, user: str, body: bytes) -> None:
        state = self.state
        if user not in state.users:
            return self._json(404, {"message": "Not Found"})
        if method == "DELETE":
            state.users[user] = Server.ABSENT
            return self._bytes(204, {}, b"")
        if state.users[user] is not Server.ABSENT:
            return self._json(400, {"message": f"{user} is already running"})
        state.starts += 1
        state.options[user] = json.loads(body)
        state.users[user] = Server.READY
        time.sleep(state.slow_start_s)
        return self._bytes(201, {}, b"")

    def _database(self, method: str, user: str, body: bytes) -> None:
        assert method == "PUT"
        if self.state.users.get(user) is not Server.READY:
            return self._json(409, {"message": "no room with a database runs for this user"})
        self.state.databases[user] = json.loads(body)["stage"]
        return self._bytes(204, {}, b"")

    def _contents(
        self, method: str, user: str, path: str, query: dict[str, list[str]], body: bytes
    ) -> None:
        state = self.state
        if state.users.get(user) is not Server.READY:
            return self._json(424, {"message": "not running"})
        if method == "PUT":
            model = json.loads(body)
            assert (model["type"], model["format"]) == ("file", "text")
            state.files[user, path] = model["content"].encode()
            return self._json(201, {"path": path})
        if (user, path) not in state.files:
            return self._json(404, {"message": "Not Found"})
        model: dict[str, Any] = {"path": path, "content": None, "last_modified": None}
        if query.get("content") != ["0"]:
            assert query["format"] == ["base64"]
            model["last_modified"] = state.last_modified
            model["content"] = base64.encodebytes(state.files[user, path]).decode()
        return self._json(200, model)

    def _json(self, status: int, model: Any) -> None:
        self._bytes(status, {}, json.dumps(model).encode())

    def _bytes(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        # Who asked may have gone: a gateway does not wait for ever.
        with contextlib.suppress(ConnectionError):
            self.end_headers()
            for piece in self._pieces(content):
                self.wfile.write(piece)

    def _pieces(self, content: bytes) -> Iterator[bytes]:
        if not self.state.drip_s:
            yield content
            return
        for byte in content:
            time.sleep(self.state.drip_s)
            yield bytes([byte])


def pass_of(user: str) -> str:
    """Give what opens one candidate's server, and nothing else."""
    return f"pass-of-{user}"


def options(interview: str = "i") -> ServerOptions:
    """Ask for a room with a database."""
    return ServerOptions(interview, "shop", "session", "/services/console")
