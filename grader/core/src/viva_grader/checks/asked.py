"""Decides what a submission is asked beside its test cells, and how that travels as a message."""

from dataclasses import asdict, dataclass, field
from typing import Any

from viva_grader.domain.question import Case, EffortRule
from viva_grader.library.notebook_rebuild import Step, StepKind


@dataclass(frozen=True, slots=True)
class Asked:
    """Cases to call, work to count, a notebook to run again.

    Attributes
    ----------
    cases : dict of str to tuple of Case
        By part.
    efforts : dict of str to EffortRule
        By part.
    reference : tuple of Step
        The author's own notebook without its tests: where a case names no expected value, and
        what work is measured by.
    own : tuple of Step
        The candidate's own notebook as submitted, in its order; empty: not run again.
    outputs : dict of str to str
        What its cells showed when it was submitted, by cell: nothing depends on it.
    rows : bool
        Whether ``%%sql name <<`` cells are asked for their rows: the question has data.
    """

    cases: dict[str, tuple[Case, ...]] = field(default_factory=dict[str, tuple[Case, ...]])
    efforts: dict[str, EffortRule] = field(default_factory=dict[str, EffortRule])
    reference: tuple[Step, ...] = ()
    own: tuple[Step, ...] = ()
    outputs: dict[str, str] = field(default_factory=dict[str, str])
    rows: bool = False


def asked_message(asked: Asked) -> dict[str, Any]:
    """Write as JSON."""
    return {
        "cases": {part: [asdict(case) for case in cases] for part, cases in asked.cases.items()},
        "efforts": {part: asdict(rule) for part, rule in asked.efforts.items()},
        "reference": _steps_message(asked.reference),
        "own": _steps_message(asked.own),
        "outputs": asked.outputs,
        "rows": asked.rows,
    }


def asked_from(message: dict[str, Any]) -> Asked:
    """Read what :func:`asked_message` wrote."""
    return Asked(
        cases={
            part: tuple(Case(**case) for case in cases) for part, cases in message["cases"].items()
        },
        efforts={
            part: EffortRule(rule["call"], rule["setup"], tuple(rule["sizes"]))
            for part, rule in message["efforts"].items()
        },
        reference=_steps_from(message["reference"]),
        own=_steps_from(message["own"]),
        outputs=message["outputs"],
        rows=message["rows"],
    )


def _steps_message(steps: tuple[Step, ...]) -> list[list[str]]:
    return [[step.kind.value, step.cell, step.source] for step in steps]


def _steps_from(message: list[list[str]]) -> tuple[Step, ...]:
    return tuple(Step(StepKind(kind), cell, source) for kind, cell, source in message)
