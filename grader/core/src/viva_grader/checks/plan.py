"""Decides what a query's plan says of its work: pages and rows, beside the author's own query."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from viva_grader.databases.port import QueryPlan
from viva_grader.domain.grade import Json
from viva_grader.domain.outcome import Fact, Measure

SHOWN_NODES = 60

STEPS = ((2.0, 1.0), (4.0, 0.75), (8.0, 0.5), (16.0, 0.25))
"""Up to so many times the author's work, and what that is worth; beyond the last: nothing."""

# 8 KiB each; so few are the same, whatever their proportion.
PAGES_FLOOR = 64
ROWS_FLOOR = 2_000

_PAGES = ("Shared Hit Blocks", "Shared Read Blocks")
_TEMPORARY = ("Temp Read Blocks", "Temp Written Blocks")
_REMOVED = (
    "Rows Removed by Filter",
    "Rows Removed by Join Filter",
    "Rows Removed by Index Recheck",
)


@dataclass(frozen=True, slots=True)
class Effort:
    """What a query did.

    Attributes
    ----------
    pages : int
        Of 8 KiB: read from tables and indexes, wherever they were found, and spilled.
    rows : int
        That the steps of its plan gave on or threw away, each as often as it ran.
    """

    pages: int
    rows: int


@dataclass(frozen=True, slots=True)
class Planned:
    """The plans of one variant."""

    variant: str
    submitted: QueryPlan
    reference: QueryPlan


def effort_of(plan: QueryPlan) -> Effort:
    """Count a plan's work: exact for the same data, statistics and version of PostgreSQL."""
    pages = sum(_count(plan.top, name) for name in (*_PAGES, *_TEMPORARY))
    return Effort(pages, sum(_rows(node) for _, node in _nodes(plan.top)))


def shown(plan: QueryPlan) -> list[dict[str, Json]]:
    """Give the steps of a plan from the top: no time, no memory, no name of the query's own."""
    steps: list[dict[str, Json]] = []
    for depth, node in _nodes(plan.top):
        if len(steps) == SHOWN_NODES:
            break
        words = [node.get(name) for name in ("Node Type", "Join Type", "Relation Name")]
        relation = words[2] and f"on {words[2]}"
        joined = words[1] and words[1] != "Inner" and f"({words[1]})"
        index = node.get("Index Name") and f"by {node['Index Name']}"
        steps.append(
            {
                "depth": depth,
                "step": " ".join(str(word) for word in (words[0], joined, relation, index) if word),
                "rows": _given(node),
                "loops": _count(node, "Actual Loops"),
                "pages": sum(_count(node, name) for name in _PAGES),
            }
        )
    return steps


def facts_of(planned: Sequence[Planned]) -> tuple[Fact, ...]:
    """Keep plans as evidence, one fact for each variant."""
    facts: list[Fact] = []
    for each in planned:
        mine, theirs = effort_of(each.submitted), effort_of(each.reference)
        facts.append(
            Fact(
                "query_plan",
                {
                    "variant": each.variant,
                    "pages": mine.pages,
                    "rows": mine.rows,
                    "reference_pages": theirs.pages,
                    "reference_rows": theirs.rows,
                    "plan": shown(each.submitted),
                    "reference_plan": shown(each.reference),
                },
            )
        )
    return tuple(facts)


def measure(planned: Sequence[Planned], facts: tuple[Fact, ...]) -> Measure:
    """Say how much work a right answer took beside the author's own, on the last data set given.

    Parameters
    ----------
    planned : sequence of Planned
        Smaller data first; at least one.
    """
    ratios = [ratio(effort_of(each.submitted), effort_of(each.reference)) for each in planned]
    last = planned[-1]
    mine, theirs = effort_of(last.submitted), effort_of(last.reference)
    said = (
        f"reads {mine.pages} pages, the author's query {theirs.pages}; "
        f"handles {mine.rows} rows, the author's {theirs.rows}: {ratios[-1]:.1f}×"
    )
    if len(ratios) > 1:
        said += f" on {last.variant} ({ratios[0]:.1f}× on {planned[0].variant})"
    return Measure(value_of(ratios[-1]), said, facts)


def ratio(mine: Effort, theirs: Effort) -> float:
    """Compare work: the worse of pages and rows, ≥ 0; what lies below the floors counts as them."""
    return max(
        max(mine.pages, PAGES_FLOOR) / max(theirs.pages, PAGES_FLOOR),
        max(mine.rows, ROWS_FLOOR) / max(theirs.rows, ROWS_FLOOR),
    )


def value_of(times: float) -> float:
    """Turn a ratio into 0..1 by :data:`STEPS`."""
    return next((value for most, value in STEPS if times <= most), 0.0)


def _nodes(top: Mapping[str, Json]) -> Iterator[tuple[int, Mapping[str, Json]]]:
    waiting: list[tuple[int, Mapping[str, Json]]] = [(0, top)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        waiting += [(depth + 1, below) for below in reversed(node.get("Plans", []))]


def _rows(node: Mapping[str, Json]) -> int:
    removed = sum(float(node.get(name, 0)) for name in _REMOVED)
    return _given(node) + round(removed * _count(node, "Actual Loops"))


def _given(node: Mapping[str, Json]) -> int:
    return round(float(node.get("Actual Rows", 0)) * _count(node, "Actual Loops"))


def _count(node: Mapping[str, Json], name: str) -> int:
    return int(node.get(name, 0))
