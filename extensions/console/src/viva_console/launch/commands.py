"""Decides which commands start Viva on one machine."""

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Terminal
from viva_grader.domain.errors import VivaError
from viva_grader.places import clone_root, runtime_home

from viva_console.launch.demo import demo as play_demo
from viva_console.launch.up import end_on_sigterm, running, stay

app = typer.Typer()


@contextlib.contextmanager
def _one_line_for_errors() -> Generator[None]:
    """End the command with an error's message and exit status instead of a traceback."""
    try:
        yield
    except VivaError as error:
        typer.echo(f"viva: {error.code}: {error.message}", err=True)
        raise typer.Exit(error.exit_status) from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@app.command()
def up() -> None:
    """Start Viva on this machine: database, hub, console and a worker, until Ctrl-C."""
    terminal = Terminal()
    end_on_sigterm()
    with (
        _one_line_for_errors(),
        running(runtime_home(), clone_root(), terminal.log) as (place, _, parts),
    ):
        terminal.print("\nViva is up; Ctrl-C ends it. The staff link works once:")
        terminal.print(f"  {place.staff_link}", soft_wrap=True)
        stay(parts)


@app.command()
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the reports are written.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder for the reports.")] = Path("demo"),
) -> None:
    """Play the main job with three candidates, write their reports, and stay up."""
    with _one_line_for_errors():
        play_demo(runtime_home(), clone_root(), out, once=once)
