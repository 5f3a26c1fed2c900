"""Decides what the notebook server tells the panel: console, database, packages, space.

The spawner puts the console's path and a token into the server's environment. They are taken out of
it when the extension loads, so that kernels, which start later, do not inherit them. This keeps the
token out of sight, not out of reach: code that runs in the page can ask as the panel does, so the
token opens nothing but the session of the candidate who holds it.
"""

import asyncio
import json
import os
import platform
import sys
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass
from importlib.metadata import distributions
from pathlib import Path

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated

from viva_lab import lasting, outputs, prompt
from viva_lab.endings import Endings
from viva_lab.first_kernel import start_with
from viva_lab.scripts import first_scripts
from viva_lab.space import space_of
from viva_lab.warm import warm_up
from viva_lab.wire import Package, Packages

# Jupyter looks this up by name.
__all__ = [
    "PackagesHandler", "SchemaHandler", "Session", "SessionHandler", "SpaceHandler",
    "_load_jupyter_server_extension", "take_session",
]  # fmt: skip

SESSION_KEY = "viva_session"
TOKEN_VARIABLE = "VIVA_SESSION_TOKEN"  # noqa: S105 -- the variable's name, not a token
CONSOLE_VARIABLE = "VIVA_CONSOLE_PATH"
DATABASE_VARIABLE = "DATABASE_URL"
WORTH_NAMING = (
    "numpy", "pandas", "scipy", "scikit-learn", "statsmodels", "matplotlib", "seaborn", "polars",
    "pyarrow", "sqlalchemy", "psycopg", "jupysql", "ipywidgets",
)  # fmt: skip
SILENT = "The database does not answer. Try again in a moment."
NO_DATABASE = "This interview has no database."


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


class SchemaHandler(APIHandler):
    """Answers `GET viva/schema`: the candidate's own database as it is now."""

    @authenticated
    async def get(self) -> None:
        """Write the schema as JSON; 404 without a database, 503 while it does not answer."""
        url = os.environ.get(DATABASE_VARIABLE)
        if not url:
            raise HTTPError(404, NO_DATABASE)
        # Imported here because most of a server's life needs no database driver.
        import psycopg

        from viva_lab.schema import read_schema

        try:
            schema = await asyncio.to_thread(read_schema, url)
        except psycopg.Error:
            raise HTTPError(503, SILENT) from None
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(asdict(schema)))


def packages() -> Packages:
    """Return what can be imported, of all that candidates ask for; server and kernels share it."""
    versions = {each.metadata["Name"].lower(): each.version for each in distributions()}
    found = [Package(name, versions[name]) for name in WORTH_NAMING if name in versions]
    return Packages(python=platform.python_version(), packages=tuple(found))


class PackagesHandler(APIHandler):
    """Answers `GET viva/packages`."""

    @authenticated
    def get(self) -> None:
        """Write the packages as JSON."""
        self.finish(json.dumps(asdict(packages())))


class ScriptsHandler(APIHandler):
    """Answers `GET viva/scripts` for anybody, as the server does the files that it names."""

    @allow_unauthenticated
    def get(self) -> None:
        """Write the addresses as JSON."""
        self.finish(json.dumps(first_scripts(Path(sys.prefix) / "share" / "jupyter")))


class SpaceHandler(APIHandler):
    """Answers `GET viva/space`: how the disk with the candidate's files is filled."""

    @authenticated
    def get(self) -> None:
        """Write the space as JSON, as it is now."""
        home = Path(self.settings["server_root_dir"]).expanduser()
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(asdict(space_of(home))))


class EnterHandler(JupyterHandler):
    """Answers `GET viva/enter` with nothing, once whoever asks has been let in.

    A server that was started again knows no cookie of the one before it, and refuses what a page
    asks of its API. Asked for a page, it sends the browser to the hub and back, and all is well.
    The invite's page asks as well, so that nobody has to be sent there when they press Start.
    """

    @authenticated
    def get(self) -> None:
        """Write nothing."""
        self.set_status(204)


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Take the session from the environment and add the handlers (called by the server)."""
    application = server.web_app
    application.settings[SESSION_KEY] = take_session(os.environ)
    base_url = application.settings["base_url"]
    handlers = {
        "session": SessionHandler, "schema": SchemaHandler, "packages": PackagesHandler,
        "space": SpaceHandler, "enter": EnterHandler, "scripts": ScriptsHandler,
    }  # fmt: skip
    routes = [(url_path_join(base_url, "viva", name), each) for name, each in handlers.items()]
    application.add_handlers(".*$", routes)
    # A room has one version of each extension for as long as it stands: none is asked for twice.
    application.settings.setdefault("static_immutable_cache", []).append(
        url_path_join(base_url, "lab/extensions/")
    )
    lasting.install()
    outputs.install()
    prompt.install()
    Endings(server).start()
    start_with(server)
    warm_up(server)
