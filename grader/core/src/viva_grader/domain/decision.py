"""Decides what a named person's word on one dimension is: a level with a reason, beside a score."""

from dataclasses import asdict, dataclass

from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Json

DECISIONS_SCHEMA = "viva.decisions/1"


@dataclass(frozen=True, slots=True)
class DimensionDecision:
    """What a person decided of one dimension of one question; the score itself stays as it is.

    Of several on the same dimension the last one counts, and all are kept.

    Attributes
    ----------
    question : str
        Its slug.
    dimension : str
        The name of a dimension that tests do not decide.
    at : str
        ISO 8601 with its offset.
    original : int or None
        The level that was scored, 1..5, when it was decided; None where it was unscored.
    level : int
        1..5; the same as ``original`` where a person confirms it.
    """

    question: str
    dimension: str
    by: str
    at: str
    original: int | None
    level: int
    reason: str

    @property
    def confirms(self) -> bool:
        """Whether it is the same level as the one that was scored."""
        return self.level == self.original


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided of one graded submission, and what it makes of the score.

    Attributes
    ----------
    grade_sha256 : str
        Of the grade whose scores they decided on.
    decisions : tuple of DimensionDecision
        Oldest first.
    final : FinalScore
        With their levels.
    """

    grade_sha256: str
    decisions: tuple[DimensionDecision, ...]
    final: FinalScore

    def document(self) -> dict[str, Json]:
        """Give it as JSON, for :func:`decisions_from`."""
        return {
            "schema": DECISIONS_SCHEMA,
            "grade_sha256": self.grade_sha256,
            "decisions": [asdict(each) for each in self.decisions],
            "final": self.final.document(),
        }


def decisions_from(document: dict[str, Json]) -> tuple[DimensionDecision, ...]:
    """Read the decisions of a stored document.

    Raises
    ------
    KeyError, TypeError, ValueError
        Where it is none.
    """
    if document["schema"] != DECISIONS_SCHEMA:
        raise ValueError(f"this is no document of schema {DECISIONS_SCHEMA}")
    return tuple(DimensionDecision(**each) for each in document["decisions"])
