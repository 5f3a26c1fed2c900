"""Decides what the console keeps in a browser, and how it knows it again."""

import secrets
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from viva_console.api.problems import FormExpiredError
from viva_console.domain.errors import NotAllowedError
from viva_console.signing import Signer

FORM = "viva.web.form"
STAFF = "viva.web.staff"
LOGIN = "viva.web.login"
CANDIDATE = "viva.web.candidate"


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie's name and reach; never readable by scripts.

    Attributes
    ----------
    max_age_s : int or None
        None: until the browser closes.
    """

    name: str
    path: str
    secure: bool
    max_age_s: int | None = None

    def read(
        self, request: Request, signer: Signer, salt: str, max_age_s: int
    ) -> dict[str, dict[str, Any]]:
        """Give what came under the name and was signed here, in the browser's order.

        A page elsewhere on this site, or on a sibling of its host name, can set a cookie of the
        same name beside ours. Which one comes last says nothing; only ours is signed.

        Returns
        -------
        dict
            From each good value's text to what stands in it; of old and altered ones, nothing.
        """
        pairs = (
            pair.strip().partition("=")
            for line in request.headers.getlist("cookie")
            for pair in line.split(";")
        )
        texts = [value for name, _, value in pairs if name == self.name]
        found = {text: _signed(signer, salt, text, max_age_s) for text in texts}
        return {text: values for text, values in found.items() if values is not None}

    def put(self, request: Request, value: str) -> None:
        """Let the answer to this request set the cookie."""
        self._send(request, value, self.max_age_s)

    def drop(self, request: Request) -> None:
        """Let the answer to this request remove the cookie."""
        self._send(request, "", 0)

    def _send(self, request: Request, value: str, max_age_s: int | None) -> None:
        carrier = Response()
        carrier.set_cookie(
            self.name,
            value,
            max_age=max_age_s,
            path=self.path,
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )
        request.state.cookies.append(carrier.headers["set-cookie"])


def _signed(signer: Signer, salt: str, text: str, max_age_s: int) -> dict[str, Any] | None:
    try:
        values = signer.read(salt, text, max_age_s)
    except NotAllowedError:
        return None
    return values if isinstance(values, dict) else None  # pyright: ignore[reportUnknownVariableType] - JSON


def new_session() -> str:
    """Name a browser's session: anew at each login and consent, so that none can be fixed."""
    return secrets.token_urlsafe(24)


def form_token(signer: Signer, session: str) -> str:
    """Make the token that forms of one session carry.

    Candidates' servers share the origin with the console, so the site of a request proves nothing;
    only pages of ours know this token.
    """
    return signer.sign(FORM, session)


def check_form(signer: Signer, session: str, token: str, fetch_site: str | None) -> None:
    """Let a form through that a page of this very session sent.

    Parameters
    ----------
    fetch_site : str or None
        The header ``Sec-Fetch-Site``, where the browser sends one.

    Raises
    ------
    FormExpiredError
        Otherwise.
    """
    try:
        made_for = signer.read(FORM, token)
    except NotAllowedError:
        made_for = None
    same_site = fetch_site in {None, "same-origin", "none"}
    if not session or made_for != session or not same_site:
        raise FormExpiredError(
            "This form is too old or came from elsewhere. Reload the page and send it again."
        )
