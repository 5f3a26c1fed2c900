"""Decides what the deterministic score is made of: each share, what it stands on, its evidence."""

from collections.abc import Mapping, Sequence

from viva_grader.checks.bench import Judged
from viva_grader.domain.grade import Item, Json
from viva_grader.domain.outcome import Measure, Outcome, Penalty
from viva_grader.domain.question import Part, PartKind
from viva_grader.flow.items import Numbered
from viva_grader.score.deterministic import PartEffort, Share, as_far_as_right, performance

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
    """Collect what was counted, by part: of queries by their plans, of calls by their lines."""
    found: dict[str, Measure] = {}
    for part in parts:
        effort = outcomes[part.name].effort or judged.efforts.get(part.name)
        if effort is None and (part.effort is not None or part.kind is PartKind.QUERY):
            effort = Measure(None, "its work was not counted")
        if effort is not None:
            found[part.name] = effort
    return found


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
