"""Decides which citations stand: cell and lines exist, and the quoted words stand there."""

import re
from typing import Final

from viva_grader.domain.evaluation import Quote
from viva_grader.domain.grade import Citation
from viva_grader.rubric.parse import Evidence
from viva_grader.rubric.shown import Shown, normalise

SHORTEST_QUOTE: Final = 3
"""Characters; shorter words stand anywhere and cite nothing, unless they are all that stands."""

_PREFIX: Final = re.compile(r"^\s*c\d+:L\d+│", re.MULTILINE)


def verified(evidence: Evidence, data: Shown) -> Quote | None:
    """Give the citation in the grade's own terms; None where it does not stand.

    What a model quotes of a fact is not kept: the fact itself is stored, and says it better.
    """
    if evidence.cell is None:
        known = evidence.fact is not None and evidence.fact in data.facts
        return Quote(citation=None, quote="", fact=evidence.fact) if known else None
    cell = next((each for each in data.cells if each.label == evidence.cell), None)
    start, end = evidence.start or 0, evidence.end or 0
    if cell is None or not 1 <= start <= end <= len(cell.lines):
        return None
    quote = normalise(_PREFIX.sub("", evidence.quote))
    cited = normalise("\n".join(cell.lines[start - 1 : end]))
    long_enough = len(quote) >= SHORTEST_QUOTE or (quote and quote == cited)
    if not long_enough or quote not in cited:
        return None
    return Quote(Citation(cell.cell, start, end), quote)
