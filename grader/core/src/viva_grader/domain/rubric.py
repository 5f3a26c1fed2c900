"""Decides what a rubric is and what a model's scoring by it leaves behind."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import cast

from viva_grader.domain.grade import Citation, Json

EVALUATION_SCHEMA = "viva.evaluation/2"
FIRST_EVALUATION_SCHEMA = "viva.evaluation/1"
"""One call, one number: what was stored before there were passes, and is still read."""
FINAL_SCORE_SCHEMA = "viva.final-score/1"


class Share(StrEnum):
    """The three shares of the overall score."""

    DETERMINISTIC = "deterministic"
    RUBRIC = "rubric"
    COMMUNICATION = "communication"


class Twin(StrEnum):
    """Which twin of a submission a dimension is scored on a second time.

    A twin has neutral comments and canonical names. What scores differently there was not scored by
    its logic.
    """

    NONE = "none"
    """Words are what it scores: nothing may be taken away, and nothing can be compared."""
    STRINGS = "strings"
    """Strings are part of its logic, such as a status that a filter names."""
    NEUTRAL = "neutral"
    """Neither words nor strings decide it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a scorer decides by itself: met, partly, not met or not shown.

    Attributes
    ----------
    id : str
        Unique in its dimension.
    weight : int
        ≥ 1; how much it counts in the dimension's level.
    """

    id: str
    text: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing that is scored 1..5.

    Attributes
    ----------
    feeds : Share
        The share of the overall score that it is part of; correctness feeds DETERMINISTIC, by tests
        alone, and no model scores it.
    weight : float
        Its part of that share, > 0.
    anchors : dict of int to str
        What a 1, 3 and 5 look like; older rubrics say it of 2 and 4 too.
    checklist : tuple of Check
        What a scorer decides, and what the level is computed from.
    twin : Twin
        The twin that it is scored on a second time.
    """

    name: str
    title: str
    description: str
    feeds: Share
    weight: float
    anchors: dict[int, str]
    checklist: tuple[Check, ...] = ()
    twin: Twin = Twin.NONE

    def anchor(self, level: int) -> str:
        """Say what a level looks like; one without words of its own lies between its neighbours."""
        if level in self.anchors:
            return self.anchors[level]
        below = max(each for each in self.anchors if each < level)
        above = min(each for each in self.anchors if each > level)
        return f"Between {below} and {above}: {self.anchors[below]} … {self.anchors[above]}"

    @property
    def by_model(self) -> bool:
        """Whether a model may score it; what tests decide is never asked of a model."""
        return self.feeds is not Share.DETERMINISTIC


@dataclass(frozen=True, slots=True)
class QualityCosts:
    """What a finding costs of the quality share, each 0..1.

    Attributes
    ----------
    fault, trap, untidy : float
        Of one finding of that kind.
    rule_cap : float
        The most that one rule can take, however often it is broken.
    total_cap : float
        The most that all findings can take together.
    """

    fault: float = 0.15
    trap: float = 0.08
    untidy: float = 0.03
    rule_cap: float = 0.20
    total_cap: float = 0.80

    def of(self, kind: str) -> float:
        """Give the cost of one finding of a kind."""
        return {"fault": self.fault, "trap": self.trap, "untidy": self.untidy}[kind]


@dataclass(frozen=True, slots=True)
class PenaltyCosts:
    """What is taken from the deterministic score, in its points.

    Attributes
    ----------
    errors : float
        Where more than ``errors_above`` of the cases end in errors, 0..100.
    errors_above : float
        0..1.
    """

    errors: float = 5.0
    errors_above: float = 0.5


@dataclass(frozen=True, slots=True)
class Rubric:
    """A locked rubric: ``slug/version``, its dimensions and the arithmetic of the overall score.

    Attributes
    ----------
    weights : dict of Share to float
        Sum to 1; 0.45, 0.45, 0.10 by default.
    deterministic : dict of str to float
        Points of each share of the deterministic score: correctness 70, performance 15, quality 10,
        reproducibility 5.
    verdicts : tuple of (str, float)
        A recommendation and the least overall score for it, best first; the last one's is 0.
    least_confidence : float
        0..1: below it no verdict is recommended.
    quality, penalties : QualityCosts, PenaltyCosts
        The other coefficients of the deterministic score; a rubric that names none has the
        defaults, which never change.
    role, level : str
        Whom it is for, such as ``data_scientist`` and ``senior``; empty in older ones.
    expects : str
        What a 3 is at this level, in a few words; anchors are read by it.
    """

    slug: str
    version: str
    title: str
    dimensions: tuple[Dimension, ...]
    weights: dict[Share, float]
    deterministic: dict[str, float]
    verdicts: tuple[tuple[str, float], ...]
    sha256: str
    least_confidence: float = 0.5
    quality: QualityCosts = field(default_factory=QualityCosts)
    penalties: PenaltyCosts = field(default_factory=PenaltyCosts)
    role: str = ""
    level: str = ""
    expects: str = ""

    def scored(self) -> tuple[Dimension, ...]:
        """Give the dimensions that a model may score."""
        return tuple(each for each in self.dimensions if each.by_model)

    def with_checks(self, checks: Mapping[str, tuple[Check, ...]]) -> "Rubric":
        """Add a question's own checks, by dimension; the lock's hash stays that of the file."""
        return replace(
            self,
            dimensions=tuple(
                replace(each, checklist=each.checklist + checks.get(each.name, ()))
                for each in self.dimensions
            ),
        )

    @property
    def name(self) -> str:
        """``slug/version``."""
        return f"{self.slug}/{self.version}"


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

    @property
    def spent(self) -> dict[str, Json]:
        """Tokens and cost of its calls, as far as endpoints and settings named them."""
        return self.record.get("spent") or {"tokens": 0, "cost": None}

    def document(self) -> dict[str, Json]:
        """Give the evaluation as JSON; :func:`evaluation_from` reads it back."""
        document = _plain(asdict(self))
        if self.schema == FIRST_EVALUATION_SCHEMA:
            for each in document["dimensions"]:
                for name in _SINCE_PASSES:
                    del each[name]
        return document


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
        return {"schema": FINAL_SCORE_SCHEMA, **_plain(asdict(self))}


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


def final_score_from(document: dict[str, Json]) -> FinalScore:
    """Read what :meth:`FinalScore.document` wrote.

    Raises
    ------
    ValueError
        For a document of another schema.
    """
    return FinalScore(**_fields(document, FINAL_SCORE_SCHEMA))


def _fields(document: dict[str, Json], schema: str) -> dict[str, Json]:
    if document.get("schema") != schema:
        raise ValueError(f"not a {schema} document: {document.get('schema')!r}")
    return {name: value for name, value in document.items() if name != "schema"}


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


def _plain(value: Json) -> Json:
    """Tuples as lists, so that a document equals what JSON gives back."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in cast("dict[str, Json]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("list[Json]", value)]
    return value
