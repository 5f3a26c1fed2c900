"""Decides how rows of a data frame reach the page: as data for a table that can be sorted."""

from dataclasses import asdict
from typing import Any

from IPython.core.formatters import JSONFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets import ObjectName, Unicode

from viva_lab.wire import ROWS_MIME, Grid, GridColumn

# Outputs stand in the notebook and in the record of the session: enough to look at, not to export.
MAX_ROWS = 200
MAX_COLUMNS = 60
MAX_TEXT = 200
# Where pandas says its data frames come from, by version.
PANDAS_MODULES = ("pandas", "pandas.core.frame")


class RowsFormatter(JSONFormatter):
    """Gives the rows of data frames beside the text and HTML that pandas gives."""

    format_type = Unicode(ROWS_MIME)
    print_method = ObjectName("_repr_viva_rows_")


def grid_of(frame: Any) -> dict[str, Any] | None:
    """Return the first rows of a data frame as a `Grid`; None where its shape is too unusual.

    Parameters
    ----------
    frame
        A pandas data frame; its index is shown unless it only counts.
    """
    if frame.columns.nlevels > 1 or len(frame.columns) > MAX_COLUMNS:
        return None
    shown = frame.head(MAX_ROWS)
    counts_only = type(frame.index).__name__ == "RangeIndex" and frame.index.name is None
    if not counts_only:
        names = [name or "" for name in frame.index.names]
        shown = shown.copy(deep=False)
        for place, name in enumerate(names):
            shown.insert(place, name, shown.index.get_level_values(place), allow_duplicates=True)
    columns = tuple(
        GridColumn(str(name), _numeric(shown.iloc[:, place]))
        for place, name in enumerate(shown.columns)
    )
    cells = [[_text(value) for value in shown.iloc[:, at]] for at in range(len(columns))]
    rows = tuple(zip(*cells, strict=True))
    return asdict(Grid(columns=columns, rows=rows, total=len(frame)))


def _numeric(column: Any) -> bool:
    if column.dtype.kind in "iuf":
        return True
    # Decimals, which databases give, lie in a column of objects.
    known = [value for value in column if value is not None]
    return bool(known) and all(type(value).__name__ in ("Decimal", "int") for value in known)


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 -- NaN
        return None
    text = str(value)
    if text in ("NaT", "<NA>"):
        return None
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def show_rows(shell: InteractiveShell) -> None:
    """Have a shell add rows to every data frame that it shows."""
    formatter: Any = RowsFormatter(parent=shell.display_formatter)
    for module in PANDAS_MODULES:
        formatter.for_type_by_name(module, "DataFrame", grid_of)
    display: Any = shell.display_formatter
    display.formatters[ROWS_MIME] = formatter
