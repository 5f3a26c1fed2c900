"""Decides what every route finds at hand: the console, who is let in, and on what terms."""

import ipaddress
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from viva_console.api.browser import Cookie
from viva_console.api.fence import host_name
from viva_console.api.identity import Identity
from viva_console.api.problems import LoopbackOnlyError, TooManyRequestsError, WrongHostError
from viva_console.api.rates import Buckets, OneAtATime, Rate
from viva_console.api.terms import Terms
from viva_console.flow.console import Console
from viva_console.settings import host_of


@dataclass(frozen=True, slots=True)
class Web:
    """The parts that routes share; ``app.state.web``."""

    console: Console
    identity: Identity
    terms: Terms
    buckets: Buckets
    collecting: OneAtATime = field(default_factory=OneAtATime)
    making_ahead: OneAtATime = field(default_factory=OneAtATime)

    @property
    def prefix(self) -> str:
        """The console's path, without a final slash."""
        return self.console.settings.console_path

    @property
    def secure(self) -> bool:
        """Whether browsers come by HTTPS."""
        return self.console.settings.public_url.startswith("https:")

    @property
    def staff_cookie(self) -> Cookie:
        """Who is logged in; gone when the browser closes."""
        return Cookie("viva-staff", f"{self.prefix}/", self.secure)

    @property
    def login_cookie(self) -> Cookie:
        """One login under way."""
        return Cookie("viva-login", f"{self.prefix}/", self.secure, self.terms.login_s)

    def candidate_cookie(self, invite: str) -> Cookie:
        """One browser's visit to one invite; no other invite and no staff page gets to see it."""
        path = f"{self.prefix}/i/{invite}"
        return Cookie("viva-candidate", path, self.secure, self.terms.candidate_s)


def web_of(request: Request) -> Web:
    """Give the parts that the application was made with."""
    return cast("Web", request.app.state.web)


def client_address(request: Request) -> str:
    """Give the client's address: what the proxies say, where a proxy of ours is what called us.

    The last address that is not this machine's counts: everything before it is what the client
    itself may have written.
    """
    peer = request.client.host if request.client else ""
    if not _is_loopback(peer):
        return peer
    entries = request.headers.get("x-forwarded-for", "").split(",")
    outside = (entry.strip() for entry in reversed(entries) if _is_outside(entry.strip()))
    return next(outside, peer)


def staff_host_only(request: Request) -> None:
    """Refuse staff's pages at the name of candidates' servers, where staff have one of their own.

    Raises
    ------
    WrongHostError
        At another name than that of ``staff_url``.
    """
    address = web_of(request).console.settings.staff_url
    if address and host_name(request.headers.get("host", "")) != host_of(address):
        raise WrongHostError(f"These pages are for staff, at {address}.")


def loopback_only(request: Request) -> None:
    """Refuse whoever does not call directly from this machine.

    Raises
    ------
    LoopbackOnlyError
        For other peers, and for everything that came through the proxy.
    """
    peer = request.client.host if request.client else ""
    if not _is_loopback(peer) or "x-forwarded-for" in request.headers:
        raise LoopbackOnlyError("There is no such page, or it is not yours to see.")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_outside(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def take(web: Web, key: str, rate: Rate) -> None:
    """Count one request.

    Raises
    ------
    TooManyRequestsError
        When there were too many.
    """
    wait_s = web.buckets.take(key, rate)
    if wait_s:
        raise TooManyRequestsError(wait_s)


async def public_door(request: Request) -> None:
    """Count a request at a door that needs no login; the dependency of every public route.

    Raises
    ------
    TooManyRequestsError
        When the address or the key asked too often.
    """
    web = web_of(request)
    address = client_address(request)
    take(web, f"address {address}", web.terms.address_rate)
    key = request.path_params.get("invite") or request.headers.get("authorization")
    if key:
        take(web, f"key {key[:512]}", web.terms.key_rate)


def count_guess(request: Request) -> None:
    """Count a wrong key: who guesses is slowed down long before who mistypes.

    Raises
    ------
    TooManyRequestsError
        When this address was wrong too often.
    """
    web = web_of(request)
    take(web, f"guess {client_address(request)}", web.terms.guess_rate)
