"""Decides how staff read a report: on a page, on paper, and as JSON."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from markupsafe import Markup
from viva_grader.report import stylesheet

from viva_console.api.staff import Member, member
from viva_console.api.web import web_of
from viva_console.flow.report import report_fragments, report_json
from viva_console.pages.render import page

router = APIRouter(prefix="/interviews/{interview_id}")
sheet = APIRouter()
By = Annotated[Member, Depends(member)]


@router.get("/report")
def show_report(request: Request, interview_id: str, by: By) -> Response:
    """Show the report in the console's layout."""
    fragments = report_fragments(web_of(request).console, interview_id, by.actor)
    context = {
        "member": by,
        "here": "",
        "interview_id": interview_id,
        # The grader's own templates made these and escaped every value in them.
        "fragments": [Markup(fragment) for fragment in fragments],  # noqa: S704 - as above
    }
    return page(request, "report.html", context)


@sheet.get("/report.css")
def report_sheet() -> Response:
    """Give the style sheet of every report; it says nothing of anybody."""
    headers = {"Cache-Control": "public, max-age=300"}
    return Response(stylesheet(), media_type="text/css", headers=headers)


@router.get("/report.json")
def download_report(request: Request, interview_id: str, by: By) -> Response:
    """Give the report as JSON, to be kept."""
    name = f"viva-report-{interview_id}.json"
    return Response(
        report_json(web_of(request).console, interview_id, by.actor),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
