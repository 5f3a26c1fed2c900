"""What a submission claims of its own runs is read as words, whatever stands there."""

import json
from typing import Any

from viva_grader.library.notebook_state import submitted_state


def claims(*cells: dict[str, Any]) -> list[tuple[str, str]]:
    made = [{"cell_type": "code", "source": "x", "metadata": {}, "outputs": []} | c for c in cells]
    found = submitted_state(json.dumps({"nbformat": 4, "cells": made}).encode())
    return [(each.cell, each.said) for each in found]


def test_a_notebook_run_from_top_to_bottom_claims_nothing() -> None:
    assert claims({"execution_count": 3}, {"execution_count": 4}) == []


def test_a_cleared_notebook_claims_nothing() -> None:
    assert claims({"execution_count": None}, {}) == []


def test_order_gaps_and_errors_are_named() -> None:
    named = {"nbgrader": {"grade_id": "answer"}}
    error = {"output_type": "error", "ename": "KeyError"}
    assert claims(
        {"execution_count": 5, "metadata": named},
        {"execution_count": 2},
        {"execution_count": None},
        {"execution_count": None, "source": ["\n", " "]},
        {"execution_count": 6, "outputs": [error]},
    ) == [
        ("cell-2", "ran before a cell above it"),
        ("cell-3", "was not run"),
        ("cell-5", "ended with KeyError"),
    ]


def test_words_that_are_none_break_nothing() -> None:
    rubbish: list[Any] = [True, -1, "1", [], {}, 10**400]
    for word in rubbish:
        claims({"execution_count": word, "outputs": word, "metadata": word}, {"execution_count": 1})
    named = {"output_type": "error", "ename": "\u001b[31mred"}
    assert claims({"execution_count": 1, "outputs": [named]}) == [("cell-1", "ended with an error")]


def test_a_notebook_of_an_old_format_is_read() -> None:
    cell = {"cell_type": "code", "input": "x", "outputs": []}
    sheet = {"cells": [cell | {"execution_count": 2}, cell | {"execution_count": 1}]}
    old = json.dumps({"nbformat": 3, "worksheets": [sheet]}).encode()
    assert [each.cell for each in submitted_state(old)] == ["cell-2"]
