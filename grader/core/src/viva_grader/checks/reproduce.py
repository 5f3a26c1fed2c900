"""Decides whether a candidate's own notebook gives the same twice, run from top to bottom."""

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from viva_grader.callee.clock import Backstop, Clock, Opening
from viva_grader.callee.interruptions import CallTimeout, Interruption, NoAnswer, Overdue
from viva_grader.callee.session import Session
from viva_grader.callee.wire import Message, Wire
from viva_grader.checks.data_only import DATA_ONLY
from viva_grader.checks.judge import shorten
from viva_grader.checks.work import Work
from viva_grader.domain.grade import Json
from viva_grader.domain.outcome import Fact, Measure
from viva_grader.library.notebook_magics import holds_python, query_targets
from viva_grader.library.notebook_names import cell_names
from viva_grader.library.notebook_rebuild import Step, StepKind
from viva_grader.sandbox.port import Room

_START_S = 60.0
_SEEDS = (1, 2)
_COMPARED = 64 * 1024
_KEPT = 300
"""Characters of what a run showed that are kept beside the grade."""
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,16}\b")
_OWN = frozenset({StepKind.SOLUTION, StepKind.HELPER})


@dataclass(frozen=True, slots=True)
class Ran:
    """What one cell left in one run.

    Attributes
    ----------
    error : str
        The type of what ended it, or ``timeout``, ``ended`` or ``not run``; empty if nothing did.
    missed : str
        The name that it missed, where it ended for want of one.
    shown : tuple of str
        What it printed, and its last value as text and as a hash over data.
    """

    error: str = ""
    line: int | None = None
    missed: str = ""
    shown: tuple[str, str, str] = ("", "", "")


@dataclass(slots=True)
class ReproductionRun:
    """Runs a candidate's own notebook twice, each time in a fresh process."""

    work: Work
    open_callee: Callable[[int | None], Room]
    backstop: Backstop = field(default_factory=Backstop)

    def measure(self) -> tuple[Measure, dict[str, Json]]:
        """Give the share of own cells that run and agree, and what the first run showed."""
        try:
            runs = [self._run(seed) for seed in _SEEDS]
        except Overdue:
            return Measure(None, "not measured: the machine was too busy", again=True), {}
        except Interruption:
            return Measure(None, "not measured: the sandbox gave no process", again=True), {}
        steps = self.work.asked.own
        measured = judge_runs(steps, runs[0], runs[1], self.work.asked.outputs)
        texts = (ran.shown[0] + ran.shown[1] for ran in runs[0][0])
        pairs = zip(steps, texts, strict=True)
        return measured, {step.cell: text[:_KEPT] for step, text in pairs if text}

    def _run(self, seed: int) -> tuple[list[Ran], dict[str, str]]:
        notebook = _Notebook(self.open_callee, self.work, self.backstop, seed)
        ran = [notebook.run(step) for step in self.work.asked.own]
        return ran, notebook.values(_defined(self.work.asked.own))


class _Notebook:
    """One fresh process that runs a notebook."""

    def __init__(
        self, open_callee: Callable[[int | None], Room], work: Work, backstop: Backstop, seed: int
    ) -> None:
        self._clock = Clock(math.inf, work.total_s, backstop=backstop)
        self._part_s = work.part_s
        began_s = time.monotonic()
        room = open_callee(None)
        session = Session(Wire(room.channel, work.message_bytes), Opening(_START_S), DATA_ONLY)
        session.start(work.files, 0)
        self._wire, self._number, self._gone = session.wire, 0, False
        self._clock.enter(room.meter, time.monotonic() - began_s)
        self._clock.begin_part(work.part_s)
        self._ask({"op": "vary", "seed": seed})

    def run(self, step: Step) -> Ran:
        """Run one cell; after one that ended the process, none runs any more."""
        if self._gone:
            return Ran("not run")
        self._clock.begin_part(self._part_s)
        try:
            answer = self._ask({"op": "show", "source": step.source, "cell": step.cell})
        except Overdue:
            raise
        except Interruption as error:
            self._gone = True
            return Ran("timeout" if isinstance(error, CallTimeout) else "ended")
        return _ran(answer)

    def values(self, names: dict[str, str]) -> dict[str, str]:
        """Give a hash for each name's value at the end, where it is data."""
        if self._gone or not names:
            return {}
        try:
            found: Any = self._ask({"op": "digests", "names": list(names)}).get("digests")
        except Overdue:
            raise
        except Interruption:
            return {}
        pairs: list[tuple[Any, Any]] = list(found.items()) if isinstance(found, dict) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType, reportUnknownArgumentType] - each is checked
        return {name: value[:64] for name, value in pairs if name in names and type(value) is str}

    def _ask(self, message: Message) -> Message:
        self._number += 1
        call = self._clock.call()
        self._wire.send(message | {"id": self._number}, call)
        answer = self._wire.receive(call)
        if answer.get("id") != self._number:
            raise NoAnswer("an answer to another question")
        return answer


def judge_runs(
    steps: tuple[Step, ...],
    one: tuple[list[Ran], dict[str, str]],
    other: tuple[list[Ran], dict[str, str]],
    submitted: dict[str, str],
) -> Measure:
    """Compare two runs cell by cell.

    The candidate's own Python cells count; a cell that fails for want of a query's result does
    not, because queries are not run here. What the cells showed when they were submitted stands
    beside, and decides nothing.
    """
    changed = {name for name in one[1] if other[1].get(name) != one[1][name]}
    defined = _defined(steps)
    unrun: set[str] = set()
    cells: list[dict[str, Json]] = []
    for step, first, second in zip(steps, one[0], other[0], strict=True):
        unrun.update(query_targets(step.source))
        if step.kind not in _OWN or not holds_python(step.source):
            continue
        if first.missed in unrun:
            unrun |= cell_names(step.source).bound
            continue
        values = sorted(name for name in changed if defined[name] == step.cell)
        status, said = _verdict(first, second, values)
        fact: dict[str, Json] = {"cell": step.cell, "status": status, "said": said}
        fact |= {"line": first.line} if first.line and status == "error" else {}
        fact |= {"submitted": submitted[step.cell]} if step.cell in submitted else {}
        cells.append(fact)
    return _measured(cells)


def _measured(cells: list[dict[str, Json]]) -> Measure:
    if not cells:
        return Measure(None, "not measured: it has no cells of its own that could be run")
    good = sum(cell["status"] == "same" for cell in cells)
    said = f"{good} of {len(cells)} own cells run from top to bottom and give the same twice"
    bad = next((cell for cell in cells if cell["status"] != "same"), None)
    if bad is not None:
        said = f"{said}; {bad['cell']}: {bad['said']}"
    return Measure(good / len(cells), said, (Fact("reproduction", {"cells": cells}),))


def with_queries(measure: Measure | None, repeats: Mapping[str, bool]) -> Measure | None:
    """Put queries, each asked twice by the graders' own databases, beside the Python cells.

    Parameters
    ----------
    repeats : mapping of str to bool
        By solution cell: whether both gave the same rows.
    """
    if not repeats or (measure is not None and measure.again):
        return measure
    cells: list[dict[str, Json]] = [
        {"cell": cell, "status": "same" if same else "differs", "said": _ASKED[same]}
        for cell, same in sorted(repeats.items())
    ]
    before: Any = measure.facts[0].data["cells"] if measure is not None and measure.facts else []
    return _measured([*before, *cells])


_ASKED = {True: "as when asked again", False: "it gives other rows when asked again"}


def _verdict(first: Ran, second: Ran, values: list[str]) -> tuple[str, str]:
    if first.error != second.error or first.line != second.line:
        return "differs", "it ends in another way in the second run"
    if first.missed:
        return "error", f"{first.missed} is defined in no cell above it (line {first.line})"
    if first.error:
        where = f" in line {first.line}" if first.line else ""
        return "error", _ENDED.get(first.error, f"it raises {first.error}{where}")
    if first.shown != second.shown:
        what = "prints" if first.shown[0] != second.shown[0] else "shows"
        return "differs", f"what it {what} is another in the second run"
    if values:
        return "differs", f"{', '.join(values[:5])} has another value in the second run"
    return "same", "as in the second run"


_ENDED = {
    "timeout": "it takes too long",
    "ended": "it ends its process",
    "not run": "a cell above it ended the process",
}


def _ran(answer: Message) -> Ran:
    told: Any = answer.get("show")
    if not isinstance(told, dict):
        return Ran("ended")
    show: dict[str, Any] = told  # pyright: ignore[reportUnknownVariableType] - each is checked
    line = show.get("line")
    return Ran(
        error=shorten(_word(show.get("error")))[:80],
        line=line if type(line) is int and line > 0 else None,
        missed=_word(show.get("missed"))[:80],
        shown=(
            _same(_word(answer.get("out"))),
            _same(_word(show.get("shown"))),
            _word(show.get("data"))[:64],
        ),
    )


def _word(value: Any) -> str:
    return value if type(value) is str else ""


def _same(text: str) -> str:
    """Take addresses out: they say nothing and differ between processes."""
    return _ADDRESS.sub("0x…", text[:_COMPARED])


def _defined(steps: tuple[Step, ...]) -> dict[str, str]:
    """Give the names that own cells define, and the last cell that does."""
    found: dict[str, str] = {}
    for step in steps:
        if step.kind in _OWN:
            found |= dict.fromkeys(sorted(cell_names(step.source).bound), step.cell)
    return found
