"""Decides which commands the console adds to ``viva``."""

import threading
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console as Terminal
from rich.table import Column, Table

from viva_console.bootstrap import (
    Console,
    ConsoleSettings,
    GraderSettings,
    log_json,
    opened_console,
    prepare_store,
)
from viva_console.cli_calibrate import calibrate, ratings
from viva_console.domain.record import Actor, staff
from viva_console.domain.views import InterviewRow
from viva_console.flow.export import interview_documents
from viva_console.flow.invite import create_interview, invite_url
from viva_console.flow.record import keeping_of
from viva_console.flow.report import report_html, report_json
from viva_console.flow.review import check_record, list_interviews
from viva_console.flow.work import work_of
from viva_console.launch.commands import app as launch
from viva_console.live.recorder import run_recorder
from viva_console.pages.app import create_app
from viva_console.queue.worker import run_worker

app = typer.Typer()
app.registered_commands += launch.registered_commands
interviews = typer.Typer(
    name="interviews", help="Create, list and export interviews.", no_args_is_help=True
)
app.add_typer(interviews)
app.command()(calibrate)
app.add_typer(ratings)


@app.command()
def serve() -> None:
    """Serve the console's pages and the panel's API, behind the hub's proxy."""
    log_json()
    with opened_console() as console:
        # The library takes seconds to load: not on somebody's first request.
        threading.Thread(target=console.grader.warm_up, daemon=True).start()
        uvicorn.run(
            create_app(console),
            host=console.settings.console_bind,
            port=console.settings.console_port,
            proxy_headers=True,
            forwarded_allow_ips="127.0.0.1",
            log_config=None,
            access_log=False,
            server_header=False,
        )


@app.command()
def work(
    *,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=64, help="Gradings at a time; all cores without.")
    ] = None,
    only_grading: Annotated[
        bool, typer.Option("--only-grading", help="Leave rooms and deadlines to other workers.")
    ] = False,
) -> None:
    """Grade submissions, end rooms and keep deadlines, until SIGTERM; run as many as you like."""
    log_json()
    with opened_console() as console:
        console.store.check_key()
        run_worker(
            console.settings.store_url,
            work_of(console),
            concurrency=concurrency or GraderSettings().parallel,
            only_grading=only_grading,
        )


@app.command()
def record() -> None:
    """Record what happens in candidates' notebooks, until SIGTERM; run exactly one."""
    log_json()
    with opened_console() as console:
        console.store.check_key()
        run_recorder(keeping_of(console))


@app.command()
def migrate() -> None:
    """Create or upgrade the tables of the store and of the queue."""
    prepare_store(ConsoleSettings().store_url)


@app.command()
def report(
    interview: Annotated[str, typer.Argument(help="The interview's id.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of HTML.")] = False,
    out: Annotated[Path | None, typer.Option(help="A file; the terminal without it.")] = None,
    by: Annotated[str, typer.Option(help="Who reads it.")] = "terminal",
) -> None:
    """Write an interview's report, from what is stored."""
    with opened_console() as console:
        make = report_json if as_json else _html
        content = make(console, interview, staff(by))
    if out is None:
        typer.echo(content)
    else:
        out.write_bytes(content)


@app.command()
def audit() -> None:
    """Follow the audit trail's chain of hashes, and say whether it is whole."""
    with opened_console() as console:
        typer.echo(f"The audit trail is whole: {check_record(console)} entries.")


@interviews.command("create")
def create(
    alias: Annotated[str, typer.Option(help="What to call the candidate.")],
    question: Annotated[list[str], typer.Option(help="A question's slug; may be repeated.")],
    role: Annotated[str, typer.Option(help="What the interview is for.")],
    minutes: Annotated[int, typer.Option(help="From the moment the room is ready.")] = 60,
    by: Annotated[str, typer.Option(help="Who creates it.")] = "terminal",
    *,
    known: Annotated[
        list[str] | None,
        typer.Option(help="A name, address or employer to be taken out; may be repeated."),
    ] = None,
    multiplier: Annotated[
        float, typer.Option(help="What this candidate's minutes are multiplied by, 1 to 3.")
    ] = 1.0,
) -> None:
    """Create an interview and print its link for the candidate."""
    with opened_console() as console:
        created = create_interview(
            console,
            alias,
            question,
            minutes=minutes,
            role=role,
            created_by=staff(by),
            multiplier=multiplier,
            known="\n".join(known or ()),
        )
        typer.echo(f"{created.id} {invite_url(console, created)}")


@interviews.command("list")
def list_all() -> None:
    """List interviews, newest first."""
    with opened_console() as console:
        rows = list_interviews(console)
    id_column = Column("Interview", no_wrap=True)  # other commands want the whole of it
    table = Table(id_column, "Candidate", "Role", "State", "Points", "Overall", "Verdict")
    for row in rows:
        points = "" if row.auto_score is None else f"{row.auto_score:g} / {row.max_score:g}"
        overall = "" if row.overall is None else f"{row.overall:.0f}"
        table.add_row(row.id, row.alias, row.role, row.state.words, points, overall, _verdict(row))
    Terminal().print(table)


@interviews.command("export")
def export(
    interview: Annotated[str, typer.Argument(help="The interview's id.")],
    out: Annotated[Path, typer.Option(help="A folder that gets the files.")],
    by: Annotated[str, typer.Option(help="Who reads them.")] = "terminal",
) -> None:
    """Write what is stored of an interview's gradings, for explain, verify and replay."""
    with opened_console() as console:
        files = interview_documents(console, interview, staff(by))
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    typer.echo(f"{len(files)} files written to {out}.")


def _verdict(row: InterviewRow) -> str:
    if row.verdict is None:
        return ""
    return row.verdict if row.decided else f"{row.verdict} (recommended)"


def _html(console: Console, interview_id: str, by: Actor) -> bytes:
    return report_html(console, interview_id, by).encode()
