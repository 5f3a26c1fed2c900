"""Decides what ``viva questions`` and ``viva databases`` do, for authors and for set-up."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from viva_grader.databases.binaries import install_postgres
from viva_grader.databases.cage import ServerUser
from viva_grader.databases.practice import practice_fixture
from viva_grader.databases.prepare import Preparer
from viva_grader.library.question_check import check_question, facts
from viva_grader.library.release import release as release_question
from viva_grader.library.shelf import Shelf
from viva_grader.places import clone_root, runtime_home

questions = typer.Typer(
    name="questions", help="Questions: list, check and release them.", no_args_is_help=True
)
databases = typer.Typer(name="databases", help="Databases for candidates.", no_args_is_help=True)


def _shelf() -> Shelf:
    return Shelf(clone_root())


@questions.command("list")
def list_questions() -> None:
    """List every question: slug, kind, level, minutes, points, title."""
    shelf = _shelf()
    for slug in shelf.slugs():
        question = shelf.question(slug)
        points = f"{question.max_score:g} points"
        facts = (question.kind, question.level, f"{question.minutes} min", points)
        typer.echo("  ".join((slug, *facts, question.title)))


@questions.command("check")
def check_questions(
    slugs: Annotated[list[str] | None, typer.Argument(help="Questions; all if none.")] = None,
) -> None:
    """Check questions and print one line per problem, or what they are made of.

    Exit status 1 if there is a problem.
    """
    shelf = _shelf()
    failed = False
    for slug in slugs or shelf.slugs():
        problems = check_question(slug, shelf)
        failed = failed or bool(problems)
        for problem in problems:
            typer.echo(f"{slug}: {problem}", err=True)
        if not problems:
            typer.echo(f"{slug}: fit to be asked")
            for fact in facts(shelf.question(slug), shelf):
                typer.echo(f"  {fact}")
    if failed:
        raise typer.Exit(1)


@questions.command("release")
def release(
    slug: Annotated[str, typer.Argument(help="A slug, a folder or a source notebook.")],
    out: Annotated[Path | None, typer.Option(help="Write here instead of stdout.")] = None,
) -> None:
    """Make the notebook that a candidate gets: no solution, no hidden test."""
    released = release_question(_shelf().question(slug))
    if out is None:
        sys.stdout.buffer.write(released)
    else:
        out.write_bytes(released)
        typer.echo(f"{out}: {len(released)} bytes")


@databases.callback()
def _databases() -> None:
    # with a callback, typer keeps the word "prepare" although there is no other command
    """Databases for candidates."""


@databases.command("prepare")
def prepare(
    fixtures: Annotated[list[str], typer.Argument(help="Fixtures, by slug.")],
    to: Annotated[Path, typer.Option(help="Gets a data folder for each fixture.")],
) -> None:
    """Make candidates' data folders (sample data only), unless they are there and current.

    PostgreSQL's programs go to $VIVA_HOME/postgres, the graders' own data folders (every hidden
    variant) to $VIVA_HOME/databases/grader, so that the first grading need not wait for them, and
    what candidates practise on to $VIVA_HOME/databases/practice.
    """
    shelf, home = _shelf(), runtime_home()
    preparer = Preparer(install_postgres(home / "postgres"), ServerUser.default())
    for slug in fixtures:
        fixture = shelf.fixture(slug)
        preparer.for_graders(fixture, home / "databases" / "grader")
        preparer.for_candidates(practice_fixture(slug), home / "databases" / "practice")
        typer.echo(str(preparer.for_candidates(fixture, to)))
