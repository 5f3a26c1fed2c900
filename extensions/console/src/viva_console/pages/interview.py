"""Decides how staff see one interview, and what they may do with it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from viva_console.api.staff import Member, StaffForm, member, staff_form
from viva_console.api.web import web_of
from viva_console.domain.errors import BadRequestError
from viva_console.domain.record import VERDICTS
from viva_console.domain.views import InterviewPage
from viva_console.domain.words import Closer, State
from viva_console.domain.written import MOST_COMMENT
from viva_console.flow.comment import comment
from viva_console.flow.review import (
    decide,
    erase_candidate,
    interview_page,
    regrade,
)
from viva_console.flow.submit import submit
from viva_console.pages.judge import due_by_question, evidence_anchor
from viva_console.pages.render import page

router = APIRouter(prefix="/interviews/{interview_id}")
By = Annotated[Member, Depends(member)]
Sent = Annotated[StaffForm, Depends(staff_form)]

_DONE = {
    "decide": "Your decision is recorded.",
    "comment": "Your comment is recorded.",
    "regrade": "A new grading has been ordered. The earlier one stays in the record.",
    "close": "The interview is ended, and the last saved work was handed in.",
    "erase": "The candidate's content can no longer be read by anyone.",
}
_FIELDS = ("verdict", "reason", "way", "about", "text", "corrects")


@dataclass(frozen=True, slots=True)
class Action:
    """Something that staff may do now; ``final`` where nothing brings it back."""

    verb: str
    title: str
    words: str
    final: bool = False


def actions(view: InterviewPage) -> list[Action]:
    """Give what the state of an interview allows."""
    state, found = view.row.state, list[Action]()
    if state is State.OPEN:
        words = (
            "The last saved notebooks are handed in as they are, and the candidate's room closes."
        )
        found.append(Action("close", "End now and hand in", words, final=True))
    if state in {State.SUBMITTED, State.GRADED} and any(line.run_id for line in view.lines):
        words = (
            "Runs the grading anew, by the questions as the library holds them now. "
            "Nothing is overwritten: the earlier run stays in the record."
        )
        found.append(Action("regrade", "Grade again", words))
    if state not in {State.STARTING, State.OPEN} and not view.interview.erased_at:
        words = (
            "Destroys the key of everything that this candidate wrote: alias, notebooks, outputs, "
            "what a model said of them. Scores, hashes and the record stay and name nobody."
        )
        found.append(Action("erase", "Erase the candidate's content", words, final=True))
    return found


def is_live(view: InterviewPage) -> bool:
    """Whether the page may change without anybody touching it."""
    still = {State.CONSENTED, State.STARTING, State.OPEN, State.SUBMITTED}
    return view.row.state in still


@router.get("")
def show(request: Request, interview_id: str, by: By, done: str = "") -> Response:
    """Show one interview."""
    messages = [_DONE[done]] if done in _DONE else []
    return _page(request, interview_id, by, messages=messages)


@router.post("/decide")
def post_decision(request: Request, interview_id: str, form: Sent) -> Response:
    """Record a person's verdict and reason."""
    verdict, reason = form.text("verdict"), form.text("reason")
    try:
        decide(web_of(request).console, interview_id, verdict, reason, form.member.actor)
    except BadRequestError as error:
        values = {"verdict": verdict, "reason": reason, "way": form.text("way")}
        errors = {"decision": error.message}
        return _page(request, interview_id, form.member, values=values, errors=errors)
    return _back(request, interview_id, "decide")


@router.post("/comments")
def post_comment(request: Request, interview_id: str, form: Sent) -> Response:
    """Record a comment on the interview or on something in it."""
    values = {name: form.text(name) for name in ("about", "text", "corrects")}
    try:
        comment(web_of(request).console, interview_id, form.member.actor, **values)
    except BadRequestError as error:
        errors = {"comment": error.message}
        return _page(request, interview_id, form.member, values=values, errors=errors)
    return _back(request, interview_id, "comment")


@router.post("/regrade")
def post_regrade(request: Request, interview_id: str, form: Sent) -> Response:
    """Order a new run of every submission."""
    regrade(web_of(request).console, interview_id, form.member.actor)
    return _back(request, interview_id, "regrade")


@router.post("/close")
def post_close(request: Request, interview_id: str, form: Sent) -> Response:
    """End a running interview with what is saved."""
    submit(web_of(request).console, interview_id, Closer.STAFF)
    return _back(request, interview_id, "close")


@router.post("/erase")
def post_erase(request: Request, interview_id: str, form: Sent) -> Response:
    """Destroy the candidate's key."""
    erase_candidate(web_of(request).console, interview_id, form.member.actor)
    return _back(request, interview_id, "erase")


@router.get("/audit")
def show_audit(request: Request, interview_id: str, by: By) -> Response:
    """Show the interview's record with its hashes."""
    view = interview_page(web_of(request).console, interview_id, by.actor)
    return page(request, "audit.html", {"member": by, "here": "", "view": view})


def _page(
    request: Request,
    interview_id: str,
    by: Member,
    *,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    messages: list[str] | None = None,
) -> Response:
    view = interview_page(web_of(request).console, interview_id, by.actor)
    context = {
        "member": by,
        "here": "",
        "view": view,
        "actions": actions(view),
        "live": is_live(view),
        "verdicts": VERDICTS,
        "due": due_by_question(view.judging),
        "anchor": evidence_anchor,
        "comment_limit": MOST_COMMENT,
        "values": dict.fromkeys(_FIELDS, "") | (values or {}),
        "errors": errors or {},
        "messages": messages or [],
    }
    return page(request, "interview.html", context, 422 if errors else 200)


def _back(request: Request, interview_id: str, done: str) -> Response:
    address = f"{web_of(request).prefix}/interviews/{interview_id}?done={done}"
    return RedirectResponse(address, 303)
