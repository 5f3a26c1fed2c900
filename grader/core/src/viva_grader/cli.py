"""Decides what the command ``viva`` can do: its own commands, and those of installed parts."""

import sys
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer

from viva_grader.cli_progress import progress
from viva_grader.domain.errors import VivaError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="An interview environment made of Jupyter.",
)


@app.callback()
def _root() -> None:
    """Hold the commands together; Typer takes the help from the application."""


@app.command()
def grade(
    submissions: Annotated[list[Path], typer.Argument(help="Candidates' notebooks.")],
    *,
    question: Annotated[
        str, typer.Option(help="A slug, or the path of an nbgrader source notebook.")
    ],
    json_lines: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON for each submission.")
    ] = False,
    no_rubric: Annotated[bool, typer.Option("--no-rubric", help="Ask no model.")] = False,
    only_tests: Annotated[
        bool, typer.Option("--only-tests", help="Measure correctness alone, and ask no model.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=256, help="Submissions at a time; all cores without.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder that takes one grade document for each.")
    ] = None,
) -> None:
    """Grade submissions to one question; exit status 2 if one of them could not be read."""
    with progress(len(submissions)) as advance:
        from viva_grader.cli_grade import (
            Options,
            grade_all,
        )  # takes a second: the bar stands by then

        options = Options(json_lines, not (no_rubric or only_tests), not only_tests, out, jobs)
        status = grade_all(submissions, question, options, advance)
    raise typer.Exit(status)


@app.command()
def verify(
    grades: Annotated[list[Path], typer.Argument(help="Grade documents: what --out wrote.")],
    *,
    submission: Annotated[
        Path | None, typer.Option(help="The graded notebook, where it is not beside the grade.")
    ] = None,
    question: Annotated[
        str | None, typer.Option(help="Where the question is; without it, by the grade's slug.")
    ] = None,
) -> None:
    """Grade again what stored grades speak of: identical, or one line for each difference."""
    with progress(len(grades)) as advance:
        from viva_grader.cli_verify import verify_all  # takes a second, as above

        status = verify_all(grades, submission=submission, question=question, advance=advance)
    raise typer.Exit(status)


@app.command()
def explain(
    grade: Annotated[Path, typer.Argument(help="A grade document: what --out wrote.")],
    *,
    evaluation: Annotated[
        Path | None, typer.Option(help="The evaluation, where it is not beside the grade.")
    ] = None,
    final: Annotated[
        Path | None, typer.Option(help="The final score, where it is not beside the grade.")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="People's decisions, where not beside the grade.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Print the whole arithmetic of a stored grade, each figure computed again and compared."""
    from viva_grader.cli_explain import explain_files  # pydantic and rich take a moment

    explain_files(grade, evaluation=evaluation, final=final, decisions=decisions, as_json=as_json)


def main() -> None:
    """Run the command; an error of ours ends as one line and its exit status."""
    if sys.argv[1:2] not in (["grade"], ["verify"], ["explain"]):
        _add_commands()
    try:
        app()
    except VivaError as error:
        sys.stderr.write(f"viva: {error.code}: {error.message}\n")
        sys.exit(error.exit_status)
    except ValueError as error:
        sys.stderr.write(f"viva: settings.invalid: {_bad_setting(error)}\n")
        sys.exit(2)


def _bad_setting(error: ValueError) -> str:
    """Say in one line which settings cannot be; any other error goes on."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        raise error
    lines = (
        f"{'.'.join(map(str, each['loc']))} {each['msg'].removeprefix('Value error, ')}"
        for each in error.errors()
    )
    return "; ".join(line.strip() for line in lines)


@cache
def authors_commands() -> tuple[typer.Typer, ...]:
    """Give the commands for authors: ``viva questions``, ``databases``, ``rubrics``, ``rubric``."""
    from viva_grader.cli_mutate import mutate
    from viva_grader.cli_rubric import rubric, rubrics
    from viva_grader.library.commands import databases, questions

    questions.command("mutate")(mutate)
    return questions, databases, rubrics, rubric


def _add_commands() -> None:
    """Offer the authors' commands, and those of other wheels; what cannot be imported is said.

    Grading does without: importing all of them takes longer than grading does.
    """
    for commands in authors_commands():
        app.add_typer(commands)
    for entry in entry_points(group="viva.commands"):
        try:
            part: typer.Typer = entry.load()
        except ImportError as error:
            sys.stderr.write(f"viva: the commands of {entry.value} are missing: {error}\n")
            continue
        app.registered_commands += part.registered_commands
        app.registered_groups += part.registered_groups
