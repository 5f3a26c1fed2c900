"""Decides what the two login links answer: a session cookie and a redirect, or a plain refusal."""

# JupyterHub carries no types; what comes out of it is checked by the tests instead.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportIncompatibleMethodOverride=false

from typing import Any, Literal

from jupyterhub.handlers import BaseHandler
from tornado import web

from viva_hub.authenticator.tickets import Ticket, read_ticket
from viva_hub.landing import next_path
from viva_hub.room_key import COOKIE, room_key

# The key stands in the page's address: nothing may keep the address or pass it on.
SECRET_ADDRESS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
REFUSALS = {
    "staff": (
        "This staff link was used before, or belongs to an earlier run. "
        "Start Viva again, or ask whoever runs it for a new link."
    ),
    "join": (
        "This door to the interview is open for a minute only, and that minute is over. "
        "Open your invite link again: your work is kept and you come back to the same place."
    ),
}


class KeyLogin(dict[str, str]):
    """A login by a link; only the handlers below make one, so that no form can pose as it.

    A dictionary, because JupyterHub reads a ``username`` from what failed to log in, to log it.

    Parameters
    ----------
    kind : {"staff", "join"}
        Which of the two links was opened.
    key : str
        What it carried.
    """

    def __init__(self, kind: Literal["staff", "join"], key: str) -> None:
        super().__init__(username=f"a {kind} link")
        self.kind = kind
        self.key = key


class RefusedError(web.HTTPError):
    """A link that lets nobody in; the error's page is to have these headers as well."""

    headers = SECRET_ADDRESS


class _LinkHandler(BaseHandler):
    kind: Literal["staff", "join"]

    async def get(self) -> None:
        """Log the bearer of a good link in and send them on; refuse anybody else in plain words."""
        for name, value in SECRET_ADDRESS.items():
            self.set_header(name, value)
        user = await self.login_user(KeyLogin(self.kind, self._key))
        if user is None:
            raise RefusedError(403, REFUSALS[self.kind])
        self._let_in()
        self.redirect(next_path(self.get_argument("next", "") or "", user.name))

    @property
    def _key(self) -> str:
        return self.get_argument("key", "") or ""

    def _let_in(self) -> None:
        """Give the browser what it needs besides the login: nothing."""

    def _request_summary(self) -> str:
        # Tornado logs a refused request by this; JupyterHub scrubs its own lines only.
        return f"{self.request.method} {self.request.path} ({self.request.remote_ip})"


class StaffLinkHandler(_LinkHandler):
    """``/hub/staff?key=…&next=…``."""

    kind = "staff"


class JoinLinkHandler(_LinkHandler):
    """``/hub/join?key=…&next=…``."""

    kind = "join"
    _ticket: Ticket | None = None

    async def get(self) -> None:
        """Log a candidate's browser in; let it into the room, where the ticket says so."""
        authenticator: Any = self.authenticator
        # Read once: it must not run out between the login and the door.
        self._ticket = ticket = read_ticket(self._key, authenticator.ticket_key)
        here: Any = self.current_user
        if ticket and not ticket.opens and here and here.name != ticket.name:
            # Whoever only looks at an invite stays who they are.
            self.set_status(204)
            return
        await super().get()

    def _let_in(self) -> None:
        """Give this browser what the proxy asks for at the candidate's room, and at no other."""
        ticket = self._ticket
        if ticket is None or not ticket.opens:
            return
        authenticator: Any = self.authenticator
        self._set_cookie(
            COOKIE,
            room_key(authenticator.ticket_key, ticket.name),
            encrypted=False,
            path=f"/user/{ticket.name}/",
            samesite="Lax",
            # As long as the login itself: a browser may be closed and opened again meanwhile.
            expires_days=self.cookie_max_age_days,
        )
