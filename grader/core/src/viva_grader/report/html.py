"""Decides how a report looks: escaped text in one page, without scripts or requests."""

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Final, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from viva_grader.domain.visible import reveal, segments
from viva_grader.report.document import Report
from viva_grader.report.radar import radar
from viva_grader.score.explain import figure

PACKAGE: Final = "viva_grader.report"
_SEVERITIES: Final = frozenset({"high", "medium", "low"})
_DAY: Final = len("2026-11-20")
DEEPEST_HEADING: Final = 4
"""A report uses three levels, and HTML has six."""


def render_html(reports: Sequence[Report]) -> str:
    """Render a standalone page: a comparison first where there are several reports.

    The page needs no script and asks for nothing; its policy forbids both.
    """
    style = stylesheet()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    title = reports[0].interview.candidate if len(reports) == 1 else f"{len(reports)} reports"
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            reports=reports,
            title=f"Viva report: {title}",
            style=Markup(style),  # noqa: S704 - the package's own file
            style_hash=f"sha256-{digest}",
        )
    )


def render_fragment(report: Report, *, heading_level: int = 1, prefix: str = "report") -> Markup:
    """Render one report's ``<article class="viva-report">`` for another page's layout.

    Parameters
    ----------
    heading_level : int
        1..4; of the candidate's name, others follow below it.
    prefix : str
        Letters, digits and hyphens; begins every id in the fragment.

    Notes
    -----
    The page must hold :func:`stylesheet`, linked or embedded; all of it is under ``.viva-report``.
    """
    if not 1 <= heading_level <= DEEPEST_HEADING:
        raise ValueError(f"heading_level is 1..{DEEPEST_HEADING}, not {heading_level}")
    template = _environment().get_template("fragment.html.j2")
    return Markup(  # noqa: S704 - rendered by templates that escape
        template.render(report=report, level=heading_level, prefix=_anchor(prefix))
    )


@cache
def stylesheet() -> str:
    """Give the report's stylesheet."""
    return files(PACKAGE).joinpath("theme.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = cast("dict[str, object]", environment.filters)  # typed after jinja's own ones only
    filters.update(
        shown=_shown, plain=_plain, figure=figure, anchor=_anchor, moment=_moment, flag=_flag
    )
    cast("dict[str, object]", environment.globals)["radar"] = radar
    return environment


def _shown(text: object, limit: int) -> Markup:
    """Escape somebody's text, mark what cannot be seen, and cut it where it gets too long."""
    whole = str(text)
    runs = (
        Markup('<span class="vr-unseen">{}</span>').format(run) if unseen else escape(run)
        for run, unseen in segments(whole[:limit])
    )
    shown = Markup("").join(runs)
    if len(whole) > limit:
        left = f"… {len(whole) - limit:,} more characters"
        shown += Markup('<span class="vr-cut">{}</span>').format(left)
    return shown


def _plain(text: object, limit: int = 200) -> str:
    """Text for an attribute or a title; escaping is the template's."""
    return reveal(str(text)[:limit])


def _flag(text: object) -> tuple[str, str]:
    """Take a red flag's severity from its text; one without any has none."""
    severity, _, said = str(text).partition(": ")
    return (severity, said) if severity in _SEVERITIES else ("", str(text))


def _anchor(text: object) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", str(text)).strip("-")[:80] or "x"


def _moment(text: str) -> Markup:
    """Write an instant in UTC, or a day, for a reader; what is neither is shown as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return _shown(text, 60)
    if len(text) == _DAY:
        return escape(f"{at:%-d %B %Y}")
    if at.tzinfo is None:
        return _shown(text, 60)
    return escape(f"{at.astimezone(UTC):%-d %B %Y, %H:%M} UTC")
