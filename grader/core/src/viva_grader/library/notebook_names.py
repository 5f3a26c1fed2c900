"""Decides which names a cell of the author's binds, reads and imports, by its syntax alone."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from viva_grader.domain.surface import SWALLOWS
from viva_grader.library.notebook_changes import changed_names
from viva_grader.library.notebook_magics import UNREADABLE, is_sql, plain_python, query_targets
from viva_grader.library.parsing import parse_cell


@dataclass(frozen=True, slots=True)
class CellNames:
    """What a cell does with names of the module.

    Attributes
    ----------
    bound : frozenset of str
        Names that it defines or assigns, without its imports.
    imported : frozenset of str
        Names that its import statements bind.
    read : frozenset of str
        Names that it mentions anywhere.
    classes : dict of str to frozenset of str
        Each class that it defines, with the methods that its body (and its decorators) give it.
    imports : str
        Its import statements of the module's level alone, as source.
    changed : frozenset of str
        Names of the module whose value it changes in place: ``df["x"] = …``, ``found.append(…)``.
    """

    bound: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    classes: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    imports: str = ""
    changed: frozenset[str] = frozenset()


_NAMED = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs,
    ast.MatchStar,
)  # fmt: skip
COMPARISONS = frozenset({"__lt__", "__le__", "__gt__", "__ge__"})
_CELLS = 4096
"""An author's cells are the same for every submission to the question: each is read once."""


@lru_cache(maxsize=_CELLS)
def cell_names(source: str) -> CellNames:
    """Read an author's cell; of those that are no Python only ``%%sql x <<`` binds one."""
    if is_sql(source):
        return CellNames(bound=frozenset(query_targets(source)))
    try:
        return _names(parse_cell(plain_python(source)))
    except (SyntaxError, *UNREADABLE):
        return CellNames()


def imported_from(imports: str, packages: Collection[str]) -> frozenset[str]:
    """Give the names that import statements bind to what comes from some packages."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(imports)):
        if isinstance(node, ast.Import):
            modules = {each.asname or each.name.split(".")[0]: each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            top = node.module or ""
            modules = {each.asname or each.name: f"{top}.{each.name}" for each in node.names}
        else:
            continue
        for name, module in modules.items():
            if any(f"{module}.".startswith(f"{package}.") for package in packages):
                found.add(name)
    return frozenset(found)


def _names(tree: ast.Module) -> CellNames:
    bound: set[str] = set()
    imported: set[str] = set()
    imports: list[str] = []
    for node in _module_level(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported |= {a.asname or a.name.split(".")[0] for a in node.names}
            imports.append(ast.unparse(node))
        elif isinstance(node, _NAMED):
            bound |= {node.name} if node.name else set()
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
    declared = (n.names for n in ast.walk(tree) if isinstance(n, ast.Global))
    bound |= {name for names in declared for name in names}
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    classes = {n.name: _surface(n) for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}
    for name in _ordered(tree) & classes.keys():
        classes[name] |= COMPARISONS
    if any(_catches(n) for n in ast.walk(tree)):
        classes["_GeneratorContextManager"] = frozenset({SWALLOWS})
    changed = frozenset(changed_names(tree)) - bound - imported
    return CellNames(
        frozenset(bound), frozenset(imported), frozenset(read), classes, "\n".join(imports), changed
    )


def _module_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk without entering functions, classes, lambdas and comprehensions."""
    inner = (
        ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda,
        ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    )  # fmt: skip
    for child in ast.iter_child_nodes(tree):
        yield child
        if not isinstance(child, inner):
            yield from _module_level(child)


def _surface(node: ast.ClassDef) -> frozenset[str]:
    methods = {n.name for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            methods |= {t.id for t in statement.targets if isinstance(t, ast.Name)}
    decorators = " ".join(ast.unparse(d) for d in node.decorator_list)
    if "total_ordering" in decorators or ("dataclass" in decorators and "order" in decorators):
        methods |= COMPARISONS
    if "dataclass" in decorators:
        methods.add("__eq__")
    leave = next((n for n in node.body if getattr(n, "name", "") == "__exit__"), None)
    if leave is not None and any(_gives_truth(n) for n in ast.walk(leave)):
        methods.add(SWALLOWS)
    return frozenset(methods)


def _ordered(tree: ast.AST) -> set[str]:
    """Name what ``total_ordering`` is called with, instead of being a decorator."""
    calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and len(n.args) == 1)
    return {
        call.args[0].id for call in calls
        if isinstance(call.args[0], ast.Name) and ast.unparse(call.func).endswith("total_ordering")
    }  # fmt: skip


def _gives_truth(node: ast.AST) -> bool:
    if not isinstance(node, ast.Return) or node.value is None:
        return False
    return not (isinstance(node.value, ast.Constant) and not node.value.value)


def _catches(node: ast.AST) -> bool:
    """Whether a context manager that is written as a generator may end an exception."""
    if not isinstance(node, ast.FunctionDef):
        return False
    decorators = " ".join(ast.unparse(d) for d in node.decorator_list)
    if "contextmanager" not in decorators:
        return False
    inside = list(ast.walk(node))
    return any(isinstance(n, ast.ExceptHandler | ast.With) for n in inside)
