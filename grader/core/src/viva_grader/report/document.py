"""Decides what a report says: a document of plain values, the same in JSON and in HTML."""

from dataclasses import asdict, dataclass

from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Json
from viva_grader.report.cited import CitedQuote, Excerpt, Fact, FindingLine, SqlDifference
from viva_grader.report.facts import InterviewFacts, QuestionFacts, Receipt, Remark
from viva_grader.score.explain import Step

REPORT_SCHEMA = "viva.report/2"


@dataclass(frozen=True, slots=True)
class PartReport:
    """The verdict on one part, and what it stands on."""

    part: str
    title: str
    kind: str
    status: str
    points: float | None
    max_points: float
    message: str
    excerpts: tuple[Excerpt, ...]
    differences: tuple[SqlDifference, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ShareReport:
    """One share of the tests' score.

    Attributes
    ----------
    value, measured : float or None
        0..1: what counts, and what was measured before it was limited to what the answer earned.
    """

    name: str
    title: str
    weight: float
    value: float | None
    measured: float | None
    said: str
    lines: tuple[FindingLine, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class PenaltyReport:
    """What was taken from the tests' score."""

    points: float
    why: str
    lines: tuple[FindingLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of a checklist, and what was decided of it: met, partly, not met, not shown."""

    id: str
    text: str
    weight: int
    decision: str


@dataclass(frozen=True, slots=True)
class DimensionReport:
    """One dimension of one question, as it was scored, with people's decisions beside it.

    Attributes
    ----------
    level : int or None
        1..5; None where unscored, and ``reason`` says why.
    anchor : str
        What the rubric says of that level.
    red_flags : tuple of str
        Each begins with its severity: ``high: …``.
    checks : tuple of CheckLine
        The decisions that the level was computed from.
    samples : tuple of (int or None)
        The levels of the independent readings.
    twin : int or None
        The level of the neutral twin, where one was scored.
    contradictions : tuple of str
        What does not fit the level: the model's own number, or what tests say.
    for_person : bool
        Whether it waits for a person.
    decisions : tuple of DimensionDecision
        Oldest first; the last one counts.
    """

    name: str
    title: str
    feeds: str
    weight: float
    level: int | None
    anchor: str
    confidence: float | None
    rationale: str
    reason: str
    quotes: tuple[CitedQuote, ...] = ()
    red_flags: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    checks: tuple[CheckLine, ...] = ()
    samples: tuple[int | None, ...] = ()
    twin: int | None = None
    contradictions: tuple[str, ...] = ()
    for_person: bool = False
    decisions: tuple[DimensionDecision, ...] = ()

    @property
    def decision(self) -> DimensionDecision | None:
        """The decision that counts."""
        return self.decisions[-1] if self.decisions else None

    @property
    def counting(self) -> int | None:
        """The level that counts once people have spoken."""
        return self.decision.level if self.decision is not None else self.level


@dataclass(frozen=True, slots=True)
class DimensionSummary:
    """One dimension over the whole interview.

    Attributes
    ----------
    by_tests : bool
        Whether tests alone decide it; ``percent`` is then the share of automatic points.
    level : float or None
        Mean of the questions' levels, 1..5.
    percent : float or None
        0..100.
    questions : tuple of (slug, level or None)
        What it is the mean of.
    decided, decided_percent : float or None
        The same with people's levels; None where nobody decided any.
    """

    name: str
    title: str
    description: str
    feeds: str
    by_tests: bool
    level: float | None
    percent: float | None
    confidence: float | None
    reason: str
    questions: tuple[tuple[str, int | None], ...]
    decided: float | None = None
    decided_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A strength, a risk or an open point, with where it comes from.

    Attributes
    ----------
    kind : str
        ``part``, ``dimension`` or ``flag``.
    question : str
        The slug of the question it was found in; empty where it is several.
    source : str
        The part or dimension.
    quote : CitedQuote or None
        What it cites; its place in the report is the first citation of its source.
    """

    kind: str
    question: str
    source: str
    title: str
    text: str
    quote: CitedQuote | None = None


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """One question: its verdicts, its scores and how they were computed.

    Attributes
    ----------
    status : str
        ``graded``, ``incomplete``, ``refused``, or ``not_graded``.
    judged_by : str
        Which model scored the rubric, or why none did.
    decided : FinalScore or None
        With people's levels in the place of the model's; None where nobody decided any.
    decided_steps : tuple of Step
        How it was computed.
    """

    question: QuestionFacts
    status: str
    auto_score: float | None
    max_score: float | None
    final: FinalScore | None
    judged_by: str
    parts: tuple[PartReport, ...]
    dimensions: tuple[DimensionReport, ...]
    steps: tuple[Step, ...]
    receipt: Receipt | None
    provenance: tuple[tuple[str, str], ...]
    shares: tuple[ShareReport, ...] = ()
    penalties: tuple[PenaltyReport, ...] = ()
    decided: FinalScore | None = None
    decided_steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One interview's report: every number in it carries its evidence.

    Attributes
    ----------
    made_at : str
        ISO 8601, as given.
    final : FinalScore or None
        Over all questions; None while one of them is not graded.
    within : tuple of str
        Recommendations that the interval of ``final`` reaches, best first.
    decided, decided_steps : FinalScore or None, tuple of Step
        ``final`` and ``steps`` with people's levels; None and empty where nobody decided any.
    steps : tuple of Step
        How ``final`` was computed from the questions; empty for a single question.
    provenance : tuple of (str, str)
        Versions and hashes that are the same for all questions.
    """

    interview: InterviewFacts
    made_at: str
    rubric: str
    final: FinalScore | None
    auto_score: float | None
    max_score: float
    dimensions: tuple[DimensionSummary, ...]
    strengths: tuple[Finding, ...]
    risks: tuple[Finding, ...]
    open_points: tuple[Finding, ...]
    questions: tuple[QuestionReport, ...]
    steps: tuple[Step, ...]
    remarks: tuple[Remark, ...]
    provenance: tuple[tuple[str, str], ...]
    within: tuple[str, ...] = ()
    decided: FinalScore | None = None
    decided_steps: tuple[Step, ...] = ()

    def document(self) -> dict[str, Json]:
        """Give the report as JSON values."""
        return {"schema": REPORT_SCHEMA, **asdict(self)}
