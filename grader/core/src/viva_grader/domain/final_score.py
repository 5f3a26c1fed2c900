"""Decides what an overall score is: shares put together, with what is known of their error."""

from dataclasses import asdict, dataclass, field

from viva_grader.domain.grade import Json, plain

FINAL_SCORE_SCHEMA = "viva.final-score/2"
FIRST_FINAL_SCORE_SCHEMA = "viva.final-score/1"
"""Without intervals: what was stored before there were any, and is still read."""
_BEFORE_INTERVALS = "No interval: this score was stored before there were any."


@dataclass(frozen=True, slots=True)
class Span:
    """From ``low`` to ``high``, 0..100, both inclusive."""

    low: float
    high: float


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
    interval : Span or None
        Where ``overall`` would settle if the same model read on, see
        :mod:`viva_grader.score.spread`; None where that cannot be known.
    interval_said : str
        What the interval stands on, or why there is none.
    bounds : Span or None
        The interval, had each unscored dimension been a 1, and a 5; None where nothing is unscored.
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
    interval: Span | None = None
    interval_said: str = _BEFORE_INTERVALS
    bounds: Span | None = None

    def document(self) -> dict[str, Json]:
        """Give the score as JSON; :func:`final_score_from` reads it back."""
        return {"schema": FINAL_SCORE_SCHEMA, **plain(asdict(self))}


def final_score_from(document: dict[str, Json]) -> FinalScore:
    """Read what :meth:`FinalScore.document` wrote, also before there were intervals.

    Raises
    ------
    ValueError
        For a document of another schema.
    """
    if document.get("schema") not in {FINAL_SCORE_SCHEMA, FIRST_FINAL_SCORE_SCHEMA}:
        raise ValueError(f"not a {FINAL_SCORE_SCHEMA} document: {document.get('schema')!r}")
    fields = {name: value for name, value in document.items() if name != "schema"}
    for name in ("interval", "bounds"):
        if fields.get(name) is not None:
            fields[name] = Span(**fields[name])
    return FinalScore(**fields)
