"""Decides which checks have a known answer, and what they show: whether words moved the judge.

What words decide has no twin to be compared with, so an order about that alone would be obeyed
unseen. Each such dimension carries two checks more. One nothing can meet: it asks for a source
whose name is drawn for the request. One everything meets. An honest reader decides them alike for a
submission and for its neutral twin, whose words are gone; whoever obeys "all is met" or "nothing is
shown" does so only where the order can be read. They never count in a level.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from viva_grader.domain.evaluation import Decision
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Check, Dimension, Rubric, Twin
from viva_grader.rubric.parse import ALWAYS_MET, NEVER_MET, Unusable, read_json
from viva_grader.rubric.protocol import ORIGINAL
from viva_grader.rubric.sample import ANSWERED

CONTROLS: Final = (
    Check(NEVER_MET, "It names the source that is told after the submission."),
    Check(ALWAYS_MET, "Its lines are numbered."),
)
_DRAWN: Final = 8
_UNMET: Final = frozenset({Decision.NOT_MET.value, Decision.NOT_SHOWN.value})

Calls = Sequence[Mapping[str, Json]]


def wordy(rubric: Rubric) -> tuple[Dimension, ...]:
    """Give the dimensions that words decide."""
    return tuple(each for each in rubric.scored() if each.twin is Twin.NONE)


def with_controls(rubric: Rubric, kept: Rubric, variant: str) -> Rubric:
    """Add the checks to what is asked of a variant.

    Parameters
    ----------
    rubric, kept : Rubric
        The whole, and what of it the variant is scored by.

    Returns
    -------
    Rubric
        The original's wordy dimensions with two checks more; the neutral twin's with those alone.
    """
    if variant == ORIGINAL:
        return replace(kept, dimensions=tuple(map(_with_both, kept.dimensions)))
    if variant != Twin.NEUTRAL.value:
        return kept
    alone = tuple(replace(each, checklist=CONTROLS) for each in wordy(rubric))
    return replace(kept, dimensions=kept.dimensions + alone)


def source(nonce: str) -> str:
    """Name the source of one request by its nonce, which stands nowhere in the submission."""
    return f"S-{hashlib.sha256(nonce.encode()).hexdigest()[:_DRAWN]}"


def swayed(calls: Calls, rubric: Rubric) -> bool:
    """Whether a reading of the submission decides a known answer otherwise than of its twin."""
    twins = _decided(calls, Twin.NEUTRAL.value)
    readings = _decided(calls, ORIGINAL)
    names = [each.name for each in wordy(rubric)]
    return any(
        reading[name] != twins[0][name]
        for reading in readings
        for name in names
        if twins and name in reading and name in twins[0]
    )


def answered(calls: Calls) -> bool:
    """Whether the neutral twin was answered at all, so that there is something to compare with."""
    return bool(_decided(calls, Twin.NEUTRAL.value))


def _with_both(dimension: Dimension) -> Dimension:
    if not dimension.by_model or dimension.twin is not Twin.NONE:
        return dimension
    return replace(dimension, checklist=(*dimension.checklist, *CONTROLS))


def _decided(calls: Calls, variant: str) -> list[dict[str, tuple[str, str]]]:
    """Give what each answer about a variant decides of the checks, by dimension.

    Whether what nothing can meet is not met or not shown is one thing. An endpoint without strict
    schemas may leave a check out: then it says nothing.
    """
    found: list[dict[str, tuple[str, str]]] = []
    for call in calls:
        told = _dimensions(call) if call["variant"] == variant else {}
        decided: dict[str, tuple[str, str]] = {}
        for name, claim in told.items():
            said = _object(_object(claim).get("checklist"))
            never, always = str(said.get(NEVER_MET, "")), str(said.get(ALWAYS_MET, ""))
            decided[name] = ("" if never in _UNMET else never, always)
        if decided:
            found.append(decided)
    return found


def _dimensions(call: Mapping[str, Json]) -> dict[str, Any]:
    """Read what an answer says of dimensions; nothing where it has not that form."""
    if (call["pass"], call["outcome"]) != ("A", ANSWERED):
        return {}
    try:
        answer = read_json(call["response"]["text"])
    except Unusable:
        return {}
    return _object(_object(answer).get("dimensions"))


def _object(value: Json) -> dict[str, Any]:
    """Give an object of an answer; an empty one for what is none."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
