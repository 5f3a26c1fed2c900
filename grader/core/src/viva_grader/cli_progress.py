"""Decides how the command shows that it works: a bar at once, on a terminal only."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress(total: int) -> Generator[Callable[[], None]]:
    """Show a bar on a terminal's standard error; nothing anywhere else.

    Yields
    ------
    callable
        To be called once for each step that is done.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Grading", total=total)
        yield lambda: bar.advance(task)
