"""Decides which requests come from staff: login by the hub, sessions that end, forms of theirs."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from viva_console.api.browser import LOGIN, STAFF, check_form, form_token, new_session
from viva_console.api.problems import FormExpiredError, LoginRequiredError, problem_response
from viva_console.api.web import Web, count_guess, public_door, staff_host_only, web_of
from viva_console.domain.record import Actor, staff
from viva_console.flow.review import saw_staff

RENEW_AFTER_S = 60
MAX_FIELDS = 40

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff, in one session.

    Attributes
    ----------
    form_token : str
        What this session's forms must carry.
    """

    actor: Actor
    session: str
    form_token: str


async def member(request: Request) -> Member:
    """Give the member of staff who asks; the dependency of every staff route.

    Raises
    ------
    LoginRequiredError
        When nobody is logged in, the session was idle for too long, or the hub has ended it.
    NotStaffError
        When it is somebody else.
    WrongHostError
        At another host name than that of staff.
    """
    staff_host_only(request)
    web = web_of(request)
    text, values = _session(request, web)
    hub_session = request.cookies.get("jupyterhub-session-id", "")
    name = await web.identity.staff_name(values["token"], hub_session)
    if name is None:
        raise LoginRequiredError("Please log in.")
    _renew(request, web, text, values)
    return Member(staff(name), values["sid"], form_token(web.console.signer, values["sid"]))


def _session(request: Request, web: Web) -> tuple[str, dict[str, Any]]:
    found = web.staff_cookie.read(request, web.console.signer, STAFF, web.terms.staff_idle_s)
    if not found:
        raise LoginRequiredError("Please log in.")
    text, values = next(iter(found.items()))
    age_s = web.console.clock.now().timestamp() - values["began"]
    if age_s > web.console.settings.session_hours * 3600:
        raise LoginRequiredError("Your session has ended. Please log in again.")
    return text, values


def _renew(request: Request, web: Web, text: str, values: dict[str, Any]) -> None:
    """Sign the session's cookie again, so that it counts idle time and not age.

    A page that looks again by itself is not a person at work: it renews nothing.
    """
    if "hx-request" in request.headers:
        return
    signed_at: datetime = web.console.signer.signed_at(STAFF, text)
    if (web.console.clock.now() - signed_at).total_seconds() > RENEW_AFTER_S:
        web.staff_cookie.put(request, web.console.signer.sign(STAFF, values))


@dataclass(frozen=True, slots=True)
class StaffForm:
    """A form that a member of staff sent from a page of theirs."""

    member: Member
    fields: FormData

    def text(self, name: str) -> str:
        """Give a field's text, or nothing."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Give all values of a field."""
        return [value for value in self.fields.getlist(name) if isinstance(value, str)]


async def staff_form(request: Request, by: Annotated[Member, Depends(member)]) -> StaffForm:
    """Give a checked form; the dependency of every staff route that changes anything.

    Raises
    ------
    FormExpiredError
        Without this session's token.
    """
    fields = await request.form(max_files=0, max_fields=MAX_FIELDS)
    form = StaffForm(by, fields)
    web = web_of(request)
    fetch_site = request.headers.get("sec-fetch-site")
    check_form(web.console.signer, by.session, form.text("csrf"), fetch_site)
    return form


async def send_to_login(request: Request, error: Exception) -> Any:
    """Answer a :class:`LoginRequiredError`: who came to read a page goes to the hub and back."""
    if request.method != "GET" or "html" not in request.headers.get("accept", "*/*html"):
        return problem_response(request, error)
    if "hx-request" in request.headers:
        response = problem_response(request, error)
        response.headers["HX-Refresh"] = "true"
        return response
    web = web_of(request)
    state = secrets.token_urlsafe(16)
    address, verifier = web.identity.begin(state)
    query = f"?{request.url.query}" if request.url.query else ""
    values = {"state": state, "verifier": verifier, "next": f"{request.url.path}{query}"}
    web.login_cookie.put(request, web.console.signer.sign(LOGIN, values))
    return RedirectResponse(address, 303)


@router.get("/oauth_callback", dependencies=[Depends(public_door), Depends(staff_host_only)])
async def oauth_callback(request: Request, code: str = "", state: str = "") -> RedirectResponse:
    """Finish a login that this very browser began."""
    web = web_of(request)
    begun = web.login_cookie.read(request, web.console.signer, LOGIN, web.terms.login_s).values()
    given = state.encode()
    values = next(
        (each for each in begun if secrets.compare_digest(each["state"].encode(), given)), None
    )
    if values is None:
        count_guess(request)
        raise FormExpiredError("This login took too long or began elsewhere. Please log in again.")
    token = await web.identity.finish(code, values["verifier"])
    name = await web.identity.staff_name(token, request.cookies.get("jupyterhub-session-id", ""))
    if name is None:
        raise FormExpiredError("The hub has ended this login. Please log in again.")
    session = {
        "sid": new_session(),
        "token": token,
        "began": web.console.clock.now().timestamp(),
    }
    web.staff_cookie.put(request, web.console.signer.sign(STAFF, session))
    web.login_cookie.drop(request)
    await run_sync(saw_staff, web.console, staff(name))
    return RedirectResponse(inner_path(web, values["next"]), 303)


@router.post("/logout")
async def logout(request: Request, csrf: Annotated[str, Form()] = "") -> RedirectResponse:
    """End the session here, then at the hub."""
    web = web_of(request)
    _, values = _session(request, web)
    check_form(web.console.signer, values["sid"], csrf, request.headers.get("sec-fetch-site"))
    web.staff_cookie.drop(request)
    return RedirectResponse("/hub/logout", 303)


def inner_path(web: Web, wanted: str) -> str:
    """Give a path of the console to go on to: the one wanted, or the first page."""
    parts = urlsplit(wanted)
    inside = wanted.startswith(f"{web.prefix}/") and "\\" not in wanted and wanted.isprintable()
    if inside and not parts.scheme and not parts.netloc and ".." not in parts.path.split("/"):
        return wanted
    return f"{web.prefix}/"
