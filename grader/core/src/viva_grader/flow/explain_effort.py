"""Decides how the performance share of a stored grade is computed again from what was counted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from viva_grader.checks.growth import compare
from viva_grader.checks.plan import PAGES_FLOOR, ROWS_FLOOR, Effort, ratio, value_of
from viva_grader.domain.grade import Evidence, Grade, Item, Json
from viva_grader.domain.outcome import Measure
from viva_grader.score.deterministic import PartEffort, performance
from viva_grader.score.explain import figure

_SAME = "same"


@dataclass(frozen=True, slots=True)
class Counted:
    """One part whose work was counted, and what it is worth beside the author's.

    Attributes
    ----------
    value : float or None
        0..1; None where it was not counted by no fault of the answer's.
    how : str
        From which counts.
    """

    item: Item
    value: float | None
    how: str


@dataclass(frozen=True, slots=True)
class Performance:
    """The share again.

    Attributes
    ----------
    measured, value : float or None
        0..1: before it was limited to the points of each part, and what counts.
    """

    parts: tuple[Counted, ...]
    measured: float | None
    value: float | None

    def measured_how(self) -> str:
        """Write how the parts were put together."""
        return self._mean("{0} × {1}")

    def value_how(self) -> str:
        """Write the same with each part limited to the share of its points."""
        return self._mean("{0} × {1} × {2}")

    def _mean(self, form: str) -> str:
        counting = [each for each in self.parts if each.value is not None and _counts(each.item)]
        terms = " + ".join(
            form.format(
                figure(each.item.max_points),
                figure(each.value),
                f"{figure(each.item.points)}/{figure(each.item.max_points)}",
            )
            for each in counting
        )
        return f"({terms}) / {figure(sum(each.item.max_points for each in counting))}"


def performance_again(grade: Grade, share: Mapping[str, Json]) -> Performance | None:
    """Compute the share from counts; None where nothing was measured, or no part is named."""
    evidence = {each.id: each for each in grade.evidence}
    effort = {
        str(evidence[name].data["part"]): evidence[name].data
        for name in share.get("evidence", ())
        if name in evidence and evidence[name].kind == "effort"
    }
    named = _named(grade.items, str(share.get("said", "")))
    parts = tuple(_of(item, effort, evidence) for item in named)
    if share.get("measured") is None or not parts:
        return None
    again = performance(
        PartEffort(each.item.part, each.item.points, each.item.max_points, Measure(each.value, ""))
        for each in parts
    )
    return Performance(parts, again.measured.value, again.value)


def _named(items: Sequence[Item], said: str) -> Iterator[Item]:
    """Give the parts that the share speaks of: a grade does not say of which work is counted."""
    for item in items:
        if re.search(rf"(?:^|; ){re.escape(item.part)}: ", said):
            yield item


def _of(
    item: Item, effort: Mapping[str, Mapping[str, Json]], evidence: Mapping[str, Evidence]
) -> Counted:
    if not item.points:
        return Counted(item, 0.0, "no points, so its work counts 0")
    if item.part in effort:
        return _of_calls(item, effort[item.part])
    facts = [evidence[name] for name in item.evidence if name in evidence]
    if item.kind == "query":
        return _of_query(item, facts)
    return Counted(item, None, "its work was not counted")


def _of_calls(item: Item, counted: Mapping[str, Json]) -> Counted:
    if "counts" not in counted:
        said = str(counted.get("said", ""))
        return Counted(item, 0.0 if said else None, said or "the author's work was not counted")
    own, theirs = counted["counts"], counted["reference"]
    growth = compare(counted["sizes"], own, theirs)
    how = (
        f"{own[-1]} instructions beside the author's {theirs[-1]}: {growth.ratio:g} times;"
        f" growth n^{growth.own:.2f} beside n^{growth.reference:.2f}"
    )
    return Counted(item, growth.value, how)


def _of_query(item: Item, facts: Sequence[Evidence]) -> Counted:
    """Value a query's work on the last data set, the largest; a limit that it met there gives 0."""
    if item.points != item.max_points:
        return Counted(item, None, "not right on all data, so its work was not counted")
    if any(each.kind == "query_diff" and each.data["outcome"] != _SAME for each in facts):
        return Counted(item, 0.0, "it met a limit on a large data set")
    plans = [each.data for each in facts if each.kind == "query_plan"]
    if not plans:
        return Counted(item, None, "its work was not counted")
    last = plans[-1]
    mine = Effort(last["pages"], last["rows"])
    theirs = Effort(last["reference_pages"], last["reference_rows"])
    times = ratio(mine, theirs)
    how = (
        f"{mine.pages} pages beside the author's {theirs.pages}, {mine.rows} rows beside"
        f" {theirs.rows}, at least {PAGES_FLOOR} and {ROWS_FLOOR} each:"
        f" {times:.4g} times on {last['variant']}"
    )
    return Counted(item, value_of(times), how)


def _counts(item: Item) -> bool:
    return item.points is not None and item.max_points > 0
