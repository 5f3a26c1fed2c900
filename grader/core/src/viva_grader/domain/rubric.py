"""Decides what a rubric is and what a model's scoring by it leaves behind."""

from dataclasses import dataclass, field
from enum import StrEnum

from viva_grader.domain.grade import Citation, Json


class Share(StrEnum):
    """The three shares of the overall score."""

    DETERMINISTIC = "deterministic"
    RUBRIC = "rubric"
    COMMUNICATION = "communication"


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
        What a 1, 2, 3, 4 and 5 look like.
    """

    name: str
    title: str
    description: str
    feeds: Share
    weight: float
    anchors: dict[int, str]


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
        A recommendation and the least overall score for it, best first.
    """

    slug: str
    version: str
    title: str
    dimensions: tuple[Dimension, ...]
    weights: dict[Share, float]
    deterministic: dict[str, float]
    verdicts: tuple[tuple[str, float], ...]
    sha256: str

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


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One dimension's score; ``score`` is None where nothing can be defended, and ``reason`` says why."""

    dimension: str
    score: int | None
    rationale: str
    quotes: tuple[Quote, ...] = ()
    confidence: float | None = None
    red_flags: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    reason: str = ""


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
        The stored call: prompt, raw response, model asked and answered, fingerprint, request id,
        parameters, tokens, latency, hashes. Empty where no model was asked.
    """

    rubric: str
    rubric_sha256: str
    status: str
    dimensions: tuple[DimensionScore, ...]
    rubric_score: float | None
    communication_score: float | None
    reason: str = ""
    record: dict[str, Json] = field(default_factory=dict[str, Json])


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
    """

    deterministic: float | None
    rubric: float | None
    communication: float | None
    overall: float | None
    confidence: float | None
    verdict: str | None
    rule: str
    weights: dict[str, float]
