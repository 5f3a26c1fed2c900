"""Decides how the hub and rooms are spoken to: HTTP with time limits and bounded bodies."""

import base64
import binascii
import json
import time
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from viva_console.domain.errors import UnavailableError
from viva_console.domain.room import Server
from viva_console.hub.port import FileMissingError, FileTooLargeError, ServerOptions

_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
_START_WAIT = httpx.Timeout(3.0, connect=5.0)
"""The hub answers a start only when it is done or slow: who asked need not wait for that."""
_WHOLE_ANSWER_S = 60.0
"""From the first to the last byte: a room that drips must not hold a deadline back."""
_ANSWER_BYTES = 1024 * 1024
"""Most that an answer about users and servers may weigh."""
_MODEL_BYTES = 16 * 1024
"""What the contents API puts around a file."""


class HttpHub:
    """JupyterHub's REST API, and the contents API of single-user servers through its proxy.

    Parameters
    ----------
    api_url : str
        Such as ``http://127.0.0.1:8081/hub/api``, without a final slash.
    proxy_url : str
        Such as ``http://127.0.0.1:8000``, without a final slash.
    token : SecretStr
        The console's own, with the scopes ``admin:users``, ``admin:servers``, ``access:servers``.
    """

    def __init__(self, api_url: str, proxy_url: str, token: SecretStr) -> None:
        self._api = api_url
        self._proxy = proxy_url
        # Nothing of the environment: a proxy set there must see neither tokens nor notebooks.
        self._client = httpx.Client(
            timeout=_TIMEOUT,
            headers={"Authorization": f"token {token.get_secret_value()}"},
            follow_redirects=False,
            trust_env=False,
        )

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
        }
        try:
            status, _ = self._ask("POST", f"{self._user(user)}/server", body, timeout=_START_WAIT)
        except _TooSlowError:
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

    def read_file(self, user: str, path: str, max_bytes: int) -> bytes:
        """Fetch a file's bytes, unaltered: as base64, not as a notebook that is written anew."""
        url = f"{self._contents(user, path)}?type=file&format=base64"
        # base64 as jupyter_server writes it: 57 bytes become 76 characters and an escaped newline.
        try:
            status, model = self._ask("GET", url, most=max_bytes * 78 // 57 + _MODEL_BYTES)
        except _TooMuchError as error:
            raise FileTooLargeError(path) from error
        if status == HTTPStatus.NOT_FOUND and self.server(user) is Server.READY:
            raise FileMissingError(path)
        if status != HTTPStatus.OK:
            raise _unexpected("read a notebook", status)
        try:
            content = base64.b64decode(str(model.get("content")))
        except binascii.Error as error:
            raise UnavailableError("The room's answer cannot be read.") from error
        if len(content) > max_bytes:
            raise FileTooLargeError(path)
        return content

    def place_file(self, user: str, path: str, content: bytes) -> bool:
        """Write a text file where there is none."""
        url = self._contents(user, path)
        status, _ = self._ask("GET", f"{url}?content=0")
        if status == HTTPStatus.OK:
            return False
        if status != HTTPStatus.NOT_FOUND:
            raise _unexpected("look for a notebook", status)
        body = {"type": "file", "format": "text", "content": content.decode()}
        status, _ = self._ask("PUT", url, body)
        if status not in {HTTPStatus.CREATED, HTTPStatus.OK}:
            raise _unexpected("place a notebook", status)
        return True

    def close(self) -> None:
        """Give connections back."""
        self._client.close()

    def _user(self, user: str) -> str:
        return f"{self._api}/users/{quote(user, safe='')}"

    def _contents(self, user: str, path: str) -> str:
        return f"{self._proxy}/user/{quote(user, safe='')}/api/contents/{quote(path)}"

    def _ask(
        self,
        method: str,
        url: str,
        body: dict[str, Any] | None = None,
        *,
        most: int = _ANSWER_BYTES,
        timeout: httpx.Timeout = _TIMEOUT,
    ) -> tuple[int, dict[str, Any]]:
        try:
            with self._client.stream(method, url, json=body, timeout=timeout) as answer:
                content = bytearray()
                began_s = time.monotonic()
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > most:
                        raise _TooMuchError("The hub or the room answered too much.")
                    if time.monotonic() - began_s > _WHOLE_ANSWER_S:
                        raise _TooSlowError("The hub or the room did not answer in time.")
                return answer.status_code, _json(answer, bytes(content))
        except httpx.ReadTimeout as error:
            raise _TooSlowError("The hub or the room did not answer in time.") from error
        except httpx.HTTPError as error:
            raise UnavailableError("The hub or the room does not answer.") from error


class _TooSlowError(UnavailableError):
    """The question arrived; the answer did not come in time."""


class _TooMuchError(UnavailableError):
    """The answer was larger than anyone needs."""


def _json(answer: httpx.Response, content: bytes) -> dict[str, Any]:
    # A refusal's body is of no use, and jupyter_server calls plain text JSON there.
    if not answer.is_success or not content:
        return {}
    try:
        return _object(json.loads(content))
    except ValueError as error:
        raise UnavailableError("The hub or the room answered what is no JSON.") from error


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _unexpected(what: str, status: int) -> UnavailableError:
    return UnavailableError(f"The hub or the room would not {what} (status {status}).")
