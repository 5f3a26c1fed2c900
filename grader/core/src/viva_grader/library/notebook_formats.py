"""Decides how notebooks of older formats are read: as if Jupyter had opened and saved them."""

from typing import Any, cast

CURRENT = 4
OLDER = frozenset({2, 3})


def cells_of(document: dict[str, Any]) -> Any:
    """Give a notebook's list of cells in the form of format 4, or whatever stands in its place.

    Formats 2 and 3 keep cells in worksheets, the text of code in ``input``, and headings in cells
    of their own. Nothing else of the old formats is read.

    Parameters
    ----------
    document : dict
        JSON of a notebook whose ``nbformat`` is 2, 3 or 4.
    """
    if document.get("nbformat") == CURRENT:
        return document.get("cells")
    sheets: Any = document.get("worksheets")
    if not isinstance(sheets, list):
        return None
    cells: list[Any] = []
    for sheet in cast("list[Any]", sheets):
        found: Any = cast("dict[str, Any]", sheet).get("cells") if isinstance(sheet, dict) else None
        if not isinstance(found, list):
            return None
        cells += [_upgraded(cell) for cell in cast("list[Any]", found)]
    return cells


def _upgraded(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    old = cast("dict[str, Any]", cell)
    if old.get("cell_type") == "code":
        return old | {"source": old.get("input", "")}
    return old | {"cell_type": "markdown"} if old.get("cell_type") in {"heading", "html"} else old
