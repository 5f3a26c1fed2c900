"""Decides the verdicts of a submission's test cells: run one by one, tests on this side only."""

import builtins
import contextlib
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from viva_grader.callee.clock import Backstop, Clock, Opening
from viva_grader.callee.foreign import Proxies
from viva_grader.callee.interruptions import Interruption, Overdue, Spoilt, Unsupported
from viva_grader.callee.namespace import Namespace
from viva_grader.callee.session import Session
from viva_grader.callee.shared_files import SharedFiles, refuse_pickles
from viva_grader.callee.wire import Message, Wire
from viva_grader.checks.bounded import bounded
from viva_grader.checks.cases import CaseRun
from viva_grader.checks.doubt import Doubt
from viva_grader.checks.figures import shared_figures
from viva_grader.checks.given_cells import Why, excused, lacks_packages, why_stopped
from viva_grader.checks.judge import ended, explain, judge, query_result, say_theirs
from viva_grader.checks.limits import limit_shown
from viva_grader.checks.query_cells import QueryCells, advice, nobody_asked
from viva_grader.checks.quiet import quietly
from viva_grader.checks.reference import Reference
from viva_grader.checks.trusted_cell import run_leniently, run_trusted, why_not_a_test
from viva_grader.checks.verdicts import CellProblem, TestVerdict
from viva_grader.checks.work import Work
from viva_grader.domain.grade import Status
from viva_grader.library.notebook_names import CellNames
from viva_grader.library.notebook_rebuild import Step, StepKind
from viva_grader.sandbox.port import Room

_GENERATION = 1 << 32
_START_S = 60.0

# A test that patches input() answers the candidate's questions; otherwise nobody does.
_REAL_INPUT, _REAL_STDIN = builtins.input, sys.stdin


class CalleeUnavailableError(Exception):
    """No process could be had to run a submission in, or no processor: our fault either way."""


@dataclass(slots=True)
class CellRun:
    """One submission being judged.

    Parameters
    ----------
    open_callee : callable
        Gives the room of a fresh candidate's process, with another limit memory_mib where one
        is given, and ends the one before it.
    report : callable
        Takes each verdict as soon as it stands: what comes later cannot take it back.
    ask_rows : callable
        Asks the grader's own process for the rows of a ``%%sql name <<`` cell.
    """

    work: Work
    open_callee: Callable[[int | None], Room]
    report: Callable[[str, TestVerdict], None]
    ask_rows: Callable[[str], Message] = nobody_asked
    problems: list[CellProblem] = field(default_factory=list[CellProblem])
    backstop: Backstop = field(default_factory=Backstop)
    reference: Reference = field(init=False)
    _namespace: Namespace = field(init=False)
    _proxies: Proxies = field(init=False)
    _clock: Clock = field(init=False)
    _session: Session = field(init=False)
    _queries: QueryCells = field(init=False)
    _files: SharedFiles = field(init=False)
    _doubt: Doubt = field(init=False)
    _generation: int = 0
    _unrun: dict[str, str] = field(default_factory=dict[str, str])
    _crossed: set[int] = field(default_factory=set[int])
    _ended: set[int] = field(default_factory=set[int])

    def run(self) -> None:
        """Run every step in order, and report a verdict per test cell."""
        work = self.work
        surfaces: dict[str, frozenset[str]] = {}
        for names in work.names.values():
            for name, methods in names.classes.items():
                surfaces[name] = surfaces.get(name, frozenset()) | methods
        cells = {s.cell: s.source for s in work.steps if s.kind is not StepKind.TESTS}
        kinds = (StepKind.SOLUTION, StepKind.GIVEN, StepKind.TESTS)
        self._namespace = Namespace(*map(self._bound, kinds))
        self._proxies = Proxies(surfaces, cells)
        self._doubt = Doubt.of(work, self._namespace)
        self.reference = Reference(work.asked.reference)
        self._queries = QueryCells(self.ask_rows, work.asked.rows, work.has_queries)
        self._clock = Clock(work.call_s, work.total_s, backstop=self.backstop)
        self._files = SharedFiles(Path.cwd(), work.text, work.answers)
        self._open()
        for index, step in enumerate(work.steps):
            if not self._session.alive and step.kind is not StepKind.TESTS:
                self._open()
                self._replay(index)
            self._step(index, step)

    @property
    def namespace(self) -> Namespace:
        """The globals in which tests run."""
        return self._namespace

    def _bound(self, kind: StepKind) -> frozenset[str]:
        found = [self.work.names[s.cell].bound for s in self.work.steps if s.kind is kind]
        return frozenset(name for names in found for name in names)

    def _open(self, memory_mib: int | None = None) -> None:
        began_s = time.monotonic()
        self._clock.leave()
        room = self.open_callee(memory_mib)
        opening = Opening(_START_S)
        wire = Wire(room.channel, self.work.message_bytes)
        session = Session(wire, opening, self._proxies)
        session.ask_input = self._ask_input
        self._files.forget()
        session.files = self._files
        refuse_pickles()
        self._session = session
        self._proxies.bind(session, self._generation * _GENERATION)
        self._namespace.bind(session, self._proxies)
        try:
            session.start(self.work.files, self._generation * _GENERATION)
        except Interruption as error:
            raise CalleeUnavailableError(f"the sandbox gave no process: {error}") from error
        session.clock = self._clock
        self._clock.enter(room.meter, time.monotonic() - began_s)
        self._generation += 1

    def _replay(self, until: int) -> None:
        """Bring a fresh process to where the last one ended, without the cells that ended one."""
        for index, step in enumerate(self.work.steps[:until]):
            if step.kind is StepKind.TESTS or index in self._ended or not self._session.alive:
                continue
            self._there(index, step, again=True)
            if index in self._crossed:
                self._here(index, step)

    def _step(self, index: int, step: Step) -> None:
        if step.kind is StepKind.TESTS:
            self._judge(index, step)
            return
        names = self.work.names.get(step.cell, CellNames())
        for name in self._queries.unasked(step):
            self._unrun[name] = query_result(name, step.cell)
        if not self._there(index, step, again=False):
            if step.kind is StepKind.SOLUTION:
                self._namespace.hand_over(names.bound)
            elif step.kind is StepKind.GIVEN:
                reason = f"the given cell {step.cell} {self.problems[-1].message}"
                self._namespace.mark_broken(names.bound | names.imported, reason, Spoilt)
            return
        if step.kind is StepKind.SOLUTION:
            self._namespace.hand_over(names.bound | self._namespace.data(names.changed))
            with contextlib.suppress(Exception), quietly():
                run_leniently(names.imports, f"{step.cell} imports", self._namespace)
        elif step.kind is StepKind.GIVEN:
            self._here(index, step)

    def _there(self, index: int, step: Step, *, again: bool) -> bool:
        """Run a cell in the candidate's process; False if it ended the process."""
        session = self._session
        session.begin()
        self._queries.prepare(index, step)
        self._clock.begin_part(self.work.part_s)
        self._clock.call_s = math.inf
        given = step.kind is StepKind.GIVEN
        problem: CellProblem | None = None
        try:
            missing = session.execute(step.source, step.cell, lenient=given, classes=[])
            if missing and given:
                problem = lacks_packages(step.cell, self.work.names[step.cell], missing)
                self._unrun |= excused(problem, self.work.answers)
            problem = self._queries.assign(index, step, session) or problem
        except Interruption as error:
            self._heed()
            problem = CellProblem(step.cell, *ended(error))
        except BaseException as error:
            places = [p for p in session.places_of(error) or () if p.cell == step.cell]
            line = places[-1].line if places else None
            where = f" in line {line}" if line else ""
            what = f"raised {type(error).__name__}{where}: {say_theirs(error)}"
            what += limit_shown(error) + advice(error)
            beyond = explain(error, session, self._unrun)
            status = Status.UNSUPPORTED if beyond else Status.CANDIDATE_ERROR
            problem = CellProblem(step.cell, status, beyond or what, line)
        finally:
            self._clock.call_s = self.work.call_s
        if problem is not None and not again:
            self.problems.append(problem)
        if not session.alive:
            self._ended.add(index)
        return session.alive

    def _here(self, index: int, step: Step) -> None:
        """Run an author's visible cell in the trusted process."""
        session, epoch = self._session, self._session.epoch
        session.begin()
        names = self.work.names[step.cell]
        why: Why | None = None
        self._queries.give(index, step, self._namespace)
        try:
            with quietly(), bounded(self._session, self._clock, self.work.part_s):
                missing = run_leniently(step.source, step.cell, self._namespace, watch=True)
            if missing:
                what = f"a given cell needs {', '.join(missing)}, which the grader does not have"
                why = what, Unsupported
        except BaseException as error:
            imported = frozenset[str]().union(*(n.imported for n in self.work.names.values()))
            why = why_stopped(error, session, step.cell, self.problems, imported)
        self._heed()
        if why is not None:
            self._namespace.mark_broken(names.bound | names.imported, *why)
        if session.epoch != epoch:
            self._crossed.add(index)
        self._share_classes(step, names)

    def _share_classes(self, step: Step, names: CellNames) -> None:
        """Let instances of classes that the author defines on both sides cross by value."""
        found = {
            name: value
            for name in sorted(names.bound)
            if isinstance(value := self._namespace.here(name), type)
            and value.__module__ == "__main__"
        }
        if found and self._session.alive:
            self._proxies.given |= found
            with contextlib.suppress(Interruption):
                self._session.execute("", step.cell, lenient=True, classes=list(found))

    def _judge(self, index: int, step: Step) -> None:
        points = self.work.points[step.cell]
        if step.cell in self.work.asked.cases:
            self.report(step.cell, self._cases(index, step.cell, points))
            return
        if what := why_not_a_test(step.source):
            self.report(step.cell, TestVerdict(Status.UNSUPPORTED, None, what))
            return
        if self._clock.is_over():
            what = "The submission used up its time before this part (limit total_s)"
            self.report(step.cell, TestVerdict(Status.TIMEOUT, 0.0, what))
            return
        self._callee(index)
        error, value = self._test(step)
        self._heed()
        verdict = judge(
            error=error, value=value, max_points=points, session=self._session,
            cell=step.cell, problems=self.problems, unrun=self._unrun,
        )  # fmt: skip
        self.report(step.cell, self._doubt.second_look(step.cell, verdict, self._clock))

    def _callee(self, index: int, *, fresh: bool = False, memory_mib: int | None = None) -> Session:
        """Give a process that has run every cell before a step: the one at hand if it lives."""
        if fresh or not self._session.alive:
            self._open(memory_mib)
            self._replay(index)
        return self._session

    def _cases(self, index: int, part: str, points: float) -> TestVerdict:
        callees, part_s = partial(self._callee, index), self.work.part_s
        run = CaseRun(callees, self._clock, self.reference, part_s, self.problems)
        verdict = run.judge(self.work.asked.cases[part], points)
        self._heed()
        return verdict

    def _heed(self) -> None:
        """Give up where the machine did not get on with it: no verdict is made of that."""
        late = self._session.interruption
        if isinstance(late, Overdue):
            raise CalleeUnavailableError(str(late))

    def _test(self, step: Step) -> tuple[BaseException | None, object]:
        self._session.begin()
        self._doubt.begin(self._session)
        self._session.may_stop = "StopIteration" in step.source or "StopAsync" in step.source
        self._namespace.testing = True
        figures = shared_figures(self._session, step.source, self._namespace.ours())
        try:
            with quietly(), bounded(self._session, self._clock, self.work.part_s), figures:
                self._session.patched.begin(step.source)
                return None, run_trusted(step.source, step.cell, self._namespace)
        except BaseException as error:
            return error, None
        finally:
            self._namespace.testing = False
            self._session.may_stop = True

    def _ask_input(self) -> int | None:
        patched: Any = builtins.input
        unchanged = patched is _REAL_INPUT and sys.stdin is _REAL_STDIN
        return None if unchanged else self._session.call_back(patched)
