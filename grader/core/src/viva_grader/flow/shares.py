"""Decides what the deterministic score is made of: each share, what it stands on, its evidence."""

from collections.abc import Mapping, Sequence

from viva_grader.checks.bench import Judged
from viva_grader.domain.grade import Item, Json, Status
from viva_grader.domain.outcome import Fact, Measure, Outcome, Penalty
from viva_grader.domain.question import Part, PartKind
from viva_grader.domain.rubric import PenaltyCosts
from viva_grader.flow.items import Numbered
from viva_grader.score.deterministic import PartEffort, Share, as_far_as_right, performance

_ERRORS = frozenset({Status.CANDIDATE_ERROR, Status.TIMEOUT})
_DECIMALS = 6
"""Of a share's value in the document; far below what the score shows."""


def make_shares(
    answer: Share,
    items: Sequence[Item],
    efforts: Mapping[str, Measure],
    *,
    quality: Measure | None,
    reproduction: Measure | None,
) -> dict[str, Share]:
    """Give every share by its name.

    Parameters
    ----------
    answer : Share
        Correctness.
    efforts : mapping of str to Measure
        By part, of those whose work is counted.
    """
    counted = [
        PartEffort(item.part, item.points, item.max_points, efforts[item.part])
        for item in items
        if item.part in efforts
    ]
    return {
        "correctness": answer,
        "performance": performance(counted),
        "quality": as_far_as_right(quality, answer),
        "reproducibility": as_far_as_right(reproduction, answer),
    }


def efforts_of(
    parts: Sequence[Part], outcomes: Mapping[str, Outcome], judged: Judged
) -> dict[str, Measure]:
    """Collect what was counted, by part: of queries by their plans, of calls by their lines.

    A part whose work the question asks to count is one of them even where nothing was counted, and
    so is a query beside another one that was: without points it counts 0.
    """
    planned = any(outcome.effort is not None for outcome in outcomes.values())
    found: dict[str, Measure] = {}
    for part in parts:
        effort = outcomes[part.name].effort or judged.efforts.get(part.name)
        asked = part.effort is not None or (planned and part.kind is PartKind.QUERY)
        if effort is None and asked:
            effort = Measure(None, "its work was not counted")
        if effort is not None:
            found[part.name] = effort
    return found


def unfinished(judged: Judged) -> bool:
    """Whether something could not be measured by our own fault: there is no score until it is."""
    measures = (*judged.efforts.values(), judged.reproduction)
    return any(each.again for each in measures if each is not None)


def error_penalties(outcomes: Mapping[str, Outcome], costs: PenaltyCosts) -> list[Penalty]:
    """Charge a submission most of whose cases end in errors.

    A case is each call that a part of kind ``cases`` lists, and each other automatic part as a
    whole. An error is a ``candidate_error`` or a ``timeout``; what decides no points is no case.
    """
    statuses = [status for outcome in outcomes.values() for status in _cases(outcome)]
    decided = [status for status in statuses if status.has_points]
    errors = sum(status in _ERRORS for status in decided)
    if costs.errors <= 0 or not decided or errors <= costs.errors_above * len(decided):
        return []
    why = f"{errors} of {len(decided)} cases end in errors"
    fact = Fact("errors", {"errors": errors, "cases": len(decided), "above": costs.errors_above})
    return [Penalty(costs.errors, why, (fact,))]


def _cases(outcome: Outcome) -> list[Status]:
    for fact in outcome.facts:
        cases: list[dict[str, Json]] = fact.data.get("cases") or []
        if cases and outcome.status.has_points:
            return [Status(case["status"]) for case in cases]
    return [outcome.status]


def share_documents(
    shares: Mapping[str, Share], weights: Mapping[str, float], numbered: Numbered
) -> dict[str, Json]:
    """Write the shares as a grade's document has them."""
    return {
        name: {
            "weight": weight,
            "value": _rounded(shares[name].value),
            "measured": _rounded(shares[name].measured.value),
            "said": shares[name].measured.said,
            "evidence": numbered.add("", list(shares[name].measured.facts)),
        }
        for name, weight in weights.items()
    }


def penalty_document(penalty: Penalty, numbered: Numbered) -> dict[str, Json]:
    """Write a penalty as a grade's document has it."""
    evidence = numbered.add("", list(penalty.facts))
    return {"points": penalty.points, "why": penalty.why, "evidence": evidence}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)
