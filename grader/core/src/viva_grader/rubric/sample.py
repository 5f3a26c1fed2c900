"""Decides what one sample says of each dimension, after its citations and its sums were checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from viva_grader.domain.evaluation import Quote
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Dimension, Rubric
from viva_grader.rubric.parse import Claim, Tampered, Unusable, parse
from viva_grader.rubric.shown import Shown
from viva_grader.rubric.verify import verified
from viva_grader.score.checklist import level_of
from viva_grader.score.levels import HIGHEST_LEVEL, LOWEST_LEVEL

ANSWERED = "answered"
_FAR = 1
"""A model's own number may differ from the computed one by so much."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one sample says of one dimension.

    Attributes
    ----------
    level : int or None
        Computed from the checklist; None where nothing can be defended.
    quotes : tuple of Quote
        The citations that stand, each place once.
    cited : int
        How many were given.
    reason : str
        Why there is no level; empty where there is one.
    repairable : bool
        Whether asking once more may help.
    tampered : bool
        Whether the answer obeyed somebody else.
    contradiction : str
        The model's own number, where it is far from the computed one.
    """

    level: int | None = None
    claim: Claim | None = None
    quotes: tuple[Quote, ...] = ()
    cited: int = 0
    reason: str = ""
    repairable: bool = False
    tampered: bool = False
    contradiction: str = ""


Sample = dict[str, Finding]
_Count = Callable[[Sequence[Quote]], int]


def needed(level: int) -> int:
    """How many citations a level takes: two at either end."""
    return 2 if level in {LOWEST_LEVEL, HIGHEST_LEVEL} else 1


def places(quotes: Sequence[Quote]) -> int:
    """Count the different places that are cited: ranges that overlap are one, however they end."""
    count = len({each.fact for each in quotes if each.citation is None})
    last: dict[str, int] = {}
    cited = [each.citation for each in quotes if each.citation is not None]
    for each in sorted(cited, key=lambda citation: citation.end):
        if each.start > last.get(each.cell, 0):
            last[each.cell] = each.end
            count += 1
    return count


def read_sample(
    calls: Sequence[Mapping[str, Json]], rubric: Rubric, data: Shown, *, apart: bool = True
) -> Sample:
    """Read a sample from its stored calls: the answer, and its repair where there was one.

    A repair replaces only what was broken: what was well answered is not asked to be thought over.

    Parameters
    ----------
    apart : bool
        Whether places that overlap are one; they were not in what was stored before.
    """
    count = places if apart else len
    sample = _read(calls[0], rubric, data, count)
    for call in calls[1:]:
        again = _read(call, rubric, data, count)
        sample = {
            name: again[name] if found.repairable else found for name, found in sample.items()
        }
    return sample


def without(finding: Finding, refuted: frozenset[Quote], *, apart: bool = True) -> Finding:
    """Take refuted citations away, and the level with them where too few are left."""
    count = places if apart else len
    left = tuple(each for each in finding.quotes if each not in refuted)
    if finding.level is None or len(left) == len(finding.quotes):
        return finding
    if count(left) >= needed(finding.level):
        return replace(finding, quotes=left)
    lost = len(finding.quotes) - len(left)
    reason = f"The adversary refuted {lost} of the {len(finding.quotes)} citations."
    return replace(finding, level=None, quotes=left, reason=reason)


def _read(call: Mapping[str, Json], rubric: Rubric, data: Shown, count: _Count) -> Sample:
    names = [each.name for each in rubric.scored()]
    if call["outcome"] != ANSWERED:
        repairable = call["outcome"] in {"truncated", "malformed"}
        return dict.fromkeys(names, Finding(reason=f"{call['said']}.", repairable=repairable))
    try:
        claims = parse(call["response"]["text"], rubric)
    except Tampered as error:
        return dict.fromkeys(names, Finding(reason=_sentence(error), tampered=True))
    except Unusable as error:
        return dict.fromkeys(names, Finding(reason=_sentence(error), repairable=True))
    return {each.name: _finding(each, claims[each.name], data, count) for each in rubric.scored()}


def _finding(dimension: Dimension, claim: Claim | str, data: Shown, count: _Count) -> Finding:
    if isinstance(claim, str):
        return Finding(reason=claim, repairable=True)
    quotes = tuple(
        dict.fromkeys(quote for each in claim.evidence if (quote := verified(each, data)))
    )
    quotes = _one_for_each_place(quotes)
    found = Finding(claim=claim, quotes=quotes, cited=len(claim.evidence))
    if claim.score is None:
        return replace(found, reason="The model saw nothing in the submission to score this by.")
    level = level_of(dimension.checklist, claim.decisions())
    if level is None:
        return replace(found, reason="Less than half of its checks are shown in the submission.")
    if count(quotes) < needed(level):
        return replace(found, reason=_too_few(level, found), repairable=True)
    far = abs(claim.score - level) > _FAR
    return replace(
        found,
        level=level,
        contradiction=(
            f"The model's own number is {claim.score}; its checklist gives {level}." if far else ""
        ),
    )


def _one_for_each_place(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Keep one quote for each place: two of the same lines are one citation."""
    return tuple({(each.citation, each.fact): each for each in reversed(quotes)}.values())[::-1]


def _too_few(level: int, found: Finding) -> str:
    if not found.cited:
        return "The model cited nothing."
    if not found.quotes:
        return f"None of the model's {found.cited} citations stands in the submission."
    if len(found.quotes) >= needed(level):
        return f"A {level} takes {needed(level)} citations of places that do not overlap."
    return (
        f"A {level} takes {needed(level)} citations that stand;"
        f" {len(found.quotes)} of {found.cited} does."
    )


def _sentence(error: Exception) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
