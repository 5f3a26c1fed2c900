"""Decides what Tab offers in a `%%sql` cell: columns, tables, then SQL's words."""

import contextlib
import re
import time
from collections.abc import Callable
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion

Names = dict[str, list[str]]
FRESH_S = 5.0
FRAGMENT = re.compile(r"(?:(\w+)\.)?(\w*)$")
SOURCES = re.compile(r"\b(?:from|join|update|into)\s+(?:\w+\.)?(\w+)(?:\s+(?:as\s+)?(\w+))?", re.I)
COMMONS = re.compile(r"(?:\bwith\b|,)\s*(?:recursive\s+)?(\w+)\s+as\s*\(", re.I)
KEYWORDS = (
    "and", "as", "asc", "between", "by", "case", "cast", "coalesce", "count", "cross join",
    "current row", "date_trunc", "desc", "distinct", "else", "end", "except", "exists", "explain",
    "explain analyze", "extract", "false", "filter", "following", "from", "full join",
    "generate_series", "group by", "having", "in", "inner join", "intersect", "interval",
    "is not null", "is null", "join", "lag", "lateral", "lead", "left join", "like", "limit",
    "max", "min", "not", "null", "nulls last", "offset", "on", "or", "order by", "over",
    "partition by", "preceding", "range", "rank", "right join", "round", "row_number", "rows",
    "select", "sum", "then", "true", "unbounded", "union", "union all", "using", "values", "when",
    "where", "with",
)  # fmt: skip


def offers(text: str, before: str, names: Names) -> tuple[str, list[tuple[str, str]]]:
    """Return what is being completed, and the completions with their kinds, best first.

    Parameters
    ----------
    text
        The whole query; tables that are named after the cursor count too.
    before
        What stands before the cursor.
    names
        Columns by table.
    """
    found = FRAGMENT.search(before)
    prefix, fragment = (found[1], found[2]) if found else (None, "")
    by_alias = {alias.lower(): table for table, alias in SOURCES.findall(text) if alias}
    mentioned = [table for table, _ in SOURCES.findall(text) if table in names]
    if prefix is not None:
        table = by_alias.get(prefix.lower(), prefix)
        columns = names.get(table)
        everything = (each for group in names.values() for each in group)
        candidates = [(each, "column") for each in (everything if columns is None else columns)]
    else:
        groups = [*(names[table] for table in mentioned), *names.values()]
        columns = [(each, "column") for group in groups for each in group]
        near = columns if mentioned else []
        far = [] if mentioned else columns
        tables = [(each, "table") for each in [*COMMONS.findall(text), *names]]
        after_source = re.search(r"\b(?:from|join|update|into)\s+\w*$", before, re.I)
        words = [(_cased(each, fragment), "keyword") for each in KEYWORDS]
        candidates = tables if after_source else [*near, *tables, *far, *words]
    wanted = fragment.lower()
    fitting = [(word, kind) for word, kind in candidates if word.lower().startswith(wanted)]
    return fragment, list(dict(reversed(fitting)).items())[::-1]


def _cased(keyword: str, fragment: str) -> str:
    return keyword.upper() if fragment.isupper() else keyword


class SqlMatcher:
    """Answers IPython's completer in `%%sql` cells, and keeps Python's answers out of them.

    Parameters
    ----------
    read
        Returns the columns of every table, now.
    clock
        Replaced in tests.
    """

    def __init__(
        self, read: Callable[[], Names], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._names: Names = {}
        self._read_at: float | None = None

    def matcher(self) -> Any:
        """Return the function that IPython calls."""

        def complete(context: CompletionContext) -> Any:
            return self.complete(context.full_text, context.cursor_line, context.cursor_position)

        # What IPython's own decorator sets, which has no types.
        marked: Any = complete
        marked.matcher_api_version = 2
        marked.matcher_identifier = "viva_sql"
        marked.matcher_priority = 0
        return marked

    def complete(self, text: str, line: int, column: int) -> dict[str, Any]:
        """Return what IPython's matchers return, for a cursor in a cell."""
        lines = text.split("\n")
        if not text.startswith("%%sql") or line == 0:
            return {"completions": []}
        before = "\n".join([*lines[1:line], lines[line][:column]])
        fragment, found = offers("\n".join(lines[1:]), before, self._fresh())
        completions = [SimpleCompletion(word, type=kind) for word, kind in found]
        return {
            "completions": completions,
            "matched_fragment": fragment,
            "ordered": True,
            "suppress": True,
        }

    def _fresh(self) -> Names:
        now = self._clock()
        if self._read_at is None or now - self._read_at > FRESH_S:
            self._read_at = now
            # A key press is no place for a database's errors.
            with contextlib.suppress(Exception):
                self._names = self._read()
        return self._names
