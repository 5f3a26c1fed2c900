"""Decides how cited lines and stored facts are shown: enough to see why, never without bound."""

from collections.abc import Mapping, Sequence
from typing import Final

from viva_grader.domain.grade import Json, canonical
from viva_grader.report.cited import Excerpt, Fact, Line, SqlDifference

MAX_CITED_LINES: Final = 60
CONTEXT_LINES: Final = 2
MAX_ROWS: Final = 20
QUERY_DIFF: Final = "query_diff"

Cells = Mapping[str, Mapping[str, Json]]


def cells_of(grade: Mapping[str, Json]) -> Cells:
    """Index a grade's cells by their id."""
    return {str(cell["cell"]): cell for cell in grade["cells"]}


def excerpt(cells: Cells, cell: str, start: int, end: int) -> Excerpt:
    """Take cited lines, with two lines of context on either side, out of a graded cell."""
    found = cells.get(cell)
    if found is None:
        return Excerpt(cell, "", start, end, ())
    texts = str(found["source"]).split("\n")
    first = max(1, start - CONTEXT_LINES)
    cited_end = min(end, len(texts))
    shown_end = min(cited_end, start + MAX_CITED_LINES - 1)
    last = min(shown_end + CONTEXT_LINES, len(texts)) if shown_end == cited_end else shown_end
    lines = tuple(
        Line(number, texts[number - 1], start <= number <= end) for number in range(first, last + 1)
    )
    return Excerpt(cell, str(found["type"]), start, end, lines, max(0, cited_end - shown_end))


def sql_differences(facts: Sequence[Mapping[str, Json]]) -> tuple[SqlDifference, ...]:
    """Read the facts that tell how a query's result differs, variant by variant."""
    return tuple(_sql_difference(each) for each in facts if each["kind"] == QUERY_DIFF)


def other_facts(facts: Sequence[Mapping[str, Json]]) -> tuple[Fact, ...]:
    """Read every other fact as names and values."""
    return tuple(
        Fact(
            str(each["id"]),
            str(each["kind"]).replace("_", " "),
            tuple((name.replace("_", " "), _text(value)) for name, value in each["data"].items()),
        )
        for each in facts
        if each["kind"] != QUERY_DIFF
    )


def _sql_difference(fact: Mapping[str, Json]) -> SqlDifference:
    data = fact["data"]
    return SqlDifference(
        fact=str(fact["id"]),
        variant=str(data.get("variant", "")),
        outcome=str(data.get("outcome", "")),
        reason=str(data.get("reason") or data.get("detail") or ""),
        columns=tuple(map(str, data.get("columns", ()))),
        missing=_rows(data.get("missing", ())),
        unexpected=_rows(data.get("unexpected", ())),
        missing_count=int(data.get("missing_count", 0)),
        unexpected_count=int(data.get("unexpected_count", 0)),
        expected_rows=data.get("expected_rows"),
        rows=data.get("rows"),
    )


def _rows(rows: Sequence[Sequence[Json]]) -> tuple[tuple[str | None, ...], ...]:
    return tuple(
        tuple(None if value is None else _text(value) for value in row) for row in rows[:MAX_ROWS]
    )


def _text(value: Json) -> str:
    return value if isinstance(value, str) else canonical(value).decode("utf-8", "replace")
