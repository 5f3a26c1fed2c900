"""Decides what a candidate may practise on before the clock starts, and for how long."""

import json
from datetime import datetime, timedelta
from typing import Any

from viva_console.domain.disclosure import Disclosure
from viva_console.domain.interview import Interview
from viva_console.domain.words import State

PRACTICE_MINUTES = 5
PATH = "practice.ipynb"
TITLE = "Practice"
BEFORE_THE_ROOM_IS_READY = timedelta(seconds=30)
"""Practice is counted from the start of the room: this much of it is the room's own."""
NOTHING_RECORDED = Disclosure(
    ("Nothing of your practice is recorded or graded. Your time has not begun.",), ()
)
BRIEF = (
    "A question that does not count. Try the room: run cells, press *Check* in this panel, look at "
    "*Help*. Nothing of it is recorded or graded, and your time has not begun."
)
_SQL_CELLS = (
    (
        "task_fruit",
        "given",
        "## 2. A query\n\nThis practice has a database with one table, `fruit`: see *Schema* in "
        "the panel. Run the query below (Shift+Enter), sort its rows by a click on a column's "
        "head, and change what you like. The interview has another database, which nothing here "
        "can harm.",
    ),
    ("fruit", "query", "%%sql\nSELECT name, colour, grams\nFROM fruit\nORDER BY grams DESC"),
)
_CELLS = (
    ("brief", "given", f"# {TITLE}\n\n{BRIEF}"),
    (
        "task_double",
        "given",
        "## 1. Twice as much\n\nWrite `double(value)`: twice a number, or a text put after itself. "
        "Then press **Check** in the panel on the right, or the tick in the cell's corner.",
    ),
    ("double", "answer", "def double(value):\n    raise NotImplementedError"),
    ("test_double", "test", 'assert double(3) == 6\nassert double("ab") == "abab"'),
)
_WORDS = "In words\n\nSome parts are answered in words. Double-click below and write."


def practice_ends_at(interview: Interview) -> datetime | None:
    """Give when practice is over; None where there is none, or no more.

    There is none before the room was asked for, and none once the clock has started.
    """
    if interview.state is not State.STARTING or interview.starting_at is None:
        return None
    length = timedelta(minutes=PRACTICE_MINUTES)
    return interview.starting_at + BEFORE_THE_ROOM_IS_READY + length


def may_practise(interview: Interview, now: datetime) -> bool:
    """Whether a candidate who wants to practise first still can."""
    if interview.state is State.CONSENTED:
        return True
    ends_at = practice_ends_at(interview)
    return ends_at is not None and now < ends_at


def practice_notebook(*, has_database: bool = False) -> bytes:
    """Write the practice question as a notebook: nothing in it belongs to any real question.

    Parameters
    ----------
    has_database : bool
        Whether there is one to practise on: then a query is among the parts.
    """
    parts = (*_CELLS, *(_SQL_CELLS if has_database else ()))
    number = 3 if has_database else 2
    task = ("task_words", "given", f"## {number}. {_WORDS}")
    words = ("words", "written", "Your words here")
    cells = [_cell(*each) for each in (*parts, task, words)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": cells,
    }
    return json.dumps(notebook, indent=1).encode()


def _cell(name: str, kind: str, source: str) -> dict[str, Any]:
    answers = kind in {"answer", "query", "written"}
    marks = {
        "grade_id": name,
        "schema_version": 3,
        "task": False,
        "grade": kind in {"test", "written"},
        "solution": answers,
        "locked": not answers,
    }
    metadata = {"nbgrader": marks} | ({} if answers else {"editable": False, "deletable": False})
    cell: dict[str, Any] = {"id": name, "metadata": metadata, "source": source}
    if kind in {"given", "written"}:
        return cell | {"cell_type": "markdown"}
    return cell | {"cell_type": "code", "outputs": [], "execution_count": None}
