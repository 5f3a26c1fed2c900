"""Decides how figures on a model's agreement with people are asked for and shown in a terminal."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console as Terminal
from rich.table import Table
from viva_grader.calibration.files import (
    BadRow,
    Read,
    from_csv,
    from_parquet,
    to_csv,
    to_parquet,
)
from viva_grader.calibration.ratings import Rating

from viva_console.bootstrap import opened_console
from viva_console.domain.errors import BadRequestError, NotNowError
from viva_console.domain.record import staff
from viva_console.flow.anchors import make_anchors
from viva_console.flow.calibrate import (
    RESAMPLES,
    SEED,
    export_ratings,
    figures,
    import_ratings,
    stored_ratings,
)

if TYPE_CHECKING:
    from viva_grader.calibration.figure import Figure
    from viva_grader.calibration.report import Slice

BAD_ROWS = 2
"""The exit status where rows were left out."""

ratings = typer.Typer(
    name="ratings", help="Take ratings to and from other programs.", no_args_is_help=True
)


def calibrate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Ratings as .csv or .parquet; without any, those of the store."),
    ] = None,
    *,
    by: Annotated[
        list[str] | None,
        typer.Option(help="dimension, question, role, level or model; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All figures as JSON.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the intervals.")] = SEED,
    resamples: Annotated[int, typer.Option(min=200, max=100_000)] = RESAMPLES,
) -> None:
    """Compare a model's scores with people's; exit status 2 where rows were left out."""
    found, bad = _files(files) if files else (_stored(), [])
    if not found:
        raise NotNowError("There are no ratings to compare yet.", code="ratings.none")
    slices = figures(found, by or ["dimension"], seed=seed, resamples=resamples)
    if as_json:
        from viva_grader.calibration.report import document  # loaded by now

        typer.echo(json.dumps(document(slices, seed, resamples), allow_nan=False))
    else:
        _print(slices)
    if bad:
        raise typer.Exit(BAD_ROWS)


@ratings.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="A file that ends in .csv or .parquet.")],
    by: Annotated[str, typer.Option(help="Who exports.")] = "terminal",
) -> None:
    """Write all ratings, people's and models', to a file; that is recorded."""
    write = {".csv": to_csv, ".parquet": to_parquet}.get(out.suffix)
    if write is None:
        raise BadRequestError("Name a file that ends in .csv or .parquet.", code="ratings.file")
    with opened_console() as console:
        found = export_ratings(console, staff(by))
    try:
        out.write_bytes(write(found))
    except OSError as error:
        raise BadRequestError(
            f"{out} cannot be written: {error.strerror}.", code="ratings.file"
        ) from error
    typer.echo(f"{len(found)} ratings written to {out}.")


@ratings.command("anchors")
def anchors(
    out: Annotated[Path, typer.Argument(help="A folder that gets a file for each.")],
    by: Annotated[str, typer.Option(help="Who makes them.")] = "terminal",
) -> None:
    """Write an anchor of each submission that people rated blind, for viva rubric regress."""
    with opened_console() as console:
        files = make_anchors(console, staff(by))
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    typer.echo(f"{len(files)} anchors written to {out}.")


@ratings.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Ratings as .csv or .parquet.")],
    by: Annotated[str, typer.Option(help="Who imports.")] = "terminal",
) -> None:
    """Keep ratings that were made elsewhere; exit status 2 where rows were left out."""
    with opened_console() as console:
        new, bad = import_ratings(console, _read(file), staff(by))
    _say(file, bad)
    typer.echo(f"{new} ratings are new.")
    if bad:
        raise typer.Exit(BAD_ROWS)


def _stored() -> list[Rating]:
    with opened_console() as console:
        return stored_ratings(console)


def _files(files: list[Path]) -> tuple[list[Rating], list[BadRow]]:
    found: dict[str, Rating] = {}
    bad: list[BadRow] = []
    for file in files:
        read = _read(file)
        again = [
            BadRow(0, f"{one.id}: in an earlier file") for one in read.ratings if one.id in found
        ]
        found.update({one.id: one for one in read.ratings if one.id not in found})
        _say(file, [*read.bad, *again])
        bad += [*read.bad, *again]
    return list(found.values()), bad


def _read(file: Path) -> Read:
    read = {".csv": from_csv, ".parquet": from_parquet}.get(file.suffix)
    if read is None:
        raise BadRequestError(f"{file}: neither .csv nor .parquet.", code="ratings.file")
    try:
        return read(file.read_bytes())
    except OSError as error:
        raise BadRequestError(f"{file}: {error.strerror}.", code="ratings.file") from error
    except ValueError as error:
        raise BadRequestError(f"{file}: {error}.", code="ratings.file") from error


def _say(file: Path, bad: list[BadRow]) -> None:
    for each in bad:
        where = f"row {each.row}: " if each.row else ""
        typer.echo(f"{file}: {where}{each.why}", err=True)


def _print(slices: "tuple[Slice, ...]") -> None:
    terminal = Terminal()
    for each in slices:
        title = ", ".join(each.key.values()) or "all"
        table = Table("Figure", "Value", "95 % interval", "Pairs", "Candidates", title=title)
        for name, figure in named(each):
            interval = "" if figure.low is None else f"{figure.low:.2f} to {figure.high:.2f}"
            value = figure.reason if figure.value is None else f"{figure.value:.2f}"
            table.add_row(name, value, interval, str(figure.pairs), str(figure.candidates))
        table.add_row("Coverage", f"{each.coverage.scored} of {each.coverage.asked} scored")
        terminal.print(table)


def named(each: "Slice") -> "list[tuple[str, Figure]]":
    """Give a slice's figures with their names, in the order in which they are read."""
    return [
        ("Kappa, model and human", each.kappa),
        ("Kappa, human and human", each.human_kappa),
        ("Ceiling", each.ceiling),
        ("Alpha, humans", each.alpha_humans),
        ("Alpha, with the model", each.alpha_all),
        ("Exact agreement", each.exact),
        ("Adjacent agreement", each.adjacent),
        ("Bias, model − human", each.bias),
        ("Mean absolute error", each.mae),
        ("Kappa, model again", each.retest_kappa),
        ("Exact, model again", each.retest_exact),
        ("Drift of bias in 30 days", each.trend),
    ]
