"""Decides how a page comes from a template: what is escaped, and how times and numbers read."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from viva_grader.domain.visible import reveal

from viva_console.api.web import web_of
from viva_console.pages import words

PACKAGE = Path(__file__).parent
STATIC = PACKAGE / "static"


@cache
def _version(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "none"


def exact(moment: datetime) -> str:
    """Write a moment out in full, in UTC."""
    return f"{moment.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def span(seconds: float) -> str:
    """Give a length of time in its greatest unit, such as ``5 minutes``."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"


def _time(context: Context, moment: datetime, kind: str, text: str) -> Markup:
    return Markup('<time datetime="{}" data-time="{}" title="{}">{}</time>').format(
        moment.astimezone(UTC).isoformat(timespec="seconds"), kind, exact(moment), text
    )


@pass_context
def ago(context: Context, moment: datetime) -> Markup:
    """Show a moment relative to now, with the exact one on hover."""
    seconds = (context["now"] - moment).total_seconds()
    text = f"{span(seconds)} ago" if seconds >= 0 else f"in {span(-seconds)}"
    return _time(context, moment, "ago", text)


@pass_context
def left(context: Context, moment: datetime) -> Markup:
    """Show what is left until a moment."""
    seconds = (moment - context["now"]).total_seconds()
    minutes = int(seconds // 60)
    if seconds <= 0:
        text = "time is up"
    elif minutes < 1:
        text = "under a minute left"
    elif minutes < 120:  # noqa: PLR2004 - minutes that people still read as minutes
        text = f"{minutes} min left"
    else:
        text = f"{minutes // 60} h {minutes % 60} min left"
    return _time(context, moment, "left", text)


@pass_context
def at(context: Context, moment: datetime) -> Markup:
    """Show a moment in full; scripts turn it to the viewer's zone."""
    return _time(context, moment, "exact", exact(moment))


def size(count: int) -> str:
    """Give a size in bytes or KiB."""
    return f"{count} bytes" if count < 10240 else f"{count / 1024:,.0f} KiB"  # noqa: PLR2004 - 10 KiB


def points(value: float | None) -> str:
    """Give points without needless decimals; a missing number stays a word."""
    return "unscored" if value is None else f"{value:.1f}".rstrip("0").rstrip(".")


def duration(minutes: int) -> str:
    """Give minutes as people say them."""
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return f"{hours} h {rest} min"
    if hours:
        return f"{timedelta(hours=hours).total_seconds() / 3600:.0f} h"
    return f"{rest} minutes"


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(PACKAGE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = cast("dict[str, Any]", env.filters)  # typed after jinja's own ones only
    for one in (ago, left, at, size, points, duration):
        filters[one.__name__] = one
    filters["seen"] = reveal
    names = cast("dict[str, Any]", env.globals)
    for one in (
        words.added,
        words.badge,
        words.event_words,
        words.more_time,
        words.run_badge,
        words.stage,
    ):
        names[one.__name__] = one
    return env


_ENVIRONMENT = _environment()


def page(
    request: Request,
    template: str,
    context: Mapping[str, Any] | None = None,
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """Render a template for this request.

    Parameters
    ----------
    template : str
        Its file name below ``templates``.
    context : mapping
        What it shows; everything is escaped.
    """
    web = web_of(request)

    def static(name: str) -> str:
        return f"{web.prefix}/static/{name}?v={_version(name)}"

    values: dict[str, Any] = {
        "prefix": web.prefix,
        "static": static,
        "nonce": request.state.nonce,
        "now": web.console.clock.now(),
        "member": None,
        **(context or {}),
    }
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(values), status)


_TITLES = {
    401: "Please log in",
    403: "This is not open to you",
    404: "Nothing is here",
    408: "That took too long",
    409: "Not now",
    410: "This has ended",
    413: "That is too large",
    421: "Wrong address",
    422: "Something is missing",
    429: "One moment, please",
    503: "Not available right now",
}


def problem_page(request: Request, status: int, code: str, message: str) -> HTMLResponse:
    """Show a mistake in plain words, with what to do next."""
    prefix = web_of(request).prefix
    candidate = request.url.path.startswith(f"{prefix}/i/")
    title = _TITLES.get(status, "Something went wrong")
    if code == "link.invalid":
        title = "This link does not work"
    context = {"title": title, "code": code, "message": message, "candidate": candidate}
    return page(request, "problem.html", {**context, "status": status}, status)
