"""Decides what a candidate meets: the invite, the wait for the room, the receipt."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from viva_console.api.browser import CANDIDATE, check_form, form_token, new_session
from viva_console.api.web import count_guess, public_door, web_of
from viva_console.domain.errors import NotAllowedError, UnavailableError
from viva_console.domain.interview import Interview
from viva_console.domain.practice import may_practise
from viva_console.domain.room import Room, RoomPhase
from viva_console.domain.words import State
from viva_console.flow.console import Console
from viva_console.flow.invite import (
    consent,
    interview_of_invite,
    join_ticket,
    login_ticket,
    open_invite,
)
from viva_console.flow.prepare import Prepared, prepare_room
from viva_console.flow.spawn import room_state, start_room
from viva_console.flow.submit import own_notebook, receipt_of
from viva_console.pages.render import page

router = APIRouter(prefix="/i", dependencies=[Depends(public_door)])
PLACING = 90
"""From this progress on, notebooks are being put in place."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser at one invite.

    Attributes
    ----------
    session : str
        The browser's session; empty where it brought none.
    agreed : bool
        Whether consent was given in this browser.
    practises : bool
        Whether the candidate chose to practise first, and has not begun yet.
    path : str
        The invite's address.
    """

    invite: str
    interview: Interview
    session: str
    agreed: bool
    practises: bool
    path: str


def visit(request: Request, invite: str) -> Visit:
    """Find the interview that the address names, and what this browser has to do with it.

    Raises
    ------
    NotAllowedError
        For an altered or guessed invite.
    GoneError
        For one that ran out.
    """
    web = web_of(request)
    try:
        interview = interview_of_invite(web.console, invite)
    except NotAllowedError:
        count_guess(request)
        raise
    cookie = web.candidate_cookie(invite)
    found = cookie.read(request, web.console.signer, CANDIDATE, web.terms.candidate_s).values()
    values = next((each for each in found if each["interview"] == interview.id), None)
    if values is None:
        values = dict[str, Any](sid="", agreed=False)
    path = f"{web.prefix}/i/{invite}"
    practises = values.get("practises") is True
    return Visit(invite, interview, values["sid"], values["agreed"], practises, path)


Visitor = Annotated[Visit, Depends(visit)]


@router.get("/{invite}")
def show_invite(request: Request, by: Visitor) -> Response:
    """Say what will happen; whoever has agreed already goes on to the room."""
    if by.interview.state.is_over:
        return _go(f"{by.path}/receipt")
    if by.agreed:
        return _go(f"{by.path}/room")
    return _invite_page(request, by, {})


@router.post("/{invite}/consent")
def give_consent(
    request: Request,
    by: Visitor,
    *,
    csrf: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
    agree: Annotated[str, Form()] = "",
    practice: Annotated[str, Form()] = "",
) -> Response:
    """Take the candidate's word and ask for the room."""
    console = web_of(request).console
    _check(request, by, csrf)
    if agree != "yes":
        return _invite_page(request, by, {"agree": "Please tick the box if you agree."})
    consent(console, by.invite, version)
    practises = practice == "yes" and by.interview.started_at is None
    _remember(request, by, new_session(), agreed=True, practises=practises)
    room = start_room(console, by.interview.id, practice=practises)
    # Whose room was made ahead does not come by the page that waits for it.
    return _go(_door(console, by, room) if room.phase is RoomPhase.READY else f"{by.path}/room")


@router.get("/{invite}/begin")
def show_begin(request: Request, by: Visitor) -> Response:
    """Ask whoever has practised whether their time is to begin."""
    if by.interview.state.is_over or not (by.agreed and by.practises):
        return _go(by.path)
    console = web_of(request).console
    context: dict[str, Any] = {
        "invite": open_invite(console, by.invite),
        "path": by.path,
        "may_practise": may_practise(by.interview, console.clock.now()),
        "form_token": form_token(console.signer, by.session),
    }
    return page(request, "begin.html", context)


@router.post("/{invite}/begin")
def begin(request: Request, by: Visitor, csrf: Annotated[str, Form()] = "") -> Response:
    """End practice; the clock starts with the room's notebooks."""
    _check(request, by, csrf)
    if by.agreed:
        _remember(request, by, by.session, agreed=True)
    return _go(f"{by.path}/room")


@router.post("/{invite}/ahead")
def make_room_ahead(request: Request, by: Visitor, csrf: Annotated[str, Form()] = "") -> Response:
    """Make the room while its page is being read; only the page's own script knows to ask.

    Answers 202 where asking again is worth it, 204 where no room is to be had, and 200 where it
    stands: with its path, and where this browser may log in before it is let in.
    """
    web = web_of(request)
    _check(request, by, csrf)
    key = f"ahead {by.interview.id}"
    prepared = Prepared.COMING
    with web.making_ahead.enter(by.interview.id) as first, suppress(UnavailableError):
        if first:
            prepared = prepare_room(
                web.console,
                by.interview.id,
                lambda: not web.buckets.take(key, web.terms.ahead_rate),
            )
    if prepared is Prepared.THERE:
        room = f"/user/{by.interview.hub_user}"
        login = _join(login_ticket(web.console, by.interview), f"{room}/viva/enter")
        return JSONResponse({"room": room, "login": login})
    return Response(status_code=202 if prepared is Prepared.COMING else 204)


@router.get("/{invite}/room")
def show_room(request: Request, by: Visitor) -> Response:
    """Show how the room comes on; once it is ready, the candidate enters."""
    console = web_of(request).console
    practises = by.practises and by.interview.started_at is None
    elsewhere = _not_the_room(by, console.clock.now(), practises=practises)
    if elsewhere is not None:
        return _go(elsewhere, request)
    room = room_state(console, by.interview.id, practice=practises)
    if room.phase is RoomPhase.OVER:
        return _go(f"{by.path}/receipt", request)
    if room.phase is not RoomPhase.WAITING and "hx-request" in request.headers:
        # A script that looks again must not use up the ticket, nor miss that all has changed: it
        # sends the browser here instead.
        return _go(f"{by.path}/room", request)
    if room.phase is RoomPhase.READY:
        return _go(_door(console, by, room))
    context = {
        "room": room,
        "failed": room.phase is RoomPhase.FAILED,
        "practises": practises,
        "steps": _steps(room),
        "path": by.path,
        "form_token": form_token(console.signer, by.session),
    }
    return page(request, "room.html", context)


@router.post("/{invite}/room")
def start_again(request: Request, by: Visitor, csrf: Annotated[str, Form()] = "") -> Response:
    """Try once more, because the candidate asked."""
    _check(request, by, csrf)
    if by.agreed and not by.interview.state.is_over:
        start_room(web_of(request).console, by.interview.id, again=True, practice=by.practises)
    return _go(f"{by.path}/room")


@router.get("/{invite}/receipt")
def show_receipt(request: Request, by: Visitor) -> Response:
    """Show what was submitted, and under which hash."""
    if by.interview.state is State.EXPIRED:
        return page(request, "ended.html", status=410)
    paper = receipt_of(web_of(request).console, by.interview)
    return page(request, "receipt.html", {"receipt": paper, "path": f"{by.path}/receipt"})


@router.get("/{invite}/receipt/{question}")
def give_notebook(request: Request, by: Visitor, question: str) -> Response:
    """Hand the candidate the very bytes that the receipt's hash is of."""
    content = own_notebook(web_of(request).console, by.interview, question)
    headers = {"Content-Disposition": f'attachment; filename="{question}.ipynb"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _not_the_room(by: Visit, now: datetime, *, practises: bool) -> str | None:
    """Give where a browser has to go before it may see the room; None where it may."""
    if by.interview.state.is_over:
        return f"{by.path}/receipt"
    if not by.agreed:
        return by.path
    if practises and not may_practise(by.interview, now):
        return f"{by.path}/begin"
    return None


def _invite_page(request: Request, by: Visit, errors: dict[str, str]) -> Response:
    console = web_of(request).console
    session = by.session or new_session()
    _remember(request, by, session, agreed=False)
    context: dict[str, Any] = {
        "invite": open_invite(console, by.invite),
        "path": by.path,
        "returning": by.interview.consent is not None,
        "form_token": form_token(console.signer, session),
        "errors": errors,
    }
    return page(request, "invite.html", context, 422 if errors else 200)


def _remember(
    request: Request, by: Visit, session: str, *, agreed: bool, practises: bool = False
) -> None:
    web = web_of(request)
    values: dict[str, Any] = {"sid": session, "interview": by.interview.id, "agreed": agreed}
    values["practises"] = practises
    web.candidate_cookie(by.invite).put(request, web.console.signer.sign(CANDIDATE, values))


def _check(request: Request, by: Visit, csrf: str) -> None:
    signer = web_of(request).console.signer
    check_form(signer, by.session, csrf, request.headers.get("sec-fetch-site"))


def _door(console: Console, by: Visit, room: Room) -> str:
    """Give the address by which the candidate enters; good for a minute."""
    ticket = join_ticket(console, interview_of_invite(console, by.invite))
    return _join(ticket, f"/user/{room.hub_user}/lab/tree/{quote(room.path)}")


def _join(ticket: str, then: str) -> str:
    return f"/hub/join?{urlencode({'key': ticket, 'next': then})}"


def _go(path: str, request: Request | None = None) -> Response:
    if request is not None and "hx-request" in request.headers:
        return Response(status_code=200, headers={"HX-Redirect": path})
    return RedirectResponse(path, 303)


def _steps(room: Room) -> list[dict[str, str]]:
    words = (
        "You agreed",
        "Your room starts",
        "Your notebooks are put in place",
        "You enter",
    )
    current = 2 if room.progress >= PLACING else 1
    states = ["done" if n < current else "now" if n == current else "later" for n in range(4)]
    return [{"words": text, "state": state} for text, state in zip(words, states, strict=True)]
