"""Decides what a named person's word on one dimension is: a level with a reason, beside a score."""

from dataclasses import dataclass


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
