"""Decides what a model's scoring by a rubric leaves behind: levels, with all that they rest on."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from viva_grader.domain.grade import Citation, Json, plain

EVALUATION_SCHEMA = "viva.evaluation/2"
FIRST_EVALUATION_SCHEMA = "viva.evaluation/1"
"""One call, one number: what was stored before there were passes, and is still read."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A citation with the words that must stand there, or the id of a fact."""

    citation: Citation | None
    quote: str
    fact: str | None = None


class Decision(StrEnum):
    """What a scorer says of one check."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One dimension's score; None where nothing can be defended, and ``reason`` says why.

    Attributes
    ----------
    confidence : float or None
        0..1, computed; None where there is no score.
    red_flags : tuple of str
        Each begins with its severity: ``high: …``.
    checklist : dict of str to str
        The decisions of the sample that is shown, by check.
    samples : tuple of (int or None)
        Levels of the independent samples, each computed from its checklist.
    twin : int or None
        The level of the twin, where the dimension has one and it was scored.
    contradictions : tuple of str
        What does not fit: the model's own number, or what tests say.
    for_person : bool
        Whether a person has to decide it, because the passes do not agree or could not be checked.
    """

    dimension: str
    score: int | None
    rationale: str
    quotes: tuple[Quote, ...] = ()
    confidence: float | None = None
    red_flags: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    reason: str = ""
    checklist: dict[str, str] = field(default_factory=dict[str, str])
    samples: tuple[int | None, ...] = ()
    twin: int | None = None
    contradictions: tuple[str, ...] = ()
    for_person: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent already.

    Attributes
    ----------
    tokens : int
        In and out.
    cost : float
        In the currency of the prices; what no price is known of counts 0.
    """

    tokens: int = 0
    cost: float = 0.0


_SINCE_PASSES = frozenset({"checklist", "samples", "twin", "contradictions", "for_person"})


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One scoring of one submission by a rubric, with all that is needed to check it again.

    Attributes
    ----------
    status : str
        ``scored``, ``partial`` or ``unscored``.
    reason : str
        Why it is not ``scored``; empty otherwise.
    rubric_score : float or None
        0..100 over the dimensions that feed the rubric share.
    communication_score : float or None
        0..100 over the dimensions that feed the communication share.
    record : dict
        The stored calls: prompt, raw response, model asked and answered, fingerprint, request id,
        parameters, tokens, cost, latency, hashes. Empty where no model was asked.
    schema : str
        The form that it is stored in; an older one stays as it is.
    suspicion : str
        Why its words may have moved a model, one line; empty where nothing speaks for it.
    """

    rubric: str
    rubric_sha256: str
    status: str
    dimensions: tuple[DimensionScore, ...]
    rubric_score: float | None
    communication_score: float | None
    reason: str = ""
    record: dict[str, Json] = field(default_factory=dict[str, Json])
    schema: str = EVALUATION_SCHEMA
    suspicion: str = ""

    @property
    def withheld(self) -> str:
        """Why no share is made of it yet; empty where there may be one.

        Leaving out what a suspicion handed to a person raises the mean of the rest wherever it was
        the weaker part, so a planted order would pay. Once a person decided all of it, it counts.
        """
        waiting = any(each.for_person and each.score is None for each in self.dimensions)
        return self.suspicion if waiting else ""

    @property
    def spent(self) -> dict[str, Json]:
        """Tokens and cost of its calls, as far as endpoints and settings named them."""
        return self.record.get("spent") or {"tokens": 0, "cost": None}

    def document(self) -> dict[str, Json]:
        """Give the evaluation as JSON; :func:`evaluation_from` reads it back."""
        document = plain(asdict(self))
        if not self.suspicion:  # what was stored before there were any keeps its bytes
            del document["suspicion"]
        if self.schema == FIRST_EVALUATION_SCHEMA:
            for each in document["dimensions"]:
                for name in _SINCE_PASSES:
                    del each[name]
        return document


def evaluation_from(document: dict[str, Json]) -> Evaluation:
    """Read what :meth:`Evaluation.document` wrote.

    Raises
    ------
    ValueError
        For a document of another schema.
    """
    if document.get("schema") not in {EVALUATION_SCHEMA, FIRST_EVALUATION_SCHEMA}:
        raise ValueError(f"not a {EVALUATION_SCHEMA} document: {document.get('schema')!r}")
    fields = dict(document)
    fields["dimensions"] = tuple(_dimension_score(each) for each in document["dimensions"])
    return Evaluation(**fields)


def _dimension_score(document: dict[str, Json]) -> DimensionScore:
    quotes = tuple(
        Quote(
            citation=Citation(**each["citation"]) if each["citation"] else None,
            quote=each["quote"],
            fact=each["fact"],
        )
        for each in document["quotes"]
    )
    fields: dict[str, Json] = {**document, "quotes": quotes}
    for name in ("red_flags", "follow_ups", "samples", "contradictions"):
        fields[name] = tuple(document.get(name, ()))
    return DimensionScore(**fields)
