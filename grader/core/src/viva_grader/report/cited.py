"""Decides how evidence stands in a report: cited lines, quotes, facts and differing rows."""

from dataclasses import dataclass


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
class FindingLine:
    """One line of the submission that something was found in."""

    cell: str
    line: int
    text: str
    rule: str
    kind: str


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """A quote that stands in the submission, or a fact; ``text`` is empty for a fact."""

    text: str
    excerpt: Excerpt | None
    fact: str | None
