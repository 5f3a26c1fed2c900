"""Decides how ratings are read from CSV and Parquet, and written there: one row each."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, cast

from viva_grader.calibration.ratings import LEVELS, Kind, Rating

COLUMNS = tuple(field.name for field in fields(Rating))
MAX_TEXT = 200
"""Characters of one value."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its number, from 1 below the header, and why."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a file gave."""

    ratings: tuple[Rating, ...]
    bad: tuple[BadRow, ...]


def to_csv(ratings: Iterable[Rating]) -> bytes:
    """Write CSV, UTF-8; text that a spreadsheet would take for a formula is preceded by ``'``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for each in ratings:
        writer.writerow([_cell(getattr(each, name)) for name in COLUMNS])
    return text.getvalue().encode()


def to_parquet(ratings: Iterable[Rating]) -> bytes:
    """Write Parquet; what is unscored is null."""
    import pyarrow as pa  # with its libraries it weighs more than all else here: not before use
    from pyarrow import parquet

    types = {"score": pa.int8(), "at": pa.timestamp("us", tz="UTC")}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
    rows = [{name: _plain(getattr(each, name)) for name in COLUMNS} for each in ratings]
    table = pa.Table.from_pylist(rows, schema=schema)
    out = io.BytesIO()
    cast("Any", parquet).write_table(table, out)
    return out.getvalue()


def from_csv(content: bytes) -> Read:
    """Read what :func:`to_csv` wrote, or anything with its columns in any order.

    Raises
    ------
    ValueError
        When it is no UTF-8 or a column is missing.
    """
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    _check_columns(reader.fieldnames or ())
    return _read({name: _unquoted(text) for name, text in row.items()} for row in reader)


def from_parquet(content: bytes) -> Read:
    """Read what :func:`to_parquet` wrote, or anything with its columns.

    Raises
    ------
    ValueError
        When it is no Parquet or a column is missing.
    """
    import pyarrow as pa  # as above
    from pyarrow import parquet

    try:
        table: Any = cast("Any", parquet).read_table(io.BytesIO(content))
    except pa.ArrowException as error:
        raise ValueError("this is no Parquet file") from error
    _check_columns(table.column_names)
    return _read(table.select(list(COLUMNS)).to_pylist())


def _check_columns(names: Iterable[str]) -> None:
    missing = [name for name in COLUMNS if name not in set(names)]
    if missing:
        raise ValueError(f"columns are missing: {', '.join(missing)}")


def _read(rows: Iterable[Mapping[str, Any]]) -> Read:
    good: dict[str, Rating] = {}
    bad: list[BadRow] = []
    for number, row in enumerate(rows, start=1):
        try:
            rating = _rating(row)
            if rating.id in good:
                raise ValueError(f"the id {rating.id!r} stands in an earlier row")  # noqa: TRY301 - one way out
            good[rating.id] = rating
        except ValueError as error:
            bad.append(BadRow(number, str(error)))
    return Read(tuple(good.values()), tuple(bad))


def _rating(row: Mapping[str, Any]) -> Rating:
    texts = {name: _text(name, row[name]) for name in COLUMNS if name not in {"score", "at"}}
    kind = texts.pop("kind")
    if kind not in set(Kind):
        raise ValueError(f"kind is {kind!r}: human or model")
    return Rating(**texts, kind=Kind(kind), score=_score(row["score"]), at=_moment(row["at"]))


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is empty")
    if len(value) > MAX_TEXT:
        raise ValueError(f"{name} has more than {MAX_TEXT} characters")
    if not value.isprintable():
        raise ValueError(f"{name} holds characters that cannot be printed")
    return value


def _score(value: object) -> int | None:
    if value is None or value == "":
        return None
    for level in LEVELS:
        if value == level or value == str(level):
            return level
    raise ValueError(f"score is {value!r}: 1 to 5, or empty where unscored")


def _moment(value: object) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"at is {value!r}: no ISO 8601 moment") from error
    if moment.tzinfo is None:
        raise ValueError("at has no time zone")
    return moment.astimezone(UTC)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Kind) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    text = str(_plain(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unquoted(text: Any) -> Any:
    quoted = isinstance(text, str) and text.startswith("'") and text[1:].startswith(_FORMULA)
    return text[1:] if quoted else text
