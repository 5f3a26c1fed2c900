"""Decides how ruff reads an answer: as one notebook, with a fixed list of rules, and no pardon."""

import json
import re
import subprocess
from collections.abc import Sequence
from typing import Any, cast

from viva_grader.checks.findings import Finding, finding, rules

_LINT_S = 30.0
_CELL = re.compile(r" from cell \d+, line \d+")
"""Ruff counts cells in its own way; only what stands in the same cell is kept."""
_BUILTINS = '["display", "get_ipython", "exit", "quit", "In", "Out", "_"]'


class LinterBrokeError(Exception):
    """Ruff gave no answer: it crashed on what it read, or was ended."""


def lint(program: str, cells: Sequence[tuple[str, str]]) -> list[Finding]:
    """Run ruff once over a notebook.

    Parameters
    ----------
    cells : sequence of (cell, source)
        All the cells that run, in order, as plain Python; what only others use counts as used.

    Raises
    ------
    LinterBrokeError
        With the reason.
    """
    notebook: dict[str, Any] = {
        "nbformat": 4, "nbformat_minor": 4, "metadata": {"language_info": {"name": "python"}},
        "cells": [
            {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
             "source": source.splitlines(keepends=True)}
            for _, source in cells
        ],
    }  # fmt: skip
    codes = sorted(name for name in rules() if name[0].isupper())
    # --isolated: no settings of this machine; --ignore-noqa: no comment silences a finding.
    command = [
        program, "check", "--isolated", "--no-cache", "--ignore-noqa", "--output-format=json",
        "--target-version=py311", f"--select={','.join(codes)}", f"--config=builtins={_BUILTINS}",
        "--stdin-filename=submission.ipynb", "-",
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own words only
            command, input=json.dumps(notebook).encode(), capture_output=True, check=False,
            timeout=_LINT_S, cwd="/", env={"RAYON_NUM_THREADS": "1"},
        )  # fmt: skip
        answer = cast("list[dict[str, Any]]", json.loads(done.stdout))
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise LinterBrokeError(type(error).__name__) from error
    return [
        finding(cells[int(each["cell"]) - 1][0], *_place(each))
        for each in answer
        if each["code"] in rules() and not _again(each)
    ]


def _again(each: dict[str, Any]) -> bool:
    """Whether it says that another cell had it already: importing once more is a notebook's way."""
    return each["code"] == "F811" and f" from cell {each['cell']}," not in each["message"]


def _place(each: dict[str, Any]) -> tuple[int, str, str]:
    message = _CELL.sub("", str(each["message"]))
    return int(each["location"]["row"]), str(each["code"]), message
