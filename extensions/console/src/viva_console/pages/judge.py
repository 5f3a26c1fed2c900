"""Decides how staff see one dimension of one question, and give it a level."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from viva_console.api.staff import Member, StaffForm, member, staff_form
from viva_console.api.web import web_of
from viva_console.domain.errors import BadRequestError
from viva_console.domain.judgement import LEVELS, ByTestsError, DimensionView, Judging
from viva_console.domain.written import MOST_COMMENT, MOST_REASON
from viva_console.flow.comment import comment
from viva_console.flow.judge import dimension_page, judge
from viva_console.pages.render import page

router = APIRouter(prefix="/interviews/{interview_id}/dimensions/{run_id}/{dimension}")
By = Annotated[Member, Depends(member)]
Sent = Annotated[StaffForm, Depends(staff_form)]

_DONE = {
    "judge": "Your level is recorded. What was scored stays beside it.",
    "comment": "Your comment is recorded.",
}


@dataclass(frozen=True, slots=True)
class Due:
    """What needs a person in one question; ``why`` is said once where it is the same for all."""

    title: str
    why: str
    dimensions: tuple[DimensionView, ...]


def due_by_question(judging: Judging) -> list[Due]:
    """Put what needs a person together by question."""
    found: dict[str, list[DimensionView]] = {}
    for view in judging.due:
        found.setdefault(view.question.title, []).append(view)
    return [_due(title, views) for title, views in found.items()]


def _due(title: str, views: list[DimensionView]) -> Due:
    whys = {view.why_unscored for view in views}
    return Due(title, whys.pop() if len(whys) == 1 else "", tuple(views))


def evidence_anchor(dimension: str) -> str:
    """Give the id of a dimension's place in the report that a page shows."""
    return f"report-d-{re.sub(r'[^A-Za-z0-9]+', '-', dimension).strip('-')}"


@router.get("")
def show(  # noqa: PLR0917 - the parts of the address, and what FastAPI puts in
    request: Request, interview_id: str, run_id: str, dimension: str, by: By, done: str = ""
) -> Response:
    """Show what was scored and decided, with the form to decide."""
    messages = [_DONE[done]] if done in _DONE else []
    return _Place(request, interview_id, run_id, dimension).shown(by, messages=messages)


@router.post("")
def post_level(
    request: Request, interview_id: str, run_id: str, dimension: str, form: Sent
) -> Response:
    """Record a person's level, or show the form again with what was written."""
    place = _Place(request, interview_id, run_id, dimension)
    values = {"level": form.text("level"), "reason": form.text("reason")}
    console, actor = web_of(request).console, form.member.actor
    try:
        judge(console, interview_id, run_id, dimension, actor, **values)
    except ByTestsError:
        raise
    except BadRequestError as error:
        return place.shown(form.member, values=values, errors={"judgement": error.message})
    return place.back("judge")


@router.post("/comments")
def post_comment(
    request: Request, interview_id: str, run_id: str, dimension: str, form: Sent
) -> Response:
    """Record a comment on the dimension."""
    place = _Place(request, interview_id, run_id, dimension)
    values = {"text": form.text("text"), "corrects": form.text("corrects")}
    console, actor = web_of(request).console, form.member.actor
    about = dimension_page(console, interview_id, run_id, dimension, actor).subject.key
    try:
        comment(console, interview_id, actor, about=about, **values)
    except BadRequestError as error:
        return place.shown(form.member, values=values, errors={"comment": error.message})
    return place.back("comment")


@dataclass(frozen=True, slots=True)
class _Place:
    """One dimension's address, and its page."""

    request: Request
    interview_id: str
    run_id: str
    dimension: str

    def shown(
        self,
        by: Member,
        *,
        values: dict[str, str] | None = None,
        errors: dict[str, str] | None = None,
        messages: list[str] | None = None,
    ) -> Response:
        found = dimension_page(
            web_of(self.request).console,
            self.interview_id,
            self.run_id,
            self.dimension,
            by.actor,
        )
        context = {
            "member": by,
            "here": "",
            "found": found,
            "levels": LEVELS,
            "anchor": evidence_anchor(self.dimension),
            "reason_limit": MOST_REASON,
            "comment_limit": MOST_COMMENT,
            "values": {"level": "", "reason": "", "text": "", "corrects": ""} | (values or {}),
            "errors": errors or {},
            "messages": messages or [],
        }
        return page(self.request, "dimension.html", context, 422 if errors else 200)

    def back(self, done: str) -> Response:
        web = web_of(self.request)
        path = f"interviews/{self.interview_id}/dimensions/{self.run_id}/{self.dimension}"
        return RedirectResponse(f"{web.prefix}/{path}?done={done}", 303)
