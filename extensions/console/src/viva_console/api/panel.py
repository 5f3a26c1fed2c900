"""Decides what the candidate's panel may ask, by the token of its session and nothing else."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from viva_console.api import panel_models as wire
from viva_console.api.problems import UnderWayError
from viva_console.api.web import count_guess, public_door, web_of
from viva_console.domain.errors import NotAllowedError
from viva_console.domain.interview import Interview
from viva_console.domain.submission import Receipt
from viva_console.domain.views import Brief
from viva_console.flow.invite import invite_token
from viva_console.flow.record import saved
from viva_console.flow.solve import brief
from viva_console.flow.spawn import begin, interview_of_session
from viva_console.flow.submit import submit

router = APIRouter(prefix="/panel/v1", dependencies=[Depends(public_door)])


def session_interview(request: Request) -> Interview:
    """Give the interview that the bearer's token speaks for; cookies are never looked at.

    Raises
    ------
    NotAllowedError
        ``session.invalid``.
    GoneError
        ``session.expired``.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAllowedError("This session is not valid.", code="session.invalid")
    try:
        return interview_of_session(web_of(request).console, token.strip())
    except NotAllowedError:
        count_guess(request)
        raise


Session = Annotated[Interview, Depends(session_interview)]


@router.get("/brief")
def get_brief(request: Request, interview: Session) -> wire.Brief:
    """Give the questions, the server's time and the deadline."""
    return _page(brief(web_of(request).console, interview))


@router.post("/begin")
def post_begin(request: Request, interview: Session, body: wire.BeginRequest) -> wire.Brief:
    """End practice and start the clock; a repetition changes nothing.

    Raises
    ------
    NotNowError
        ``room.not_ready`` while the room does not answer: no clock has started.
    """
    console = web_of(request).console
    return _page(brief(console, begin(console, interview.id)))


def _page(page: Brief) -> wire.Brief:
    return wire.Brief.model_validate(
        {
            "interview": page.interview_id,
            "state": page.state,
            "now": page.now,
            "ends_at": page.ends_at,
            "minutes": page.minutes,
            "paused_by": page.paused_by,
            "credits": [
                {"until": one.until, "seconds": one.seconds, "reason": one.fault}
                for one in page.credits
            ],
            "questions": [
                {
                    "slug": one.slug,
                    "title": one.title,
                    "kind": one.kind,
                    "minutes": one.minutes,
                    "path": one.path,
                    "brief": one.brief,
                }
                for one in page.questions
            ],
            "disclosure": {
                "recorded": list(page.disclosure.recorded),
                "ai": list(page.disclosure.ai),
            },
            "put_back": page.put_back,
        }
    )


@router.get("/saved")
def get_saved(request: Request, interview: Session) -> wire.Saved:
    """Say what of each notebook has arrived and is kept."""
    notebooks = [
        wire.SavedNotebook(
            path=one.path, work_sha256=one.work_sha256, at=one.at, problem=one.problem
        )
        for one in saved(web_of(request).console, interview)
    ]
    return wire.Saved(notebooks=notebooks)


@router.post("/submit")
def post_submit(request: Request, interview: Session, body: wire.SubmitRequest) -> wire.Submitted:
    """Hand in every question at once; a repetition gives the same receipts.

    Raises
    ------
    UnderWayError
        While the room's files are being collected for an earlier request.
    """
    console = web_of(request).console
    with web_of(request).collecting.enter(interview.id) as first:
        if not first:
            raise UnderWayError("Your work is being handed in. Please wait a moment.")
        paper = submit(console, interview.id)
    path = f"{web_of(request).prefix}/i/{invite_token(console, interview)}/receipt"
    return wire.Submitted(submitted_at=paper.submitted_at, receipts=_lines(paper), receipt_url=path)


def _lines(paper: Receipt) -> list[wire.Receipt]:
    return [
        wire.Receipt(
            question=line.question,
            title=line.title,
            path=line.path,
            sha256=line.sha256,
            bytes=line.size_bytes,
            problem=line.problem,
            saved_at=line.saved_at,
        )
        for line in paper.lines
    ]
