"""Decides what a report says: a document of plain values, the same in JSON and in HTML."""

from dataclasses import asdict, dataclass

from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Json
from viva_grader.report.facts import InterviewFacts, QuestionFacts, Receipt, Remark
from viva_grader.score.explain import Step

REPORT_SCHEMA = "viva.report/1"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell; ``cited`` tells it from the lines around it."""

    number: int
    text: str
    cited: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of the submission that something cites.

    Attributes
    ----------
    cell : str
        The cell's id.
    kind : str
        ``code`` or ``markdown``.
    start, end : int
        The cited lines, from 1, both inclusive.
    lines : tuple of Line
        Empty where the cell does not stand in the grade.
    left_out : int
        Cited lines that are not shown, because there are too many.
    """

    cell: str
    kind: str
    start: int
    end: int
    lines: tuple[Line, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of evidence that the tests left, as names and values."""

    id: str
    kind: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SqlDifference:
    """How a result differs from the expected one on one hidden variant.

    Attributes
    ----------
    outcome : str
        ``same``, ``different``, or what kept the query from answering.
    missing, unexpected : tuple of rows
        Rows of cells; a None is NULL. At most a handful of ``missing_count`` and
        ``unexpected_count``.
    """

    fact: str
    variant: str
    outcome: str
    reason: str
    columns: tuple[str, ...] = ()
    missing: tuple[tuple[str | None, ...], ...] = ()
    unexpected: tuple[tuple[str | None, ...], ...] = ()
    missing_count: int = 0
    unexpected_count: int = 0
    expected_rows: int | None = None
    rows: int | None = None


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
class FindingLine:
    """One line of the submission that something was found in."""

    cell: str
    line: int
    text: str
    rule: str
    kind: str


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
class CitedQuote:
    """A quote that stands in the submission, or a fact; ``text`` is empty for a fact."""

    text: str
    excerpt: Excerpt | None
    fact: str | None


@dataclass(frozen=True, slots=True)
class DimensionReport:
    """One dimension of one question.

    Attributes
    ----------
    level : int or None
        1..5; None where unscored, and ``reason`` says why.
    anchor : str
        What the rubric says of that level.
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


@dataclass(frozen=True, slots=True)
class Report:
    """One interview's report: every number in it carries its evidence.

    Attributes
    ----------
    made_at : str
        ISO 8601, as given.
    final : FinalScore or None
        Over all questions; None while one of them is not graded.
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

    def document(self) -> dict[str, Json]:
        """Give the report as JSON values."""
        return {"schema": REPORT_SCHEMA, **asdict(self)}
