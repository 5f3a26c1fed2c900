"""Decides how the hub and rooms are spoken to: what is asked, of whom, with which right."""

import base64
import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from viva_console.domain.errors import UnavailableError
from viva_console.domain.room import Server
from viva_console.hub.bounded import Answer, BoundedClient, TooMuchError, TooSlowError
from viva_console.hub.passes import Passes, pass_request
from viva_console.hub.port import (
    Database,
    DocumentDoor,
    FileMissingError,
    FileTooLargeError,
    RoomFile,
    ServerOptions,
)

_START_WAIT = httpx.Timeout(3.0, connect=5.0)
"""The hub answers a start only when it is done or slow: who asked need not wait for that."""
_LOOK_WAIT = httpx.Timeout(10.0, connect=5.0)
"""A browser that waits longer for the console shows an error."""
_PAGE_USERS, _MOST_USERS = 100, 10_000
"""How many users the hub is asked for at a time, and at most."""
_MODEL_BYTES = 16 * 1024
"""What the contents API puts around a file."""
_MODEL_QUOTES = 200
"""Most quotation marks in a file's model: a dozen short fields and one of base64."""


class HttpHub:
    """JupyterHub's REST API, and the contents API of single-user servers through its proxy.

    Parameters
    ----------
    api_url : str
        Such as ``http://127.0.0.1:8081/hub/api``, without a final slash.
    proxy_url : str
        Such as ``http://127.0.0.1:8000``, without a final slash.
    console_path : str
        The console's path on the proxy, without a final slash.
    token : SecretStr
        The console's own, with the scopes ``admin:users``, ``servers``, ``tokens``. It goes to the
        hub and nowhere else; rooms are shown passes.
    """

    def __init__(
        self, api_url: str, proxy_url: str, token: SecretStr, console_path: str = ""
    ) -> None:
        self._api = api_url
        self._proxy = proxy_url
        self._health = f"{proxy_url}{console_path}/health"
        self._token = token
        # Two clients, so that rooms that do not let go of connections leave the hub's alone.
        self._hub_client = BoundedClient()
        self._room_client = BoundedClient()
        self._passes = Passes(self._fetch_pass)

    def console_answers(self) -> bool:
        """Say whether a browser that asks the console gets an answer, by the proxy's address."""
        try:
            answer = self._hub_client.ask("GET", self._health, None, timeout=_LOOK_WAIT)
        except UnavailableError:
            return False
        # The proxy says 503 where nobody listens, the console where it has no store.
        return answer.status < HTTPStatus.INTERNAL_SERVER_ERROR

    def start_server(self, user: str, options: ServerOptions) -> None:
        """Create the user if absent and ask for a server."""
        status, _ = self._ask("POST", self._user(user))
        if status not in {HTTPStatus.CREATED, HTTPStatus.CONFLICT}:
            raise _unexpected("create a user", status)
        body = {
            "interview": options.interview,
            "fixture": options.fixture,
            "session_token": options.session_token,
            "console_path": options.console_path,
            "begun": options.begun,
        }
        try:
            status, _ = self._ask("POST", f"{self._user(user)}/server", body, timeout=_START_WAIT)
        except TooSlowError:
            return
        # 400: it runs already, or is just starting.
        if status not in {HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.BAD_REQUEST}:
            raise _unexpected("start a server", status)

    def server(self, user: str) -> Server:
        """Say what the hub knows of the server."""
        status, model = self._ask("GET", self._user(user))
        if status == HTTPStatus.NOT_FOUND:
            return Server.ABSENT
        if status != HTTPStatus.OK:
            raise _unexpected("describe a user", status)
        server = _object(_object(model.get("servers")).get(""))
        pending = server.get("pending") or model.get("pending")
        if pending == "stop":
            return Server.STOPPING
        if server.get("ready") and not pending:
            return Server.READY
        return Server.STARTING if pending == "spawn" else Server.ABSENT

    def running(self) -> dict[str, datetime]:
        """Give the users who have a server, or get one, and since when."""
        found: dict[str, datetime] = {}
        for offset in range(0, _MOST_USERS, _PAGE_USERS):
            query = f"?state=active&limit={_PAGE_USERS}&offset={offset}"
            answer = self._hub_client.ask("GET", f"{self._api}/users{query}", self._token)
            users = _list(answer)
            found |= {name: since for name, since in map(_since, users) if since}
            if len(users) < _PAGE_USERS:
                break
        return found

    def stop_server(self, user: str) -> None:
        """Ask for the server's end."""
        status, _ = self._ask("DELETE", f"{self._user(user)}/server")
        gone = {HTTPStatus.NO_CONTENT, HTTPStatus.ACCEPTED, HTTPStatus.NOT_FOUND}
        if status not in gone:
            raise _unexpected("stop a server", status)

    def delete_user(self, user: str) -> None:
        """Remove the user and all that its server kept."""
        status, _ = self._ask("DELETE", self._user(user))
        if status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}:
            raise _unexpected("delete a user", status)

    def show_database(self, user: str, which: Database) -> None:
        """Let the candidate enter this database and no other."""
        status, _ = self._ask("PUT", f"{self._user(user)}/database", {"stage": which.value})
        if status != HTTPStatus.NO_CONTENT:
            raise _unexpected(f"show the {which} database", status)

    def read_file(self, user: str, path: str, max_bytes: int) -> RoomFile:
        """Fetch a file, its bytes unaltered: as base64, not as a notebook that is written anew."""
        # base64 as jupyter_server writes it: 57 bytes become 76 characters and an escaped newline.
        most = max_bytes * 78 // 57 + _MODEL_BYTES
        try:
            answer = self._ask_room("GET", user, path, "?type=file&format=base64", most=most)
        except TooMuchError as error:
            raise FileTooLargeError(path) from error
        if answer.status == HTTPStatus.NOT_FOUND and self.server(user) is Server.READY:
            raise FileMissingError(path)
        # The room's own server opens none that is so large.
        if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise FileTooLargeError(path)
        if answer.status != HTTPStatus.OK:
            raise _unexpected("read a notebook", answer.status)
        file = _file(answer.content)
        if len(file.content) > max_bytes:
            raise FileTooLargeError(path)
        return file

    def has_file(self, user: str, path: str) -> bool:
        """Say whether there is such a file."""
        found = self._ask_room("GET", user, path, "?content=0")
        if found.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            raise _unexpected("look for a notebook", found.status)
        return found.status == HTTPStatus.OK

    def place_file(self, user: str, path: str, content: bytes) -> bool:
        """Write a text file where there is none."""
        if self.has_file(user, path):
            return False
        body = {"type": "file", "format": "text", "content": content.decode()}
        answer = self._ask_room("PUT", user, path, body=body)
        if answer.status not in {HTTPStatus.CREATED, HTTPStatus.OK}:
            raise _unexpected("place a notebook", answer.status)
        return True

    def document_door(self, user: str, path: str) -> DocumentDoor:
        """Ask the room where a notebook's changes are heard."""
        body = {"format": "json", "type": "notebook"}
        answer = self._ask_room("PUT", user, path, body=body, service="collaboration/session")
        if answer.status == HTTPStatus.NOT_FOUND and self.server(user) is Server.READY:
            raise FileMissingError(path)
        if answer.status not in {HTTPStatus.CREATED, HTTPStatus.OK}:
            raise _unexpected("share a notebook", answer.status)
        model = _json(answer)
        file, session = model.get("fileId"), model.get("sessionId")
        if not isinstance(file, str) or not isinstance(session, str):
            raise UnavailableError("The room's answer cannot be read.")
        room = f"{self._proxy.replace('http', 'ws', 1)}/user/{quote(user, safe='')}"
        name = quote(f"json:notebook:{file}", safe=":")
        url = f"{room}/api/collaboration/room/{name}?sessionId={quote(session, safe='')}"
        return DocumentDoor(url, self._passes.of(user))

    def close(self) -> None:
        """Give connections back."""
        self._hub_client.close()
        self._room_client.close()

    def _user(self, user: str) -> str:
        return f"{self._api}/users/{quote(user, safe='')}"

    def _fetch_pass(self, user: str) -> SecretStr:
        status, model = self._ask("POST", f"{self._user(user)}/tokens", pass_request(user))
        token = model.get("token")
        if status != HTTPStatus.CREATED or not isinstance(token, str):
            raise _unexpected("give a pass to a room", status)
        return SecretStr(token)

    def _ask(
        self,
        method: str,
        url: str,
        body: dict[str, Any] | None = None,
        **limits: Any,
    ) -> tuple[int, dict[str, Any]]:
        answer = self._hub_client.ask(method, url, self._token, body, **limits)
        return answer.status, _json(answer)

    def _ask_room(
        self,
        method: str,
        user: str,
        path: str,
        query: str = "",
        body: dict[str, Any] | None = None,
        *,
        service: str = "contents",
        **limits: Any,
    ) -> Answer:
        room = f"{self._proxy}/user/{quote(user, safe='')}"
        url = f"{room}/api/{service}/{quote(path)}{query}"
        answer = self._room_client.ask(method, url, self._passes.of(user), body, **limits)
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            self._passes.forget(user)
        return answer


def _json(answer: Answer) -> dict[str, Any]:
    # A refusal's body is of no use.
    if not 200 <= answer.status < 300 or not answer.content:  # noqa: PLR2004 - HTTP's numbers
        return {}
    try:
        return _object(json.loads(answer.content))
    # The second one: nested more deeply than anybody reads.
    except (ValueError, RecursionError) as error:
        raise UnavailableError("The hub or the room answered what is no JSON.") from error


def _list(answer: Answer) -> list[dict[str, Any]]:
    if answer.status != HTTPStatus.OK:
        raise _unexpected("list its users", answer.status)
    users: object = json.loads(answer.content)
    return [_object(user) for user in cast("list[object]", users)]


def _since(user: dict[str, Any]) -> tuple[str, datetime | None]:
    server = _object(_object(user.get("servers")).get(""))
    return str(user.get("name")), _moment(server.get("started"))


def _file(content: bytes) -> RoomFile:
    # A file's model is flat. Ten million little lists would weigh a hundred times their text.
    if b"[" in content or content.count(b'"') > _MODEL_QUOTES:
        raise UnavailableError("The room's answer cannot be read.")
    model = _json(Answer(HTTPStatus.OK, content))
    text = model.get("content")
    try:
        if isinstance(text, str):
            return RoomFile(base64.b64decode(text), _moment(model.get("last_modified")))
    except ValueError as error:
        raise UnavailableError("The room's answer cannot be read.") from error
    raise UnavailableError("The room's answer cannot be read.")


def _moment(value: object) -> datetime | None:
    """Read a moment as a room gives it; one without a zone, or none at all, is not known."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _unexpected(what: str, status: int) -> UnavailableError:
    return UnavailableError(f"The hub or the room would not {what} (status {status}).")
