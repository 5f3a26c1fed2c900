"""Decides what a question is: its parts, its limits and the rules by which a part is judged."""

from dataclasses import dataclass, field
from enum import StrEnum

from viva_grader.domain.judging import Judging

DEFAULT_RUBRIC = "senior_ds/3"
"""For a question that names none, such as a bare nbgrader notebook."""


class PartKind(StrEnum):
    """How a part is judged."""

    TESTS = "tests"
    """By an nbgrader test cell, run in the trusted process."""
    CASES = "cases"
    """By calls that ``question.toml`` lists, with what each must give."""
    QUERY = "query"
    """By result sets, on every hidden variant of the question's fixture."""
    WRITTEN = "written"
    """By a rubric or a person: nbgrader's manually graded cell."""


@dataclass(frozen=True, slots=True)
class QueryRule:
    """When two result sets are the same answer.

    Attributes
    ----------
    solution : str
        The grade_id of the solution cell that holds the query.
    order_by : tuple of str
        Columns whose order the task demands, most significant first; rows equal in all of them may
        stand in any order. Empty: order is not part of the answer (bag semantics).
    column_order : bool
        Whether columns stand for themselves by position, whatever their names; otherwise names
        decide (without regard to case) and their order is free.
    tolerance : dict of str to float
        Greatest absolute difference per numeric column, ≥ 0; a column not named must be equal
        (floating point: to one part in 10⁹).
    credit : str
        ``all``: the points for the right answer on every variant, else none. ``by_variant``: each
        hidden variant carries an equal share of them.
    changes : bool
        Whether the answer changes data or tables: it then runs in a throw-away database that it
        owns, and ``look`` is compared.
    statements : str
        ``one`` or ``several``: how many statements an answer that changes data may hold.
    look : tuple of str
        The author's queries after the change, each compared by this rule; only with ``changes``.
    """

    solution: str
    order_by: tuple[str, ...] = ()
    column_order: bool = False
    tolerance: dict[str, float] = field(default_factory=dict[str, float])
    credit: str = "all"
    changes: bool = False
    statements: str = "one"
    look: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One call with what it must give.

    Attributes
    ----------
    call : str
        A Python call of a submitted name with literal arguments: ``f([1, 2], k=3)``.
    expected : str or None
        A Python literal; None: whatever the author's own solution gives.
    tolerance : float
        Greatest absolute difference of numbers, ≥ 0.
    weight : float
        The case's share of the part's points is its weight by the sum of all weights; > 0.
    call_s, memory_mib : optional
        Limits of this case alone; None: the question's.
    """

    name: str
    call: str
    expected: str | None = None
    tolerance: float = 0.0
    weight: float = 1.0
    call_s: float | None = None
    memory_mib: int | None = None


@dataclass(frozen=True, slots=True)
class EffortRule:
    """On which inputs a part's work is counted, beside the author's own solution.

    Attributes
    ----------
    call : str
        A Python call of a submitted name in which ``n`` stands for the size: ``f(numbers(n))``.
    setup : str
        Python that defines what ``call`` needs; runs in the trusted process alone.
    sizes : tuple of int
        At least three, growing.
    """

    call: str
    setup: str
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What a question does not allow in answers, and what it costs.

    Attributes
    ----------
    imports, calls : tuple of str
        Dotted names: ``numpy.linalg``, ``eval``, ``str.replace``.
    points : float
        Taken once from the deterministic score, 0..100.
    why : str
        One line, shown with the finding.
    """

    imports: tuple[str, ...]
    calls: tuple[str, ...]
    points: float
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """A graded item of a question.

    Attributes
    ----------
    name : str
        nbgrader's grade_id of the cell that carries the points.
    max_points : float
        ≥ 0.
    solutions : tuple of str
        The grade_ids of the solution cells that this part judges: what its verdict cites.
    query : QueryRule or None
        For parts of kind QUERY.
    cases : tuple of Case
        For parts of kind CASES.
    signature : str
        What the submitted function must take, as a ``def`` line without ``def`` and colon:
        ``f(x, /, y, *, z=1)``; empty: anything.
    effort : EffortRule or None
        None where the part's work is not counted.
    """

    name: str
    kind: PartKind
    max_points: float
    title: str
    solutions: tuple[str, ...] = ()
    query: QueryRule | None = None
    cases: tuple[Case, ...] = ()
    signature: str = ""
    effort: EffortRule | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use while it is graded."""

    call_s: float = 10.0
    part_s: float = 30.0
    total_s: float = 120.0
    memory_mib: int = 1024
    pids: int = 64
    disk_mib: int = 64
    message_mib: int = 32


@dataclass(frozen=True, slots=True)
class Question:
    """One question, loaded and validated.

    Attributes
    ----------
    slug : str
        Lower-case letters, digits and underscores; the folder's name.
    kind : str
        ``python`` or ``sql``.
    level : str
        Such as ``senior``.
    brief : str
        Markdown for the candidate's panel: what to do, in under a screen.
    fixture : str or None
        The slug of its SQL fixture.
    rubric : str or None
        ``<slug>/<version>`` of the rubric that scores what tests cannot.
    source : bytes
        The author's nbgrader source notebook, as stored: solutions and hidden tests included.
    files : dict of str to bytes
        What lies beside the notebook and is the candidate's to see, by relative path.
    sha256 : str
        Hex digest over all that decides a grade: notebook, parts, limits, fixture and files.
    judging : Judging
        What its judges are told beyond the rubric; it decides no grade and is no part of the hash.
    """

    slug: str
    title: str
    kind: str
    level: str
    skills: tuple[str, ...]
    minutes: int
    brief: str
    parts: tuple[Part, ...]
    source: bytes
    sha256: str
    fixture: str | None = None
    rubric: str | None = None
    limits: Limits = field(default_factory=Limits)
    hints: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    forbidden: tuple[Forbidden, ...] = ()
    judging: Judging = field(default_factory=Judging)

    @property
    def scored_by(self) -> str:
        """The rubric that it names, or the default one."""
        return self.rubric or DEFAULT_RUBRIC

    @property
    def max_score(self) -> float:
        """Points that the automatic parts can give together."""
        return sum(part.max_points for part in self.parts if part.kind is not PartKind.WRITTEN)
