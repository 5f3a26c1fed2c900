"""Decides what an overall score is: shares put together, with what is known of their error."""

from dataclasses import asdict, dataclass, field

from viva_grader.domain.grade import Json, plain

FINAL_SCORE_SCHEMA = "viva.final-score/1"


@dataclass(frozen=True, slots=True)
class FinalScore:
    """The shares put together; ``overall`` is None where a model scored nothing.

    Attributes
    ----------
    overall : float or None
        0..100.
    confidence : float or None
        0..1, lower for each dimension that is unscored.
    verdict : str or None
        A recommendation, never a decision.
    rule : str
        The rule that produced the verdict, or why there is none.
    weights : dict of str to float
        What each share really weighed, after renormalising; empty where ``overall`` is None.
    confidences : dict of str to float
        0..1 per share: how much of it was measured, and how surely.
    """

    deterministic: float | None
    rubric: float | None
    communication: float | None
    overall: float | None
    confidence: float | None
    verdict: str | None
    rule: str
    weights: dict[str, float]
    confidences: dict[str, float] = field(default_factory=dict[str, float])

    def document(self) -> dict[str, Json]:
        """Give the score as JSON; :func:`final_score_from` reads it back."""
        return {"schema": FINAL_SCORE_SCHEMA, **plain(asdict(self))}


def final_score_from(document: dict[str, Json]) -> FinalScore:
    """Read what :meth:`FinalScore.document` wrote.

    Raises
    ------
    ValueError
        For a document of another schema.
    """
    if document.get("schema") != FINAL_SCORE_SCHEMA:
        raise ValueError(f"not a {FINAL_SCORE_SCHEMA} document: {document.get('schema')!r}")
    return FinalScore(**{name: value for name, value in document.items() if name != "schema"})
