"""Decides the verdict of a part that is judged by cases: each call by what it gives."""

from dataclasses import dataclass
from typing import Any, Protocol

from viva_grader.callee.clock import Clock
from viva_grader.callee.interruptions import (
    CalleeGone,
    CallTimeout,
    Interruption,
    NoAnswer,
    Overdue,
    Unsupported,
)
from viva_grader.callee.session import Session
from viva_grader.checks.case_values import difference, show
from viva_grader.checks.judge import say_theirs, shorten
from viva_grader.checks.limits import limit_shown
from viva_grader.checks.quiet import quietly
from viva_grader.checks.reference import Raises, Reference, ReferenceFailedError
from viva_grader.checks.verdicts import CellProblem, Place, TestVerdict
from viva_grader.domain.grade import Json, Status
from viva_grader.domain.question import Case
from viva_grader.library.literal_calls import parse_call, parse_literal

_DECIMALS = 6


class Callees(Protocol):
    """Port: gives the candidate's process as it is before a part."""

    def __call__(self, *, fresh: bool, memory_mib: int | None) -> Session:
        """Give the process at hand where it lives and a fresh one is not wanted."""
        ...


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case: ``pass``, ``fail``, ``candidate_error`` or ``timeout``."""

    case: Case
    status: Status
    said: str
    expected: Any = None
    places: tuple[Place, ...] = ()


@dataclass(slots=True)
class CaseRun:
    """The cases of one part.

    Parameters
    ----------
    problems : list of CellProblem
        Cells that did not run to their end: why a name may be missing.
    """

    callees: Callees
    clock: Clock
    reference: Reference
    part_s: float
    problems: list[CellProblem]

    def judge(self, cases: tuple[Case, ...], max_points: float) -> TestVerdict:
        """Judge every case.

        Those with limits of their own run last, each in a fresh process with these limits; the
        others share one, which is replaced where a case ends it.
        """
        results: dict[str, CaseResult] = {}
        try:
            for case in sorted(cases, key=_has_own_limits):
                results[case.name] = self._case(case)
        except ReferenceFailedError as error:
            return TestVerdict(Status.UNSUPPORTED, None, f"Not graded by cases: {error}")
        except Overdue as error:
            return TestVerdict(Status.INFRA_ERROR, None, f"Not judged: {error}")
        return verdict_of([results[case.name] for case in cases], max_points)

    def _case(self, case: Case) -> CaseResult:
        call = parse_call(case.call)
        if case.expected is None:
            args, kwargs = call.arguments()
            expected = self.reference.answer(call.function, args, kwargs)
        else:
            expected = parse_literal(case.expected)
        if self.clock.is_over():
            said = "the submission used up its time before this case (limit total_s)"
            return CaseResult(case, Status.TIMEOUT, said, expected)
        own = _has_own_limits(case)
        session = self.callees(fresh=own, memory_mib=case.memory_mib)
        usual_s = self.clock.call_s
        self.clock.begin_part(max(self.part_s, case.call_s or 0.0))
        self.clock.call_s = case.call_s or usual_s
        try:
            return self._called(case, session, expected, call.function, call.arguments())
        finally:
            self.clock.call_s = usual_s
            if own:
                session.alive = False  # nobody else's: the next one gets a process of its own

    def _called(
        self,
        case: Case,
        session: Session,
        expected: Any,
        function: str,
        arguments: tuple[list[Any], dict[str, Any]],
    ) -> CaseResult:
        session.begin()
        args, kwargs = arguments
        try:
            with quietly():
                found, target = session.read(function)
                if not found:
                    return self._undefined(case, expected, function)
                given = session.apply("call", target, *args, **kwargs)
        except Overdue:
            raise
        except Interruption as error:
            status, said = _interrupted(session.interruption or error)
            return CaseResult(case, status, said, expected)
        except BaseException as error:
            return _raised(case, expected, error, session)
        if isinstance(expected, Raises):
            said = f"it gave an answer where {expected.name} is expected"
            return CaseResult(case, Status.FAIL, said, expected)
        differs = difference(expected, given, case.tolerance)
        if differs is None:
            return CaseResult(case, Status.PASS, "as expected", expected)
        return CaseResult(case, Status.FAIL, shorten(differs), expected)

    def _undefined(self, case: Case, expected: Any, function: str) -> CaseResult:
        said, status = f"{function} is not defined by the submission", Status.CANDIDATE_ERROR
        places: tuple[Place, ...] = ()
        if self.problems:
            first = self.problems[0]
            said = shorten(f"{function} is not defined: cell {first.cell} {first.message}")
            status = Status.TIMEOUT if first.status is Status.TIMEOUT else status
            places = (Place(first.cell, first.line),) if first.line else ()
        return CaseResult(case, status, said, expected, places)


def _has_own_limits(case: Case) -> bool:
    return case.call_s is not None or case.memory_mib is not None


def _raised(case: Case, expected: Any, error: BaseException, session: Session) -> CaseResult:
    name = type(error).__name__
    if isinstance(expected, Raises) and expected.name == name:
        return CaseResult(case, Status.PASS, f"{name} as expected", expected)
    message = say_theirs(error)
    said = shorten(f"it raised {name}: {message}" if message else f"it raised {name}")
    said += limit_shown(error)
    return CaseResult(
        case, Status.CANDIDATE_ERROR, said, expected, session.places_of(error) or ()
    )  # fmt: skip


def _interrupted(error: Interruption) -> tuple[Status, str]:
    reason = shorten(str(error))
    if isinstance(error, CallTimeout):
        return Status.TIMEOUT, f"it took too long (limit {reason})"
    if isinstance(error, NoAnswer):
        return Status.CANDIDATE_ERROR, f"it gave {reason}"
    if isinstance(error, Unsupported):
        return Status.CANDIDATE_ERROR, f"it gave what is no data: {reason}"
    if isinstance(error, CalleeGone) and reason:
        return Status.CANDIDATE_ERROR, f"it ended its process (limit {reason})"
    return Status.CANDIDATE_ERROR, "it ended its process (exit, crash or limit memory_mib)"


def verdict_of(results: list[CaseResult], max_points: float) -> TestVerdict:
    """Put a part's cases together: points by the weight of those that passed.

    ``pass`` where all did. Where none did and all of them ended alike, in errors or in timeouts,
    that is the part's status too; otherwise it is ``fail``.
    """
    whole = sum(result.case.weight for result in results)
    passed = [result for result in results if result.status is Status.PASS]
    missed = [result for result in results if result.status is not Status.PASS]
    points = round(max_points * sum(r.case.weight for r in passed) / whole, _DECIMALS)
    facts: dict[str, Json] = {"cases": [_fact(result) for result in results]}
    if not missed:
        return TestVerdict(Status.PASS, max_points, "Every case gives what it must", (), facts)
    kinds = {result.status for result in missed}
    alike = not passed and len(kinds) == 1
    status = missed[0].status if alike else Status.FAIL
    first = f"case {missed[0].case.name}: {missed[0].said}"
    message = shorten(f"{len(passed)} of {len(results)} cases pass; {first}")
    places = tuple(dict.fromkeys(place for result in missed for place in result.places))
    return TestVerdict(status, points, message, places, facts)


def _fact(result: CaseResult) -> dict[str, Json]:
    expected = result.expected
    text = f"raises {expected.name}" if isinstance(expected, Raises) else shorten(show(expected))
    return {
        "name": result.case.name,
        "status": result.status.value,
        "said": result.said,
        "weight": result.case.weight,
        "call": result.case.call,
        "expected": text,
    }
