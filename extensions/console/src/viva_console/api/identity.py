"""Decides who a member of staff is: whom the hub vouches for, with the right to this service."""

from typing import Any, Protocol
from urllib.parse import urlencode

from jupyterhub.services import auth  # pyright: ignore[reportMissingTypeStubs] - it has none
from tornado.web import HTTPError

from viva_console.api.problems import NotStaffError
from viva_console.domain.errors import UnavailableError
from viva_console.settings import ConsoleSettings

STAFF_SCOPES = {"access:services!service=console"}
CLIENT_ID = "service-console"


class Identity(Protocol):
    """Where staff log in."""

    def begin(self, state: str) -> tuple[str, str]:
        """Start a login.

        Returns
        -------
        tuple of str
            The address to send the browser to, and the verifier to keep until :meth:`finish`.
        """
        ...

    async def finish(self, code: str, verifier: str) -> str:
        """Trade the code that the browser brought back for a token.

        Raises
        ------
        NotStaffError
            When the code is worth nothing.
        UnavailableError
            When the hub does not answer.
        """
        ...

    async def staff_name(self, token: str, hub_session: str) -> str | None:
        """Say whose token it is; None when it is nobody's any more.

        Raises
        ------
        NotStaffError
            When it is somebody who is not staff.
        UnavailableError
            When the hub does not answer.
        """
        ...


class HubIdentity:
    """Staff by JupyterHub's OAuth.

    JupyterHub's own handlers need tornado; its client does not, so state and cookies are ours.
    """

    def __init__(self, settings: ConsoleSettings) -> None:
        # JupyterHub has no types; its client is used through four methods and one attribute.
        self._oauth: Any = auth.HubOAuth(
            api_token=settings.hub_token.get_secret_value(),
            api_url=settings.hub_api_url,
            oauth_client_id=CLIENT_ID,
            oauth_redirect_uri=f"{settings.console_path}/oauth_callback",
            cache_max_age=30,
        )

    def begin(self, state: str) -> tuple[str, str]:
        """Start a login with PKCE."""
        verifier, challenge, method = self._oauth.generate_pkce_code_challenge()
        query = {"state": state, "code_challenge": challenge, "code_challenge_method": method}
        return f"{self._oauth.login_url}&{urlencode(query)}", verifier

    async def finish(self, code: str, verifier: str) -> str:
        """Trade the code for a token at the hub."""
        try:
            return await self._oauth.token_for_code(code, code_verifier=verifier, sync=False)
        except HTTPError as error:
            # JupyterHub's client answers 502 for a hub in trouble, and 500 for all else.
            if error.status_code == 502:  # noqa: PLR2004 - HTTP's number
                raise _silent() from error
            raise NotStaffError("The hub did not accept this login. Please try again.") from error

    async def staff_name(self, token: str, hub_session: str) -> str | None:
        """Ask the hub, and remember the answer for 30 s; a logout at the hub counts at once."""
        try:
            user = await self._oauth.user_for_token(token, session_id=hub_session, sync=False)
        except HTTPError as error:
            raise _silent() from error
        if not user:
            return None
        if not self._oauth.check_scopes(STAFF_SCOPES, user):
            raise NotStaffError("These pages are for staff. You are logged in as a candidate.")
        return str(user["name"])


def _silent() -> UnavailableError:
    return UnavailableError("The hub does not answer. Please try again in a moment.")
