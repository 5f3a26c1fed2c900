"""Decides how the console tells a room which of its two databases the candidate may enter."""

# JupyterHub carries no types; what comes out of it is checked by the tests instead.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUntypedFunctionDecorator=false

from http import HTTPStatus
from typing import Any, Protocol

from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.scopes import needs_scope
from tornado.web import HTTPError

from viva_hub.databases import Stage

ROUTE = r"/api/users/([^/]+)/database"


class TwoDatabases(Protocol):
    """What a spawner with databases does."""

    async def show_database(self, stage: Stage) -> None:
        """Let the candidate enter this database and no other; asking twice changes nothing."""


class DatabaseHandler(APIHandler):
    """Answers `PUT /hub/api/users/NAME/database`.

    For whoever may start and stop the user's server: that is the console. A candidate may not, nor
    may their server's token.
    """

    @needs_scope("servers")
    async def put(self, user_name: str) -> None:
        """Write nothing; 409 where no room runs that has a database."""
        stage = _stage(self.get_json_body())
        user: Any = self.find_user(user_name)
        spawner = user.spawner if user else None
        if spawner is None or not spawner.ready or not spawner.user_options.get("fixture"):
            raise HTTPError(HTTPStatus.CONFLICT, "no room with a database runs for this user")
        databases: TwoDatabases = spawner
        try:
            await databases.show_database(stage)
        except Exception as error:
            self.log.exception("The %s database of %s is not there", stage, user_name)
            words = "the database is not there: the hub's log says why"
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, words) from error
        self.set_status(HTTPStatus.NO_CONTENT)


def _stage(body: Any) -> Stage:
    try:
        return Stage(body["stage"])
    except (KeyError, TypeError, ValueError):
        raise HTTPError(HTTPStatus.BAD_REQUEST, "stage is practice or interview") from None
