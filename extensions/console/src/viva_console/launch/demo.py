"""Decides what the demonstration plays: three candidates, invite to report, by public doors."""

import asyncio
import contextlib
import json
import time
from pathlib import Path

from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from viva_grader.library.solutions import answered
from viva_grader.report.html import render_html

from viva_console.bootstrap import build_console
from viva_console.domain.errors import ConsoleError
from viva_console.domain.interview import Interview
from viva_console.domain.record import staff
from viva_console.domain.views import InterviewPage
from viva_console.flow.console import Console
from viva_console.flow.invite import create_interview, invite_url, question_choices
from viva_console.flow.report import report_of
from viva_console.flow.review import interview_page
from viva_console.launch.installation import Installation
from viva_console.launch.processes import Parts
from viva_console.launch.up import PARTS, end_on_sigterm, running, stay
from viva_console.launch.visitor import Json, Solve, Visitor

ROLE = "Senior data scientist"
CANDIDATES = {
    "A (reference)": "reference",
    "B (partly wrong)": "wrong_ties",
    "C (malicious)": "malicious",
}
QUESTIONS = ("top_customers", "late_orders")
"""One in Python and one in SQL, to which each of these candidates has an answer."""
GRADED_S = 240.0


class DemoFailedError(ConsoleError):
    """The demonstration did not come to its end."""

    code = "demo.failed"


def demo(home: Path, root: Path, output: Path, *, once: bool) -> None:
    """Play the main job and, unless ``once``, stay up until Ctrl-C.

    Parameters
    ----------
    output : Path
        The folder for ``report.html`` and ``report.json``.

    Raises
    ------
    ConsoleError
        When a part does not start, or a step of the job fails.
    """
    end_on_sigterm()
    terminal = Terminal()
    with contextlib.ExitStack() as stack:
        place, store_url, parts = _start(stack, home, root, terminal)
        console = build_console(place.console_settings(store_url))
        stack.callback(console.close)
        with _bars(terminal) as bars:
            interviews = _play(console, place, bars)
            pages = _wait_for_grades(console, interviews, bars)
        terminal.print(_table(pages))
        _write_reports(console, interviews, output)
        terminal.print(f"Reports: {output / 'report.html'} and {output / 'report.json'}")
        if not once:
            guest = _interview(console, "D (you)")
            terminal.print("\nViva is up. One browser can hold both links; Ctrl-C ends it.")
            terminal.print(f"  staff      {place.staff_link}", soft_wrap=True)
            terminal.print(f"  candidate  {invite_url(console, guest)}", soft_wrap=True)
            stay(parts)


def _start(
    stack: contextlib.ExitStack, home: Path, root: Path, terminal: Terminal
) -> tuple[Installation, str, Parts]:
    with _bars(terminal) as bars:
        task = bars.add_task("Starting", total=PARTS)

        def say(part: str) -> None:
            bars.update(task, description=f"Starting: {part}", advance=1)

        started = stack.enter_context(running(home, root, say))
        bars.update(task, description="Started", completed=PARTS)
        return started


def _play(console: Console, place: Installation, bars: Progress) -> list[Interview]:
    interviews = [_interview(console, alias) for alias in CANDIDATES]

    async def visit(interview: Interview) -> None:
        task = bars.add_task(interview.alias, total=1.0)

        def say(step: str, share: float) -> None:
            bars.update(task, description=f"{interview.alias} {step}", completed=share)

        url = invite_url(console, interview)
        await Visitor(place.public_url, say).visit(url, _solve(CANDIDATES[interview.alias]))
        bars.update(task, description=f"{interview.alias} has a receipt", completed=1.0)

    async def visits() -> None:
        async with asyncio.TaskGroup() as group:
            for interview in interviews:
                group.create_task(visit(interview))

    try:
        asyncio.run(visits())
    except* Exception as failures:
        first = failures.exceptions[0]
        raise DemoFailedError(f"A candidate could not finish: {first!r}") from failures
    return interviews


def _interview(console: Console, alias: str) -> Interview:
    choices = [choice for choice in question_choices(console) if choice.slug in QUESTIONS]
    return create_interview(
        console,
        alias,
        list(QUESTIONS),
        minutes=sum(choice.minutes for choice in choices),
        role=ROLE,
        created_by=staff("demo"),
    )


def _solve(solution: str) -> Solve:
    def solve(slug: str, notebook: Json) -> Json:
        return json.loads(answered(slug, solution, json.dumps(notebook).encode()))

    return solve


def _wait_for_grades(
    console: Console, interviews: list[Interview], bars: Progress
) -> list[InterviewPage]:
    task = bars.add_task("Grading", total=None)
    end = time.monotonic() + GRADED_S
    while time.monotonic() < end:
        pages = [interview_page(console, interview.id) for interview in interviews]
        runs = [line.run_state for page in pages for line in page.lines]
        over = sum(1 for state in runs if state and state.is_over)
        bars.update(task, total=len(runs), completed=over, description=f"Graded {over}")
        if runs and over == len(runs):
            return pages
        time.sleep(0.3)
    raise DemoFailedError(
        f"Grading was not done after {GRADED_S:.0f} s; the worker's log says why."
    )


def _table(pages: list[InterviewPage]) -> Table:
    table = Table(title="What the grader says")
    for name in ("candidate", "question"):
        table.add_column(name, no_wrap=True)
    for name in ("points", "tests", "rubric", "overall"):
        table.add_column(name, justify="right", no_wrap=True)
    for page in pages:
        for line in page.lines:
            table.add_row(
                page.row.alias,
                line.question.title,
                f"{_number(line.auto_score)} / {_number(line.max_score)}",
                _number(line.deterministic_score),
                _number(line.rubric_score),
                _number(line.overall),
            )
    return table


def _number(value: float | None) -> str:
    return "unscored" if value is None else f"{value:g}"


def _write_reports(console: Console, interviews: list[Interview], output: Path) -> None:
    reports = [report_of(console, interview.id) for interview in interviews]
    output.mkdir(exist_ok=True)
    (output / "report.html").write_text(render_html(reports), encoding="utf-8")
    documents = [report.document() for report in reports]
    text = json.dumps(documents, ensure_ascii=False, indent=2, sort_keys=True)
    (output / "report.json").write_text(text + "\n", encoding="utf-8")


def _bars(terminal: Terminal) -> Progress:
    return Progress(
        TextColumn("{task.description:<52}"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=terminal,
    )
