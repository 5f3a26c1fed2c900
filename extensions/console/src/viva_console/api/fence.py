"""Decides what every request meets before, and every answer after, the application itself."""

import asyncio
import secrets
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from viva_console.api.problems import (
    BodyTooLargeError,
    SlowBodyError,
    WebError,
    WrongHostError,
    problem_response,
)
from viva_console.api.terms import Terms

_log: Any = structlog.get_logger("viva.web")

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def _policy(nonce: str) -> str:
    # A nonce and not 'self': candidates' servers share the origin, and their files must not count
    # as ours. Bootstrap's style sheet draws its small marks as data: images.
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


class Fence:
    """ASGI middleware: host names, sizes and times of bodies, security headers, and no traceback.

    Parameters
    ----------
    hosts : iterable of str
        Host names, without ports, that the console answers to.
    secure : bool
        Whether browsers reach it by HTTPS.
    watch : callable
        Told each answer's method, route, status and seconds until it began.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        secure: bool,
        terms: Terms,
        watch: Callable[[str, str, int, float], None],
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._secure = secure
        self._terms = terms
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        began_s = time.monotonic()
        nonce = secrets.token_urlsafe(16)
        state: dict[str, Any] = scope.setdefault("state", {})
        state.update(nonce=nonce, cookies=list[str]())
        reply = _Reply(send, lambda headers: self._dress(headers, nonce, state["cookies"]))
        try:
            await self._answer(scope, receive, reply)
        except WebError as error:
            await problem_response(Request(scope), error)(scope, receive, reply)
        except Exception as error:
            if reply.status:
                raise
            # Written out here: a logger's own rendering may print local variables, and so secrets.
            trace = "".join(traceback.format_exception(error))
            _log.error("web.failed", method=scope["method"], route=route_of(scope), trace=trace)
            await problem_response(Request(scope), error)(scope, receive, reply)
        finally:
            took_s = time.monotonic() - began_s
            self._watch(scope["method"], route_of(scope), reply.status, took_s)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if host_name(headers.get("host", "")) not in self._hosts:
            raise WrongHostError("This site is not known by that name.")
        body = await self._body(headers, receive) if _has_body(scope, headers) else b""
        await self._app(scope, _replay(body, receive), send)

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        limit = self._terms.max_body_bytes
        too_large = BodyTooLargeError(f"That is more than the {limit // 1024} KiB that fit here.")
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > limit:
            raise too_large
        chunks = bytearray()
        try:
            async with asyncio.timeout(self._terms.body_s):
                while True:
                    message = await receive()
                    chunks += message.get("body", b"")
                    if len(chunks) > limit:
                        raise too_large
                    if message["type"] == "http.disconnect" or not message.get("more_body"):
                        return bytes(chunks)
        except TimeoutError as error:
            raise SlowBodyError("The request did not arrive in time.") from error

    def _dress(self, headers: MutableHeaders, nonce: str, cookies: list[str]) -> None:
        for name, value in _ALWAYS.items():
            headers[name] = value
        headers["Content-Security-Policy"] = _policy(nonce)
        headers.setdefault("Cache-Control", "no-store")
        if self._secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        for cookie in cookies:
            headers.append("Set-Cookie", cookie)


class _Reply:
    """A ``send`` that dresses the headers and remembers the status; 0 before an answer begins."""

    def __init__(self, send: Send, dress: Callable[[MutableHeaders], None]) -> None:
        self._send = send
        self._dress = dress
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._dress(MutableHeaders(scope=message))
        await self._send(message)


def _has_body(scope: Scope, headers: Headers) -> bool:
    return (
        scope["method"] not in {"GET", "HEAD", "OPTIONS"}
        or "content-length" in headers
        or "transfer-encoding" in headers
    )


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def host_name(host: str) -> str:
    """Give the name in a Host header, in lower case and without its port."""
    name, colon, port = host.strip().lower().rpartition(":")
    return name if colon and port.isdecimal() else host.strip().lower()


def route_of(scope: Scope) -> str:
    """Give the pattern of the route that took a request: paths hold invites and are not logged."""
    return getattr(scope.get("route"), "path", "none")
