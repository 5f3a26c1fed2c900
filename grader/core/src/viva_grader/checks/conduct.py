"""Decides where an answer uses what its question forbids: by its syntax, through every alias.

A name is followed through imports, plain assignments, ``getattr`` with a literal, subscripts of
``__builtins__``, ``globals()`` and ``vars(…)`` with a literal, ``__import__`` and
``importlib.import_module`` with a literal. Order and branches are not followed: what a name may
mean anywhere, it means everywhere. Text that is made at run time is beyond what syntax shows.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_ROUNDS = 8
"""How long a chain of aliases is followed."""
_MEANINGS = 16
"""Of one name; more are not kept, so that no text makes this slow."""
_STEPS = 16
"""Attributes of one expression, for the same reason."""
_IMPORTERS = frozenset({"__import__", "importlib.import_module", "importlib.__import__"})
_TABLES = frozenset({"__builtins__", "builtins.__dict__", "globals", "locals", "vars"})
MAX_USES = 20


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
    names = _Names()
    for _ in range(_ROUNDS):
        before = sum(map(len, names.meanings.values()))
        for _, tree in trees:
            names.read(tree)
        if sum(map(len, names.meanings.values())) == before:
            break
    found: dict[tuple[str, int, str], Use] = {}
    for cell, tree in trees:
        for line, what in sorted(_uses(tree, names, imports, calls)):
            found.setdefault((cell, line, what), Use(what, cell, line))
    return list(found.values())[:MAX_USES]


@dataclass(slots=True)
class _Names:
    """What each name of the candidate's may stand for, as dotted names from the outside."""

    meanings: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    own: set[str] = field(default_factory=set[str])

    def read(self, tree: ast.Module) -> None:
        deleted = {
            n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del)
        }
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.own |= {node.name} - deleted
        for node in ast.walk(tree):
            for name, what in self._bound(node):
                meant = self.meanings.setdefault(name, set())
                if len(meant) < _MEANINGS:
                    meant.add(what)

    def _bound(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.split(".")[0]
                yield (each.asname, each.name) if each.asname else (top, top)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}"
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from self._assigned(target, node.value)
        elif isinstance(node, ast.arguments):
            places = [*node.posonlyargs, *node.args]
            for each, value in zip(
                places[len(places) - len(node.defaults) :], node.defaults, strict=True
            ):
                yield from ((each.arg, what) for what in self.of(value))

    def _assigned(self, target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
        if isinstance(target, ast.Name):
            yield from ((target.id, what) for what in self.of(value) if what != target.id)
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for one, two in zip(target.elts, value.elts, strict=False):
                yield from self._assigned(one, two)

    def of(self, node: ast.expr) -> set[str]:
        """Give the dotted names that an expression may be."""
        steps: list[str] = []
        while (inner := self._step(node)) is not None:
            node, step = inner
            steps.append(step)
            if len(steps) > _STEPS:
                return set()
        roots = self._roots(node)
        tail = ".".join(reversed(steps))
        return {_plain(f"{root}.{tail}" if tail else root) for root in roots}

    def _step(self, node: ast.expr) -> tuple[ast.expr, str] | None:
        """Take one attribute off an expression, however it is written."""
        if isinstance(node, ast.Attribute):
            return node.value, node.attr
        if isinstance(node, ast.Call) and self.of_name(node.func) & {"getattr"}:
            attribute = _literal(node.args, 1)
            return None if attribute is None else (node.args[0], attribute)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            return self._looked_up(node.value, node.slice.value)
        return None

    def _looked_up(self, table: ast.expr, key: object) -> tuple[ast.expr, str] | None:
        """Read ``vars(module)["name"]`` and ``globals()["name"]``."""
        name = table.func if isinstance(table, ast.Call) else table
        if not isinstance(key, str) or not self.of_name(name) & _TABLES:
            return None
        if isinstance(table, ast.Call) and table.args:
            return table.args[0], key
        return ast.Name("builtins"), key

    def of_name(self, node: ast.expr) -> set[str]:
        """As :meth:`of`, for names, their attributes, and a ``getattr`` of a name alone."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            attribute = _literal(node.args, 1)
            if attribute is None or node.func.id != "getattr":
                return set()
            node = ast.Attribute(node.args[0], attribute)
        if isinstance(node, ast.Name):
            return self.meanings.get(node.id, set()) | {node.id}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            meant = self.meanings.get(node.value.id, set()) | {node.value.id}
            return {_plain(f"{each}.{node.attr}") for each in meant}
        return set()

    def _roots(self, node: ast.expr) -> set[str]:
        if isinstance(node, ast.Name):
            meant = set(self.meanings.get(node.id, set()))
            return meant if node.id in self.own else meant | {node.id}
        if isinstance(node, ast.Constant):
            return {type(node.value).__name__}
        if isinstance(node, ast.Call):
            module = _literal(node.args, 0)
            if module is not None and self.of_name(node.func) & _IMPORTERS:
                return {module}
        return set()


def _uses(
    tree: ast.Module, names: _Names, imports: Sequence[str], calls: Sequence[str]
) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        meant = _meant(node, names)
        for each in calls:
            if each in meant:
                yield line, each
        for each in imports:
            if any(f"{one}.".startswith(f"{each}.") for one in meant if _whole(node, one, each)):
                yield line, f"import {each}"


def _meant(node: ast.AST, names: _Names) -> set[str]:
    """Give what a node imports or names, and ``.attribute`` beside the whole dotted name."""
    if isinstance(node, ast.Import):
        return {each.name for each in node.names}
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        return {module, *(f"{module}.{each.name}" for each in node.names)}
    if isinstance(node, ast.Attribute):
        return names.of(node) | {f".{node.attr}"}
    if isinstance(node, ast.Call) and names.of_name(node.func) & {"getattr"}:
        return names.of(node) | {f".{_literal(node.args, 1)}"}
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return set()
    return names.of(node) if isinstance(node, ast.Name | ast.Call | ast.Subscript) else set()


def _whole(node: ast.AST, meant: str, module: str) -> bool:
    """Whether it brings a module in: an import of any kind, or a part reached by its parent."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
        return True
    return "." in module and meant == module


def _literal(arguments: Sequence[ast.expr], index: int) -> str | None:
    if index >= len(arguments):
        return None
    found = arguments[index]
    value = found.value if isinstance(found, ast.Constant) else None
    return value if isinstance(value, str) else None


def _plain(name: str) -> str:
    """``builtins.eval`` and ``__builtins__.eval`` are ``eval``."""
    for prefix in ("builtins.__dict__.", "__builtins__.", "builtins."):
        name = name.removeprefix(prefix)
    return name
