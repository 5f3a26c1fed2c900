"""Decides how links log people in beside whatever authenticator the operator chose for staff."""

# JupyterHub carries no types; what comes out of it is checked by the tests instead.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportIncompatibleMethodOverride=false

from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from traitlets import Unicode

from viva_hub.authenticator.handlers import JoinLinkHandler, KeyLogin, StaffLinkHandler
from viva_hub.authenticator.staff_key import StaffKey
from viva_hub.authenticator.tickets import read_ticket
from viva_hub.landing import is_candidate
from viva_hub.stages import ROUTE, DatabaseHandler

STAFF_GROUP = "staff"
STAFF_LINK_USER = "staff"


class LinkLogin(Authenticator):
    """Adds the two links to an authenticator class; whoever else it lets in is staff.

    Names of candidates, and the name that the staff link gives, come from links only: a user of
    the operator's own authenticator who bears one is refused.
    """

    ticket_key = Unicode(help="The key that console and hub share to sign join tickets.").tag(
        config=True
    )
    staff_key = Unicode(help="The one-time key of this run's staff link; empty for none.").tag(
        config=True
    )
    spent_keys_file = Unicode(help="Where the marks of spent staff keys are kept.").tag(config=True)

    def get_handlers(self, app: Any) -> list[tuple[str, Any]]:
        """Add the two links, and the console's own question, to the operator's pages.

        The hub takes addresses from its authenticator, and has no other way that stays.
        """
        return [
            *super().get_handlers(app),
            ("/staff", StaffLinkHandler),
            ("/join", JoinLinkHandler),
            (ROUTE, DatabaseHandler),
        ]

    async def get_authenticated_user(self, handler: Any, data: Any) -> dict[str, Any] | None:
        """Log in by link here, and otherwise by the operator's authenticator, as staff.

        JupyterHub asks that this method be left alone; links go around it because the operator's
        rules on allowed and blocked users are rules about staff accounts, not about candidates.
        """
        if isinstance(data, KeyLogin):
            return self._by_link(handler, data)
        model: dict[str, Any] | None = await super().get_authenticated_user(handler, data)
        if model is None:
            return None
        if is_candidate(model["name"]) or model["name"] == STAFF_LINK_USER:
            self.log.warning("Refused %r: this name belongs to link logins", model["name"])
            return None
        return self._as_staff(model)

    def _by_link(self, handler: Any, login: KeyLogin) -> dict[str, Any] | None:
        if login.kind == "staff":
            spent = StaffKey(self.staff_key, Path(self.spent_keys_file)).spend(login.key)
            return self._model(STAFF_LINK_USER, [STAFF_GROUP]) if spent else None
        ticket = read_ticket(login.key, self.ticket_key)
        # The console makes the user before it gives the ticket out, and deletes it when the
        # interview ends: a late ticket must not bring the user back.
        if ticket is None or handler.find_user(ticket.name) is None:
            return None
        return self._model(ticket.name, [])

    @staticmethod
    def _model(name: str, groups: list[str]) -> dict[str, Any]:
        return {
            "name": name,
            "groups": groups,
            "admin": False,
            "auth_state": None,
            "user_info": None,
        }

    @staticmethod
    def _as_staff(model: dict[str, Any]) -> dict[str, Any]:
        groups = {*(model.get("groups") or ()), STAFF_GROUP}
        # No administrators of the hub: staff see candidates' work as data in the console, and
        # never through a page that a candidate's server made.
        return {**model, "groups": sorted(groups), "admin": False}

    async def refresh_user(self, user: Any, handler: Any = None) -> bool | dict[str, Any]:
        """Refresh only those whom the operator's authenticator let in."""
        if is_candidate(user.name) or user.name == STAFF_LINK_USER:
            return True
        fresh: Any = await super().refresh_user(user, handler)
        return self._as_staff(fresh) if isinstance(fresh, dict) else bool(fresh)


class LinksOnly(Authenticator):
    """An authenticator that by itself lets nobody in and offers no form."""

    # Read by the login page; an authenticator that does not say otherwise has a form.
    offers_form = False

    async def authenticate(self, handler: Any, data: Any) -> None:
        """Refuse what comes by a form or a header."""
        return

    def get_handlers(self, app: Any) -> list[tuple[str, Any]]:
        """Offer no page of its own; JupyterHub's login page says which link to open."""
        return []
