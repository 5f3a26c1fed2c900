"""Decides how a plan of PostgreSQL is asked for and read: a tree in words, dearest steps marked."""

import json
import re
from dataclasses import dataclass
from html import escape
from typing import Any

LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
EXPLAIN = re.compile(
    r"explain\b\s*(?:\((?P<options>[^)]*)\))?"
    r"(?P<words>(?:\s*\b(?:analy[sz]e|verbose)\b)*)\s*(?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)
DEAR = 0.3
"""From this share of the whole plan's cost on, a step is marked."""
WORDS = {
    "Seq Scan": "reads every row",
    "Index Scan": "finds rows by the index",
    "Index Only Scan": "reads the index alone",
    "Bitmap Heap Scan": "fetches the rows that the index named",
    "Bitmap Index Scan": "collects places from the index",
    "Nested Loop": "for each row of the first, looks into the second",
    "Hash Join": "matches rows through a hash table",
    "Merge Join": "matches two sorted inputs",
    "Hash": "builds a hash table",
    "Sort": "sorts",
    "Incremental Sort": "sorts what is partly sorted",
    "Aggregate": "groups or sums up",
    "WindowAgg": "computes window functions",
    "Limit": "stops after enough rows",
    "CTE Scan": "reads a WITH query's rows",
    "Subquery Scan": "reads a subquery's rows",
    "Append": "puts inputs one after the other",
    "Unique": "drops repeated rows",
    "Gather": "collects from parallel workers",
    "Materialize": "keeps rows to read them again",
    "Memoize": "keeps answers to use them again",
    "Function Scan": "reads what a function gives",
    "Result": "computes one row",
}
CONDITIONS = (
    "Index Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter", "Recheck Cond",
    "Sort Key", "Group Key",
)  # fmt: skip


def as_json(statement: str) -> str | None:
    """Return an EXPLAIN that answers in JSON; None for anything else, or a format of its own.

    Parameters
    ----------
    statement
        One SQL statement; comments may stand before it.
    """
    leading = LEADING.match(statement)
    found = EXPLAIN.match(statement, leading.end() if leading else 0)
    if found is None or "format" in (found["options"] or "").lower():
        return None
    options = [each.strip() for each in (found["options"] or "").split(",") if each.strip()]
    words = found["words"].lower().replace("analyse", "analyze").split()
    return f"EXPLAIN ({', '.join([*options, *words, 'FORMAT JSON'])}) {found['rest']}"


@dataclass(frozen=True)
class Step:
    """One node of a plan."""

    title: str
    words: str
    facts: tuple[str, ...]
    dear: bool
    inputs: tuple["Step", ...]


class Plan:
    """A query's plan: text where there is no page, HTML where there is.

    Parameters
    ----------
    answer
        What `EXPLAIN (FORMAT JSON)` gave: a list with one object, or its text.
    """

    def __init__(self, answer: Any) -> None:
        document = json.loads(answer) if isinstance(answer, str) else answer
        self._document: dict[str, Any] = document[0]
        top = self._document["Plan"]
        self._root = _step(top, float(top.get("Total Cost", 0)))

    def __repr__(self) -> str:
        return "\n".join([*self._summary(), *_lines(self._root, 0)])

    def _repr_html_(self) -> str:
        summary = "".join(f"<p>{escape(line)}</p>" for line in self._summary())
        return f'<div class="viva-Plan">{summary}<ul>{_html(self._root)}</ul></div>'

    def _summary(self) -> list[str]:
        names = {"Planning Time": "Planning", "Execution Time": "Execution"}
        times = [
            f"{word} {self._document[key]:.1f} ms"
            for key, word in names.items()
            if key in self._document
        ]
        what = "Run and measured" if "Execution Time" in self._document else "Estimated, not run"
        return [". ".join([what, *times]) + ". Read it from the innermost step outwards."]


def _step(node: dict[str, Any], total: float) -> Step:
    children: list[dict[str, Any]] = node.get("Plans", [])
    own = float(node.get("Total Cost", 0)) - sum(
        float(each.get("Total Cost", 0)) for each in children
    )
    share = max(0.0, own) / total if total > 0 else 0.0
    kind = str(node["Node Type"])
    place = node.get("Relation Name") or node.get("CTE Name") or node.get("Function Name")
    alias = node.get("Alias")
    where = f" on {place}" if place else ""
    if place and alias and alias != place:
        where += f" ({alias})"
    if "Index Name" in node:
        where += f" using {node['Index Name']}"
    join = str(node.get("Join Type", ""))
    title = f"{join} {kind}" if join and join != "Inner" else kind
    return Step(
        title=title + where,
        words=WORDS.get(kind, ""),
        facts=_facts(node, share),
        dear=share >= DEAR,
        inputs=tuple(_step(each, total) for each in children),
    )


def _facts(node: dict[str, Any], share: float) -> tuple[str, ...]:
    facts = [f"about {_rows(node.get('Plan Rows', 0))} expected"]
    if "Actual Rows" in node:
        loops = node.get("Actual Loops", 1)
        times = f", {loops:g} times" if loops != 1 else ""
        facts.append(f"{_rows(node['Actual Rows'])} found{times}")
        facts.append(f"{node.get('Actual Total Time', 0):.1f} ms")
    facts.append(f"{share:.0%} of the cost")
    if node.get("Rows Removed by Filter"):
        facts.append(f"{_rows(node['Rows Removed by Filter'])} filtered out")
    for name in CONDITIONS:
        if name in node:
            value: Any = node[name]
            shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType] -- keys are text
            facts.append(f"{name.lower()}: {shown}")
    return tuple(facts)


def _rows(count: float) -> str:
    return f"{count:,.0f} row{'' if count == 1 else 's'}"


def _lines(step: Step, depth: int) -> list[str]:
    mark = " (!)" if step.dear else ""
    words = f": {step.words}" if step.words else ""
    line = f"{'  ' * depth}- {step.title}{words}{mark} [{'; '.join(step.facts)}]"
    return [line, *(each for child in step.inputs for each in _lines(child, depth + 1))]


def _html(step: Step) -> str:
    mark = ' <strong class="viva-Plan-dear">dearest part</strong>' if step.dear else ""
    words = f' <span class="viva-Plan-words">{escape(step.words)}</span>' if step.words else ""
    facts = f'<span class="viva-Plan-facts">{escape(" · ".join(step.facts))}</span>'
    inputs = "".join(_html(child) for child in step.inputs)
    nested = f"<ul>{inputs}</ul>" if inputs else ""
    title = f'<span class="viva-Plan-title">{escape(step.title)}</span>'
    return f"<li>{title}{words}{mark}<br>{facts}{nested}</li>"
