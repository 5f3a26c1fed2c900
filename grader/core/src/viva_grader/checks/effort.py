"""Decides how much work an answer takes: counted on growing inputs, beside the author's own."""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# Values of any type pass through here.

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from viva_grader.callee.clock import Backstop
from viva_grader.callee.interruptions import Interruption, Overdue
from viva_grader.checks.case_values import difference
from viva_grader.checks.effort_callee import (
    UNLIMITED,
    Counted,
    CountedCallee,
    Limits,
    NotCountedError,
    OverBudgetError,
    SizedArguments,
    is_literal,
    said_of,
)
from viva_grader.checks.growth import RATIO_STEPS, compare, grows
from viva_grader.checks.quiet import quietly
from viva_grader.checks.work import Work
from viva_grader.domain.grade import Json
from viva_grader.domain.outcome import Fact, Measure
from viva_grader.domain.question import EffortRule
from viva_grader.library.literal_calls import parse_literal, parse_sized_call
from viva_grader.library.notebook_rebuild import Step, StepKind
from viva_grader.sandbox.port import Room

_MOST = RATIO_STEPS[-1][0]
_BUDGET = 10_000
"""Instructions that a call may always take, whatever the author's own takes."""
_NEAR = 1e-9
"""Sums of floating point differ by the order in which they are made: relative to the largest."""


class _QuestionError(Exception):
    """The question itself cannot be counted; the argument says why."""


@dataclass(slots=True)
class EffortRun:
    """Counts what a submission's parts take.

    Parameters
    ----------
    open_callee : callable
        Gives a fresh sandboxed process.
    """

    work: Work
    open_callee: Callable[[int | None], Room]
    backstop: Backstop = field(default_factory=Backstop)

    def measure(self, part: str) -> tuple[Measure, dict[str, Json]]:
        """Count one part's work, the author's first; nothing of it may differ between gradings."""
        return self._measure(part), {}

    def _measure(self, part: str) -> Measure:
        rule = self.work.asked.efforts[part]
        facts: dict[str, Json] = {"part": part, "sizes": list(rule.sizes)}
        try:
            inputs = _Inputs(rule)
            theirs = self._reference(rule, inputs)
            facts["reference"] = [counted.work for counted in theirs]
            own = self._own(part, rule, inputs, theirs)
        except _QuestionError as error:
            return Measure(None, f"not counted: {error}", (Fact("effort", facts),))
        except OverBudgetError:
            said = f"more than {_MOST:g} times the author's work"
            return Measure(0.0, said, (Fact("effort", facts | {"said": said}),))
        except NotCountedError as error:
            said = f"not counted, so nothing: {error}"
            return Measure(0.0, said, (Fact("effort", facts | {"said": said}),))
        except Overdue:
            return Measure(None, "not counted: the machine was too busy", again=True)
        except Interruption as error:
            said = f"not counted, so nothing: {said_of(error)}"
            return Measure(0.0, said, (Fact("effort", facts | {"said": said}),))
        return _measured(rule, facts, own, [counted.work for counted in theirs])

    def _callee(self, steps: tuple[Step, ...]) -> CountedCallee:
        work = self.work
        limits = Limits(work.call_s, work.total_s, work.message_bytes, self.backstop)
        callee = CountedCallee(self.open_callee, work.files, limits)
        callee.run(steps)
        return callee

    def _reference(self, rule: EffortRule, inputs: "_Inputs") -> list[Counted]:
        try:
            callee = self._callee(self.work.asked.reference)
            first = callee.count(inputs.of(rule.sizes[0]), UNLIMITED, as_text=False)
            inputs.as_text = is_literal(first.answer)
            counts = [
                callee.count(inputs.of(n), UNLIMITED, as_text=inputs.as_text) for n in rule.sizes
            ]
        except Overdue:
            raise
        except (NotCountedError, Interruption) as error:
            raise _QuestionError(f"the author's own solution: {error}") from error
        if not grows(rule.sizes, [counted.work for counted in counts]):
            raise _QuestionError("the author's own work does not grow with n outside of C code")
        return counts

    def _own(
        self, part: str, rule: EffortRule, inputs: "_Inputs", theirs: list[Counted]
    ) -> list[int]:
        callee = self._callee(_until(self.work.steps, part))
        as_text = inputs.as_text
        first = inputs.of(rule.sizes[0])
        callee.count(first, _budget(theirs[0]), as_text=as_text)  # lazy imports
        counts: list[int] = []
        for size, other in zip(rule.sizes, theirs, strict=True):
            counted = callee.count(inputs.of(size), _budget(other), as_text=as_text)
            if _differs(other.answer, counted.answer, as_text=as_text):
                raise NotCountedError(f"its answer for n = {size} is not the author's")
            # whatever is done while values cross is work as well, where the author's does none
            counts.append(counted.work + abs(counted.around - other.around))
        return counts


class _Inputs:
    """A question's inputs, made anew for each use: the same for the same size.

    Attributes
    ----------
    as_text : bool
        Whether the author's answers are literals.
    """

    def __init__(self, rule: EffortRule) -> None:
        self.as_text = False
        self._call = parse_sized_call(rule.call)
        self._namespace: dict[str, Any] = {"__name__": "setup"}
        _seed(0)
        try:
            with quietly():
                exec(rule.setup, self._namespace)  # noqa: S102 - an author's code
        except Exception as error:
            what = f"setup stops with {type(error).__name__}: {error}"
            raise _QuestionError(what[:200]) from error

    def of(self, size: int) -> SizedArguments:
        """Make the arguments for a size."""
        _seed(size)
        try:
            with quietly():
                made = eval(self._call.arguments, self._namespace | {"n": size})  # noqa: S307 - ours
        except Exception as error:
            what = f"the inputs for n = {size} stop with {type(error).__name__}: {error}"
            raise _QuestionError(what[:200]) from error
        return SizedArguments(self._call.function, made)


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)


def _budget(theirs: Counted) -> int:
    return int(_MOST * theirs.work) + 2 * theirs.around + _BUDGET


def _until(steps: tuple[Step, ...], part: str) -> tuple[Step, ...]:
    """Give the cells that run before a part's tests, as the candidate has them."""
    places = [index for index, step in enumerate(steps) if step.cell == part]
    before = steps[: places[0]] if places else steps
    return tuple(step for step in before if step.kind is not StepKind.TESTS)


def _differs(expected: Any, given: Any, *, as_text: bool) -> bool:
    if as_text:
        if expected == given:
            return False
        try:  # the same value may be written in another way
            expected, given = parse_literal(expected), parse_literal(given)
        except (ValueError, RecursionError):
            return True
    return difference(expected, given, _NEAR * max(1.0, _largest(expected))) is not None


def _largest(value: Any) -> float:
    if type(value) in {list, tuple, set, frozenset}:
        return max(map(_largest, value), default=0.0)
    if type(value) is dict:
        return max(map(_largest, value.values()), default=0.0)
    if type(value) is np.ndarray and value.dtype.kind in "iuf":
        finite = np.abs(value[np.isfinite(value)])
        return float(finite.max()) if finite.size else 0.0
    return abs(value) if type(value) is float and abs(value) < float("inf") else 0.0


def _measured(
    rule: EffortRule, facts: dict[str, Json], own: list[int], theirs: list[int]
) -> Measure:
    growth = compare(rule.sizes, own, theirs)
    said = (
        f"{growth.ratio:g} times the author's work at n = {rule.sizes[-1]}; "
        f"it grows as n^{growth.own:.2f}, the author's as n^{growth.reference:.2f}"
    )
    facts |= {
        "counts": list(own),
        "growth": growth.own,
        "reference_growth": growth.reference,
        "ratio": growth.ratio,
    }
    return Measure(growth.value, said, (Fact("effort", facts),))
