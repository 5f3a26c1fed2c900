"""Decides where an answer uses what its question forbids: by its syntax, through every alias.

What a name may mean is :mod:`viva_grader.checks.meanings`' matter. Where syntax cannot follow a
module (it is passed on, put into a list, looped over), every attribute of that name counts from
there on. Where imports are forbidden, an import counts whose module cannot be read. Text that
``exec`` is given as a literal is read like the rest; text that is made at run time is beyond what
syntax shows.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from viva_grader.checks.handed_on import behind
from viva_grader.checks.meanings import (
    IMPORTERS,
    MODULES,
    NAMESPACES,
    RUNNERS,
    Meanings,
    Text,
    literal,
)

MAX_USES = 20
_NESTED = 3
"""Texts in texts that are run: so deep they are read."""
_UNREAD = "an import of what cannot be read"
_BRING = IMPORTERS | {MODULES}
_INNERMOST = frozenset({"getattr", "hasattr"}) | NAMESPACES
"""Functions that read of their first argument, and keep nothing of it."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place where something forbidden is used."""

    what: str
    cell: str
    line: int


def find_uses(
    trees: Sequence[tuple[str, ast.Module]], imports: Sequence[str], calls: Sequence[str]
) -> list[Use]:
    """Find the uses of forbidden modules and functions, in the order of the text.

    Parameters
    ----------
    trees : sequence of (cell, tree)
        The candidate's cells, in order.
    imports : sequence of str
        Modules, with all that is in them: ``numpy`` forbids ``numpy.linalg`` too.
    calls : sequence of str
        Dotted names (``eval``, ``numpy.sort``); with a dot before it, an attribute of anything:
        ``.iterrows``. Naming it is using it: ``map(eval, texts)`` calls it.
    """
    asked = [each for each in (*imports, *calls) if not each.startswith(".")]
    texts = [Text(cell, place, tree) for place, (cell, tree) in enumerate(trees)]
    for _ in range(_NESTED):
        names = Meanings(texts, asked)
        inner = [each for text in texts for each in _run_by(text, names)]
        if len(inner) + len(trees) == len(texts):
            break
        texts = [*texts[: len(trees)], *inner]
    return _found(texts, Meanings(texts, asked), imports, calls)


def _found(
    texts: Sequence[Text], names: Meanings, imports: Sequence[str], calls: Sequence[str]
) -> list[Use]:
    anything = {name for text in texts for name in _led_on(text, names)}
    led_on = {name for name in anything if name.split(".")[0] in names.modules}
    if anything & _BRING:  # whatever module that is
        led_on |= {each.rpartition(".")[0] for each in calls} - {""}
    found: dict[Use, int] = {}
    for text in texts:
        reader = _Reader(text, names, imports, calls, frozenset(led_on))
        for line, what in sorted(reader.uses()):
            found.setdefault(Use(what, text.cell, text.line or line), text.place)
    ordered = sorted(found, key=lambda use: found[use])
    return ordered[:MAX_USES]


def _run_by(text: Text, names: Meanings) -> Iterator[Text]:
    """Read what ``exec``, ``eval`` and ``compile`` are given as a literal."""
    for node in ast.walk(text.tree):
        if isinstance(node, ast.Call) and node.args and names.means(node.func, text.place, RUNNERS):
            source = literal(node.args[0])
            if source is None:
                continue
            try:
                tree = ast.parse(source)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue  # running it fails as well
            yield Text(text.cell, text.place, tree, text.line or node.lineno)


def _kept_inside(text: Text, names: Meanings) -> set[int]:
    """Give the expressions whose value is read and goes nowhere that is not followed."""
    nodes = ast.walk(text.tree)
    inside = (each for node in nodes for each in _kept_by(node, names, text.place))
    return {*names.followed, *map(id, inside)}


def _kept_by(node: ast.AST, names: Meanings, place: int) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr):
        yield node.value
    elif isinstance(node, ast.Attribute):
        if not names.means(node.value, place, frozenset({MODULES})):
            yield node.value
    elif isinstance(node, ast.Subscript):
        if names.module_of(node, place):
            yield node.value
    elif isinstance(node, ast.Call):
        if names.module_of(node, place):
            yield from (node.func, *ast.iter_child_nodes(node.func))
        getter = isinstance(node.func, ast.Call) and names.step(node, place)
        if node.args and (getter or names.means(node.func, place, _INNERMOST)):
            yield node.args[0]


def _led_on(text: Text, names: Meanings) -> Iterator[str]:
    """Give what expressions mean whose value goes where it is not followed."""
    kept = _kept_inside(text, names)
    for node in ast.walk(text.tree):
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            loads = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            if loads and id(node) not in kept:
                yield from names.of(node, text.place)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Looks at one text for what is forbidden."""

    text: Text
    names: Meanings
    imports: Sequence[str]
    calls: Sequence[str]
    led_on: frozenset[str]

    def uses(self) -> Iterator[tuple[int, str]]:
        """Give the line and the forbidden name of each use."""
        kept = _kept_inside(self.text, self.names) if self.imports else set[int]()
        for node in ast.walk(self.text.tree):
            line = getattr(node, "lineno", 0)
            meant = self._meant(node)
            yield from ((line, each) for each in self.calls if each in meant)
            brought = self._brought(node)
            for each in self.imports:
                if any(f"{one}.".startswith(f"{each}.") for one in brought) or (
                    "." in each and each in meant
                ):
                    yield line, f"import {each}"
            if self.imports and id(node) not in kept and meant & _BRING:
                yield line, _UNREAD

    def _brought(self, node: ast.AST) -> set[str]:
        """Give the modules that a node brings in, by an import of any kind."""
        if isinstance(node, ast.Import):
            return {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            named = {f"{module}.{each.name}" for each in node.names}
            return {module, *named, *_all_behind(named)}
        module = self.names.module_of(node, self.text.place)
        handed_on = self.names.through(node, self.text.place)
        return handed_on if module is None else {module, *handed_on}

    def _meant(self, node: ast.AST) -> set[str]:
        """Give what a node names, and ``.attribute`` beside the whole dotted name."""
        place = self.text.place
        if isinstance(node, ast.ImportFrom):
            named = {f"{node.module or ''}.{each.name}" for each in node.names}
            return {*named, *_all_behind(named)}
        if not isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            return set()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            return set()
        meant = self.names.of(node, place)
        taken = self.names.step(node, place)
        if taken is not None:
            meant |= {f".{taken[1]}"} | (set() if meant else self._unfollowed(node))
        if isinstance(node, ast.Call) and (name := self.names.getter_of(node, place)):
            meant.add(f".{name}")
        return meant

    def _unfollowed(self, node: ast.expr) -> set[str]:
        """Give what an attribute means if its object is a module that was led on."""
        steps: list[str] = []
        inner: ast.expr = node
        while (taken := self.names.step(inner, self.text.place)) is not None and len(steps) < 4:  # noqa: PLR2004 - more than any name that is asked for
            inner = taken[0]
            steps.insert(0, taken[1])
        if isinstance(inner, ast.Name) and inner.id in self.names.imported:
            return set()
        tails = {".".join(steps[place:]) for place in range(len(steps))}
        return _all_behind({f"{module}.{tail}" for module in self.led_on for tail in tails})


def _all_behind(names: set[str]) -> set[str]:
    return {each for name in names for each in behind(name)}
