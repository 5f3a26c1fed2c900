"""Decides how a member of staff rates a submission, and that no score stands on those pages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from viva_console.api.staff import Member, StaffForm, member, staff_form
from viva_console.api.web import web_of
from viva_console.domain.rating import MAX_NOTE_CHARACTERS, NOT_SHOWN, MissingLevelsError
from viva_console.flow.rate import begin_rating, decline_rating, rate, rate_sheet, to_rate
from viva_console.pages.render import page

router = APIRouter(prefix="/ratings")
By = Annotated[Member, Depends(member)]
Sent = Annotated[StaffForm, Depends(staff_form)]

_DONE = {
    "rated": "Your rating is recorded. You may read the report now.",
    "declined": "You declined. You may read the report now.",
}
_LEVEL, _NOTE = "level-", "note-"


@router.get("")
def show_list(request: Request, by: By, done: str = "") -> Response:
    """List what may be rated."""
    context = {
        "member": by,
        "here": "ratings",
        "lines": to_rate(web_of(request).console, by.actor),
        "messages": [_DONE[done]] if done in _DONE else [],
    }
    return page(request, "ratings.html", context)


@router.get("/{submission_id}")
def show_sheet(request: Request, submission_id: str, by: By) -> Response:
    """Show the submission as text beside the rubric."""
    return _sheet(request, submission_id, by, {}, {})


@router.post("/{submission_id}/begin")
def post_begin(request: Request, submission_id: str, form: Sent) -> Response:
    """Begin a blind rating."""
    begin_rating(web_of(request).console, submission_id, form.member.actor)
    return RedirectResponse(f"{web_of(request).prefix}/ratings/{submission_id}", 303)


@router.post("/{submission_id}/rate")
def post_rating(request: Request, submission_id: str, form: Sent) -> Response:
    """Record a rating, or show the form again with what is missing at its place."""
    values = {name: form.text(name) for name in form.fields}
    levels = _after(_LEVEL, values)
    notes = _after(_NOTE, values)
    try:
        rate(web_of(request).console, submission_id, levels, notes, form.member.actor)
    except MissingLevelsError as error:
        return _sheet(request, submission_id, form.member, values, error.fields)
    return RedirectResponse(f"{web_of(request).prefix}/ratings?done=rated", 303)


@router.post("/{submission_id}/decline")
def post_decline(request: Request, submission_id: str, form: Sent) -> Response:
    """Give a rating up."""
    decline_rating(web_of(request).console, submission_id, form.member.actor)
    return RedirectResponse(f"{web_of(request).prefix}/ratings?done=declined", 303)


def _after(prefix: str, values: dict[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(prefix): text for name, text in values.items() if name.startswith(prefix)
    }


def _sheet(
    request: Request,
    submission_id: str,
    by: Member,
    values: dict[str, str],
    errors: dict[str, str],
) -> Response:
    sheet = rate_sheet(web_of(request).console, submission_id, by.actor)
    context = {
        "member": by,
        "here": "ratings",
        "sheet": sheet,
        "dimensions": [each for each in sheet.rubric.dimensions if each.by_model],
        "not_shown": NOT_SHOWN,
        "note_limit": MAX_NOTE_CHARACTERS,
        "values": values,
        "errors": errors,
    }
    return page(request, "rate.html", context, 422 if errors else 200)
