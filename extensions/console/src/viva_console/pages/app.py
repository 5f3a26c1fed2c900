"""Decides how the console's web face is put together: doors, pages, the panel's API, one fence."""

import time

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from viva_console.api import panel, staff, vitals
from viva_console.api.fence import Fence
from viva_console.api.identity import HubIdentity, Identity
from viva_console.api.problems import LoginRequiredError, add_handlers
from viva_console.api.rates import Buckets
from viva_console.api.terms import Terms
from viva_console.api.web import Web
from viva_console.flow.console import Console
from viva_console.pages import (
    calibration,
    candidate,
    interview,
    interviews,
    judge,
    ratings,
    report,
)
from viva_console.pages.render import STATIC, problem_page
from viva_console.settings import host_of

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class _Static(StaticFiles):
    """Our own style sheet, scripts and marks; an address with a version never changes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = b"v=" in scope["query_string"]
        age = "max-age=31536000, immutable" if versioned else "max-age=300"
        response.headers["Cache-Control"] = f"public, {age}"
        return response


def create_app(
    console: Console, *, identity: Identity | None = None, terms: Terms | None = None
) -> FastAPI:
    """Make the application that is served under ``/services/console/``.

    Parameters
    ----------
    identity : Identity, optional
        Where staff log in; the hub of the console's settings by default.
    terms : Terms, optional
        Rates, sizes and times.
    """
    app = FastAPI(
        title="Viva", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    terms = terms or Terms(staff_idle_s=round(console.settings.idle_hours * 3600))
    web = Web(console, identity or HubIdentity(console.settings), terms, Buckets(time.monotonic))
    tally = vitals.Tally()
    app.state.web, app.state.tally, app.state.problem_page = web, tally, problem_page
    for part in (
        vitals,
        staff,
        panel,
        candidate,
        interviews,
        interview,
        judge,
        report,
        ratings,
        calibration,
    ):
        app.include_router(part.router, prefix=web.prefix)
    app.include_router(report.sheet, prefix=web.prefix)
    app.mount(f"{web.prefix}/static", _Static(directory=STATIC), name="static")
    add_handlers(app)
    app.add_exception_handler(LoginRequiredError, staff.send_to_login)
    ours = (console.settings.public_url, console.settings.staff_url)
    app.add_middleware(
        Fence,
        hosts=(*filter(None, map(host_of, ours)), *LOCAL_HOSTS),
        secure=web.secure,
        terms=terms,
        watch=tally.add,
    )
    return app
