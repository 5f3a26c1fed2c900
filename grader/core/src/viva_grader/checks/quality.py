"""Decides what quality is worth: findings by kind, each rule capped, all of them capped.

``quality = (1 − unreadable / cells) × (1 − min(total_cap, Σ_rules min(rule_cap, cost × places)))``

over the candidate's cells that hold anything. ``cost`` is that of the rule's kind (fault, trap,
untidy); costs and caps stand in the rubric. The form is Pylint's (a weighted sum of messages taken
from a full score), with two differences that a small notebook asks for: it is not divided by the
number of statements, so that padding does not help, and one habit repeated many times is one habit,
so that a rule has a cap.
"""

from collections import Counter

from viva_grader.checks.findings import rules
from viva_grader.checks.inspection import Inspection
from viva_grader.domain.outcome import Fact, Measure, Penalty
from viva_grader.domain.question import Forbidden
from viva_grader.domain.rubric import QualityCosts

MAX_SHOWN = 50
"""Findings kept as evidence; all of them count."""


def measure_quality(seen: Inspection, costs: QualityCosts) -> Measure:
    """Measure the quality of a submission's own cells, 0..1; None where it has none."""
    if seen.broken:
        data = {"reason": seen.broken}
        return Measure(0.0, "its text cannot be read by any parser", (Fact("unreadable", data),))
    if not seen.cells:
        return Measure(None, "not measured: no cell of the submission holds anything")
    counted = Counter(each.rule for each in seen.findings if each.rule != "syntax")
    cost = {rule: costs.of(rules()[rule].kind) for rule in counted}
    lost = sum(min(costs.rule_cap, cost[rule] * places) for rule, places in sorted(counted.items()))
    readable = 1.0 - len(seen.unreadable) / len(seen.cells)
    value = readable * (1.0 - min(costs.total_cap, lost))
    return Measure(value, _said(counted, seen), _facts(seen))


def forbidden_penalties(seen: Inspection, forbidden: tuple[Forbidden, ...]) -> list[Penalty]:
    """Charge each forbidden entry that is used, once, however often."""
    return [
        Penalty(
            entry.points,
            entry.why,
            tuple(
                Fact("forbidden_use", {"what": use.what, "cell": use.cell, "line": use.line})
                for use in uses
            ),
        )
        for entry, uses in zip(forbidden, seen.uses, strict=False)
        if uses and entry.points > 0
    ]


def _said(counted: Counter[str], seen: Inspection) -> str:
    kinds = Counter[str]()
    for rule, places in counted.items():
        kinds[rules()[rule].kind] += places
    words = [f"{kinds[kind]} {kind}" for kind in ("fault", "trap", "untidy") if kinds[kind]]
    if seen.unreadable:
        words.append(f"{len(seen.unreadable)} of {len(seen.cells)} cells cannot be read")
    return f"findings: {', '.join(words)}" if words else "no finding"


def _facts(seen: Inspection) -> tuple[Fact, ...]:
    shown = [
        Fact(
            "finding",
            {
                "rule": each.rule,
                "kind": rules()[each.rule].kind,
                "cell": each.cell,
                "line": each.line,
                "message": each.message,
            },
        )
        for each in seen.findings[:MAX_SHOWN]
    ]
    if len(seen.findings) > MAX_SHOWN:
        shown.append(Fact("more_findings", {"count": len(seen.findings) - MAX_SHOWN}))
    return tuple(shown)
