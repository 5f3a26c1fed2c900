"""Decides what a test cell is worth: from what it raised or gave, never from what it printed."""

# ruff: noqa: PLR0911 - one return for each kind of verdict

import math
import re
import traceback
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np

from viva_grader.callee.interruptions import (
    CalleeGone,
    CallTimeout,
    Interruption,
    NoAnswer,
    Spoilt,
    Unsupported,
)
from viva_grader.callee.proxy import is_theirs
from viva_grader.callee.session import Session
from viva_grader.checks.limits import limit_shown
from viva_grader.checks.query_cells import advice
from viva_grader.checks.verdicts import CellProblem, Place, TestVerdict
from viva_grader.domain.grade import Json, Status

MAX_MESSAGE = 300
_MISSED = re.compile(r"name '(\w+)' is not defined")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
_VARYING = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|tmp[a-z0-9_]{8}"
    r"|\d+\.\d{5,}(?:e[+-]?\d+)?|\d\.?\d*e-\d+|\b\d{5,}(?:\.\d+)?\b"
    r"|\b(?=[a-f]*\d)[0-9a-f]{8,}\b"
)
"""What a clock, a uid, random figures, UUIDs and temporary files leave in words."""


def judge(  # noqa: C901 - one branch for each kind of verdict
    *,
    error: BaseException | None,
    value: object,
    max_points: float,
    session: Session,
    cell: str,
    problems: list[CellProblem],
    unrun: Mapping[str, str],
) -> TestVerdict:
    """Decide one test cell.

    Parameters
    ----------
    error : BaseException or None
        What ended it early.
    value : object
        What its last expression gave: a number is partial credit, as in nbgrader.
    problems : list of CellProblem
        Cells of this submission that did not run to their end: why a name may be missing.
    unrun : mapping of str to str
        Names that are missing by no fault of the submission's, and why: queries are not run for
        tests.
    """
    if session.interruption is not None:
        return _interrupted(session, problems)
    if error is None and session.unheeded is not None:
        text = say(session.unheeded) or "An assertion does not hold"
        return TestVerdict(Status.FAIL, 0.0, f"In a function of the test's: {text}")
    if error is None:
        return _passed(value, max_points)
    places = session.places_of(error)
    name = type(error).__name__
    message = say(error) if places is None else say_theirs(error)
    beyond = explain(error, session, unrun)
    if beyond is not None:
        return TestVerdict(Status.UNSUPPORTED, None, f"Not graded by tests: {beyond}", places or ())
    facts: dict[str, Json] = {"error": name, "message": message, "line": _line(error, cell)}
    if places is not None:
        text = f"The submitted code raised {name}: {message}" if message else f"It raised {name}"
        text += limit_shown(error) + advice(error)
        return TestVerdict(Status.CANDIDATE_ERROR, 0.0, text, places, facts)
    if isinstance(error, AssertionError):
        return TestVerdict(Status.FAIL, 0.0, message or "An assertion does not hold", (), facts)
    if isinstance(error, Unsupported):
        return TestVerdict(Status.UNSUPPORTED, None, f"Not graded by tests: {message}", (), facts)
    if isinstance(error, ModuleNotFoundError):
        text = f"The test needs a package that the grader does not have: {error.name}"
        return TestVerdict(Status.UNSUPPORTED, None, text, (), facts)
    if isinstance(error, FileNotFoundError):
        return _unwritten(str(error.filename), session, facts)
    if isinstance(error, NameError):
        return _undefined(error, problems, facts)
    return TestVerdict(Status.FAIL, 0.0, f"The test stopped with {name}: {message}", (), facts)


def ended(error: Interruption) -> tuple[Status, str]:
    """Say how a cell of the submission ended that did not run to its end."""
    if isinstance(error, CallTimeout):
        return Status.TIMEOUT, f"took too long (limit {error})"
    if isinstance(error, Unsupported):
        return Status.UNSUPPORTED, f"could not run: {error}"
    if isinstance(error, CalleeGone) and error.args:
        return Status.CANDIDATE_ERROR, f"ended its process (limit {error})"
    return Status.CANDIDATE_ERROR, "ended its process (exit, crash or limit memory_mib)"


def explain(error: BaseException, session: Session, unrun: Mapping[str, str]) -> str | None:
    """Say what the error shows of the two processes themselves; None if it is the submission's."""
    if isinstance(error, NameError):
        missed = error.name or "".join(_MISSED.findall(say(error))[:1])
        return unrun.get(missed)
    if isinstance(error, FileNotFoundError) and _is_ours(str(error.filename), session):
        return "the test passes the path of a file outside the question's folder"
    if isinstance(error, AttributeError):
        if _stands_in(error.obj, error.name) and session.places_of(error) is None:
            return f"the test reads the attribute {error.name} of a submitted function"
        if session.passed_an_object and say(error).startswith("'function' object has no attr"):
            return "the test passes an object of which only calls cross"
    return None


def _stands_in(value: object, missing: str | None) -> bool:
    """Whether a submitted function may have what its stand-in lacks; a test's own has what it has.

    Whether it has ``__wrapped__`` was told.
    """
    functions = (types.FunctionType, types.MethodType)
    return (
        isinstance(value, functions) and type(value) not in functions and missing != "__wrapped__"
    )


def _is_ours(name: str, session: Session) -> bool:
    """Whether a path is one of this side's that the test itself passed."""
    passed = session.files is not None and session.files.was_passed(name)
    return passed and Path(name).is_absolute() and Path(name).exists()


def query_result(name: str, cell: str) -> str:
    """Say why a name is missing that a query would have bound."""
    only = "only %%sql name << cells of a question with a fixture are"
    return f"{name} is the result of the query in cell {cell}, which is not run for tests: {only}"


def say(error: BaseException) -> str:
    """Give the first line of an exception's words, without addresses of memory."""
    try:
        text = str(error)
    except Exception:
        return ""
    lines = [line.strip() for line in text[:10_000].splitlines() if line.strip()]
    return shorten(lines[0]) if lines else ""


def say_theirs(error: BaseException) -> str:
    """Give the words of an exception of the submission's, without what another run would change."""
    return _VARYING.sub("…", say(error))


def shorten(text: str) -> str:
    """Cut a message to one bounded line that is the same on every run."""
    line = _ADDRESS.sub("0x…", text)
    return line if len(line) <= MAX_MESSAGE else line[: MAX_MESSAGE - 1] + "…"


def _passed(value: object, max_points: float) -> TestVerdict:
    # an object of the submission's may pass for a number to isinstance: it is none
    number = not is_theirs(value) and isinstance(value, int | float | np.integer | np.floating)
    if isinstance(value, bool | np.bool_) or not number:
        return TestVerdict(Status.PASS, max_points, "All assertions hold")
    credit: Any = cast("Any", value)
    given = 0.0 if math.isnan(credit) else float(min(max(credit, 0), max_points))
    status = Status.PASS if given == max_points else Status.FAIL
    text = f"The test gives {given:g} of {max_points:g} points"
    return TestVerdict(status, given, text, (), {"partial_credit": given})


def _interrupted(session: Session, problems: list[CellProblem]) -> TestVerdict:
    interruption = session.interruption
    reason = shorten(str(interruption))
    if isinstance(interruption, Spoilt):
        return TestVerdict(Status.CANDIDATE_ERROR, 0.0, f"Not to be tested: {reason}")
    if isinstance(interruption, Unsupported):
        return TestVerdict(Status.UNSUPPORTED, None, f"Not graded by tests: {reason}")
    if isinstance(interruption, CallTimeout):
        return TestVerdict(
            Status.TIMEOUT, 0.0, f"The submitted code took too long (limit {reason})"
        )
    if isinstance(interruption, NoAnswer):
        return TestVerdict(Status.CANDIDATE_ERROR, 0.0, f"The submitted code gave {reason}")
    hung = [problem for problem in problems if problem.status is Status.TIMEOUT]
    if hung:
        return TestVerdict(Status.TIMEOUT, 0.0, f"Cell {hung[0].cell}: {hung[0].message}")
    if isinstance(interruption, CalleeGone) and reason:
        text = f"The submitted code ended its process (limit {reason})"
        return TestVerdict(Status.CANDIDATE_ERROR, 0.0, text)
    text = "The submitted code ended its process (exit, crash or limit memory_mib)"
    return TestVerdict(Status.CANDIDATE_ERROR, 0.0, text)


def _undefined(
    error: NameError,
    problems: list[CellProblem],
    facts: dict[str, Json],
) -> TestVerdict:
    """Judge a test that misses a name: the cell that failed to define it says why."""
    name = error.name or "a name"
    reasons = [each for each in problems if not each.names or name in each.names]
    if not reasons:
        text = f"{name} is not defined by the submission"
        return TestVerdict(Status.CANDIDATE_ERROR, 0.0, text, (), facts)
    first = next((p for p in reasons if p.status is Status.UNSUPPORTED), reasons[0])
    text = shorten(f"{name} is not defined: cell {first.cell} {first.message}")
    places = (Place(first.cell, first.line),) if first.line else ()
    points = 0.0 if first.status.has_points else None
    return TestVerdict(first.status, points, text, places, facts)


def _unwritten(name: str, session: Session, facts: dict[str, Json]) -> TestVerdict:
    """Judge a test that misses a file: one that was asked for is the submission's to write."""
    if session.files is not None and session.files.is_asked_for(name):
        text = "The test reads a file that the submission did not write"
        return TestVerdict(Status.FAIL, 0.0, text, (), facts)
    text = "The test reads a file that neither the question has nor the submission wrote"
    return TestVerdict(Status.UNSUPPORTED, None, text, (), facts)


def _line(error: BaseException, cell: str) -> int | None:
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == f"<{cell}>"
    ]
    return lines[-1] if lines else None
