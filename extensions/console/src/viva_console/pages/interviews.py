"""Decides how staff see all interviews, and how they make a new one."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from viva_console.api.staff import Member, StaffForm, member, staff_form
from viva_console.api.web import web_of
from viva_console.domain.errors import BadRequestError
from viva_console.domain.wishes import (
    MAX_MINUTES,
    TIME_PERCENTS,
    checked_alias,
    checked_known,
    checked_minutes,
    checked_multiplier,
    checked_role,
)
from viva_console.flow.console import Console
from viva_console.flow.grade import pile_of
from viva_console.flow.invite import create_interview, question_choices
from viva_console.flow.review import interview_page, list_interviews
from viva_console.pages.render import page
from viva_console.pages.words import chosen_words, groups, pile_words, summary, total_words

router = APIRouter()
By = Annotated[Member, Depends(member)]


@router.get("/")
def show_interviews(request: Request, by: By) -> Response:
    """List the interviews, those that need staff first."""
    console = web_of(request).console
    rows = list_interviews(console, by.actor)
    context = {
        "member": by,
        "here": "interviews",
        "groups": groups(rows),
        "summary": summary(rows),
        "pile": pile_words(pile_of(console)),
    }
    return page(request, "interviews.html", context)


@router.get("/interviews/new")
def show_form(request: Request, by: By) -> Response:
    """Show the empty form: nothing is chosen yet, and scripts add the minutes up as it is."""
    values: dict[str, Any] = {
        "alias": "",
        "known": "",
        "role": "Senior data scientist",
        "questions": [],
        "minutes": "60",
        "multiplier": "1.0",
    }
    return _form(request, by, values, {})


@router.post("/interviews")
def create(request: Request, form: Annotated[StaffForm, Depends(staff_form)]) -> Response:
    """Create an interview, or show the form again with what is wrong at its place."""
    console = web_of(request).console
    values: dict[str, Any] = {
        "alias": form.text("alias"),
        "known": form.text("known"),
        "role": form.text("role"),
        "questions": form.texts("questions"),
        "minutes": form.text("minutes").strip(),
        "multiplier": form.text("multiplier").strip() or "1.0",
    }
    errors = _errors(console, values)
    if not errors:
        try:
            interview = create_interview(
                console,
                values["alias"],
                values["questions"],
                minutes=int(values["minutes"]),
                role=values["role"],
                created_by=form.member.actor,
                multiplier=float(values["multiplier"]),
                known=values["known"],
            )
        except BadRequestError as error:
            errors["questions"] = error.message
        else:
            address = f"{web_of(request).prefix}/interviews/{interview.id}/invite"
            return RedirectResponse(address, 303)
    return _form(request, form.member, values, errors)


@router.get("/interviews/{interview_id}/invite")
def show_link(request: Request, interview_id: str, by: By) -> Response:
    """Show the link, ready to be sent; an interview that is over has none."""
    view = interview_page(web_of(request).console, interview_id)
    if view.invite_url is None:
        return RedirectResponse(f"{web_of(request).prefix}/interviews/{interview_id}", 303)
    return page(request, "link.html", {"member": by, "here": "", "view": view})


def _errors(console: Console, values: dict[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    checks = {
        "alias": lambda: checked_alias(values["alias"]),
        "known": lambda: checked_known(values["known"]),
        "role": lambda: checked_role(values["role"]),
        "minutes": lambda: checked_minutes(_whole(values["minutes"])),
        "multiplier": lambda: checked_multiplier(_decimal(values["multiplier"])),
    }
    for name, check in checks.items():
        try:
            check()
        except BadRequestError as error:
            errors[name] = error.message
    known = {choice.slug for choice in question_choices(console)}
    if not values["questions"]:
        errors["questions"] = "Choose at least one question."
    elif not known.issuperset(values["questions"]):
        errors["questions"] = "Choose from the questions listed here."
    return errors


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_MINUTES))):
        raise BadRequestError(f"Give whole minutes, 1 to {MAX_MINUTES}.")
    return int(text)


def _decimal(text: str) -> float:
    whole, _, rest = text.partition(".")
    if not (text.isascii() and f"{whole}{rest}".isdecimal() and len(text) <= len("1.25")):
        raise BadRequestError("Choose one of the times listed here.")
    return float(text)


def _form(request: Request, by: Member, values: dict[str, Any], errors: dict[str, str]) -> Response:
    choices = question_choices(web_of(request).console)
    percent = 100
    if "multiplier" not in errors:
        percent = checked_multiplier(_decimal(values["multiplier"]))
    minutes = None if "minutes" in errors else _whole(values["minutes"])
    context = {
        "member": by,
        "here": "new",
        "choices": choices,
        "percents": TIME_PERCENTS,
        "chosen_words": chosen_words([one for one in choices if one.slug in values["questions"]]),
        "total_words": total_words(minutes, percent),
        "values": {**values, "percent": percent},
        "errors": errors,
    }
    return page(request, "new.html", context, 422 if errors else 200)
