"""Decides how staff see how far a model's scores agree with people's."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from viva_grader.calibration.files import to_csv, to_parquet

from viva_console.api.staff import Member, member
from viva_console.api.web import web_of
from viva_console.domain.errors import BadRequestError
from viva_console.flow.calibrate import figures, ratings_seen, stored_ratings, within
from viva_console.pages.pictures import CELL, HEIGHT, WIDTH, drift_line, heat_map, height
from viva_console.pages.render import page

router = APIRouter(prefix="/calibration")
By = Annotated[Member, Depends(member)]
CHOICES = ("question", "role", "level", "model")


@router.get("")
def show(
    request: Request,
    by: By,
    split: Annotated[list[str] | None, Query()] = None,
    since: str = "",
    until: str = "",
) -> Response:
    """Show the figures by dimension, and by what else is chosen."""
    chosen = [each for each in CHOICES if each in (split or [])]
    errors: dict[str, str] = {}
    kept = stored_ratings(web_of(request).console)
    try:
        found = within(kept, _day(since), _day(until))
    except BadRequestError as error:
        found, errors = [], {"days": error.message}
    slices = figures(found, ["dimension", *chosen]) if found else ()
    context = {
        "any": bool(kept),
        "since": since,
        "until": until,
        "errors": errors,
        "member": by,
        "here": "calibration",
        "choices": CHOICES,
        "chosen": chosen,
        "shown": [(each, heat_map(each.counts), drift_line(each.months)) for each in slices],
        "cell": CELL,
        "width": WIDTH,
        "height": HEIGHT,
        "middle": height(0.0),
        "levels": range(1, 6),
    }
    return page(request, "calibration.html", context, 422 if errors else 200)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequestError("Give days as year, month, day: 2026-03-31.") from None


@router.get("/ratings.csv")
def download_csv(request: Request, by: By) -> Response:
    """Give the ratings that this person may see, as CSV."""
    content = to_csv(ratings_seen(web_of(request).console, by.actor))
    return _download(content, "text/csv; charset=utf-8", "viva-ratings.csv")


@router.get("/ratings.parquet")
def download_parquet(request: Request, by: By) -> Response:
    """Give the same as Parquet."""
    content = to_parquet(ratings_seen(web_of(request).console, by.actor))
    return _download(content, "application/vnd.apache.parquet", "viva-ratings.parquet")


def _download(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
