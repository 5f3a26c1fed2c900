"""Decides what a question tells its judges beyond the rubric: own checks, other good answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Check


@dataclass(frozen=True, slots=True)
class Judging:
    """A question's additions to its rubric.

    Attributes
    ----------
    checks : dict of str to tuple of Check
        By the name of the dimension that they belong to.
    alternatives : tuple of str
        Answers that are as good as the reference, in words.
    """

    checks: dict[str, tuple[Check, ...]] = field(default_factory=dict[str, tuple[Check, ...]])
    alternatives: tuple[str, ...] = ()

    def document(self) -> dict[str, Json]:
        """Give it as JSON; :func:`judging_from` reads it back."""
        return {
            "checks": {
                name: [{"id": each.id, "text": each.text, "weight": each.weight} for each in checks]
                for name, checks in self.checks.items()
            },
            "alternatives": list(self.alternatives),
        }


def judging_from(document: Mapping[str, Json]) -> Judging:
    """Read what :meth:`Judging.document` wrote."""
    return Judging(
        {
            name: tuple(Check(**each) for each in checks)
            for name, checks in document["checks"].items()
        },
        tuple(document["alternatives"]),
    )
