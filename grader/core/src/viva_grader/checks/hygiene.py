"""Decides what a tidy notebook is without: prints left over, installs, long and tangled cells.

Complexity is McCabe's number of independent paths (T. J. McCabe, "A Complexity Measure", IEEE TSE
2(4), 1976, which names 10 as the limit), by radon, whose ranks D and worse begin above 20. The
maintainability index is radon's (Oman and Hagemeister 1992, rescaled to 0..100; its rank C is below
10); it speaks of long cells only, because it makes little sense of short ones.
"""

import ast
import re
from collections.abc import Iterator
from typing import Any, cast

import radon.complexity  # pyright: ignore[reportMissingTypeStubs] - it has none
import radon.metrics  # pyright: ignore[reportMissingTypeStubs] - as above

from viva_grader.checks.findings import Finding, finding

_RADON_COMPLEXITY, _RADON_METRICS = cast("Any", radon.complexity), cast("Any", radon.metrics)

COMPLEX, VERY_COMPLEX = 10, 20
LONG_CELL_LINES = 100
HARD_TO_MAINTAIN = 10.0
_MAINTAINED_LINES, _MOST_MAINTAINED_LINES = 30, 1000
_PRINTS = frozenset({"print", "pprint", "display"})
_INSTALLS = re.compile(r"^\s*[!%]\s*(pip|conda|mamba|apt|apt-get|uv)\b")


def check_tree(cell: str, source: str, tree: ast.Module) -> list[Finding]:
    """Look at one cell of Python."""
    found = [*_prints(cell, tree), *_complexity(cell, tree)]
    lines = sum(1 for line in source.split("\n") if line.strip() and line.strip()[0] != "#")
    if lines > LONG_CELL_LINES:
        found.append(finding(cell, 1, "long_cell", f"the cell has {lines} lines of code"))
    if _MAINTAINED_LINES < lines <= _MOST_MAINTAINED_LINES:
        index = float(_RADON_METRICS.mi_visit(source, multi=True))
        if index < HARD_TO_MAINTAIN:
            text = f"its maintainability index is {index:.0f} of 100"
            found.append(finding(cell, 1, "hard_to_maintain", text))
    return found


def check_installs(cell: str, source: str) -> list[Finding]:
    """Look for packages that a notebook installs; ``source`` as it was submitted."""
    return [
        finding(cell, number, "installs")
        for number, line in enumerate(source.split("\n"), start=1)
        if _INSTALLS.match(line)
    ]


def _prints(cell: str, tree: ast.Module) -> Iterator[Finding]:
    """At a cell's own level printing shows a result; in a function it is left over."""
    places: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            places |= {
                call.lineno
                for call in ast.walk(node)
                if isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in _PRINTS
            }
    for line in sorted(places):
        yield finding(cell, line, "debug_print")


def _complexity(cell: str, tree: ast.Module) -> Iterator[Finding]:
    found: list[Any] = _RADON_COMPLEXITY.cc_visit_ast(tree)
    blocks = [
        (int(each.lineno), str(each.name), int(each.complexity))
        for block in found
        for each in getattr(block, "methods", [block])
    ]
    for line, name, paths in sorted(blocks):
        if paths > COMPLEX:
            rule = "very_complex" if paths > VERY_COMPLEX else "complex"
            yield finding(cell, line, rule, f"{name} has {paths} independent paths")
