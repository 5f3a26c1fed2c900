"""Decides what the notebook server tells the panel: where the console is, and the room's token.

The spawner puts both into the server's environment. They are taken out of it when the extension
loads, so that kernels, which start later, do not inherit them. This keeps the token out of sight,
not out of reach: code that runs in the page can ask as the panel does, so the token opens nothing
but the session of the candidate who holds it.
"""

import json
import os
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated

from viva_lab import lasting
from viva_lab.endings import Endings

# Jupyter looks this up by name.
__all__ = ["Session", "SessionHandler", "_load_jupyter_server_extension", "take_session"]

SESSION_KEY = "viva_session"
TOKEN_VARIABLE = "VIVA_SESSION_TOKEN"  # noqa: S105 -- the variable's name, not a token
CONSOLE_VARIABLE = "VIVA_CONSOLE_PATH"


@dataclass(frozen=True)
class Session:
    """What the panel needs to speak to the console.

    Parameters
    ----------
    console_path
        Path or address of the console, without a slash at its end.
    token
        Bearer token of this candidate's session.
    """

    console_path: str
    token: str


def take_session(environment: MutableMapping[str, str]) -> Session | None:
    """Take the session out of an environment.

    Parameters
    ----------
    environment
        Both variables are removed from it, also when only one of them is set.

    Returns
    -------
    Session or None
        None where this server is not part of an interview.
    """
    token = environment.pop(TOKEN_VARIABLE, "")
    console_path = environment.pop(CONSOLE_VARIABLE, "").rstrip("/")
    if not token or not console_path:
        return None
    return Session(console_path=console_path, token=token)


class SessionHandler(APIHandler):
    """Answers `GET viva/session` for whoever is logged in to this server."""

    @authenticated
    def get(self) -> None:
        """Write the session as JSON, never to be stored by a browser."""
        session: Session | None = self.settings[SESSION_KEY]
        if session is None:
            raise HTTPError(404, "This server is not part of an interview.")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(asdict(session)))


class EnterHandler(JupyterHandler):
    """Answers `GET viva/enter` with nothing, once whoever asks has been let in.

    A server that was started again knows no cookie of the one before it, and refuses what a page
    asks of its API. Asked for a page, it sends the browser to the hub and back, and all is well.
    """

    @authenticated
    def get(self) -> None:
        """Write nothing."""
        self.set_status(204)


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Take the session from the environment and add the handler (called by the server)."""
    application = server.web_app
    application.settings[SESSION_KEY] = take_session(os.environ)
    route = url_path_join(application.settings["base_url"], "viva", "session")
    application.add_handlers(".*$", [(route, SessionHandler)])
    enter = url_path_join(application.settings["base_url"], "viva", "enter")
    application.add_handlers(".*$", [(enter, EnterHandler)])
    lasting.install()
    Endings(server).start()
