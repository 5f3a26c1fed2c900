"""Decides what an expression of an answer may mean outside of it: by syntax, through its aliases.

A name is followed through imports, plain assignments, defaults, ``getattr`` and ``attrgetter`` with
a literal, namespaces that are asked for one (``vars(…)``, ``globals()``, ``__dict__``,
``sys.modules``) and imports by a literal. Order and branches are not followed: what a name may mean
anywhere, it means everywhere. Only what can lead to a name that is asked for is kept: so following
comes to an end, and no flood of other meanings hides one.
"""

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from viva_grader.checks.handed_on import behind, is_module

_STEPS = 16
"""Attributes of one expression; a name that is asked for has fewer."""
IMPORTERS = frozenset({
    "__import__", "importlib.import_module", "importlib.__import__", "importlib.util.find_spec",
    "importlib._bootstrap._gcd_import", "pkgutil.resolve_name", "runpy.run_module",
})  # fmt: skip
MODULES = "sys.modules"
NAMESPACES = frozenset({"globals", "locals", "vars"})
GETTERS = frozenset({"operator.attrgetter", "operator.methodcaller"})
RUNNERS = frozenset({"exec", "eval", "compile"})
_MAIN = "__main__"
_INNER = IMPORTERS | NAMESPACES | GETTERS | RUNNERS | {MODULES, "getattr", "builtins", _MAIN}
_METHODS = frozenset({"__getattribute__", "__getattr__"})
_LOOKS = frozenset({"get", "pop", "setdefault", "__getitem__"})


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of an answer: its cell, its place in their order, and its tree.

    Attributes
    ----------
    line : int
        That of everything in it; 0 where each node's own counts.
    """

    cell: str
    place: int
    tree: ast.Module
    line: int = 0


class Meanings:
    """What expressions of an answer may stand for, as dotted names from the outside.

    Parameters
    ----------
    asked : collection of str
        The dotted names that matter; of others nothing is known.

    Attributes
    ----------
    modules : set of str
        Top names of modules that are imported.
    imported : set of str
        Names that an import binds.
    followed : set of int
        Expressions whose value goes to a name alone, by ``id``.
    """

    def __init__(self, texts: Sequence[Text], asked: Collection[str]) -> None:
        self.modules: set[str] = set()
        self.imported: set[str] = set()
        self.followed: set[int] = set()
        whole = {*asked, *_INNER}
        self._wanted = {n.rsplit(".", cut)[0] for n in whole for cut in range(n.count(".") + 1)}
        self._meant: dict[str, set[str]] = {}
        self._own: dict[str, list[tuple[int, int]]] = {}
        self._stars: set[str] = set()
        bindings = [each for text in texts for each in self._read(text)]
        grows = True
        while grows:
            grows = False
            for name, value, place in bindings:
                found = self.of(value, place) - {name}
                meant = self._meant.setdefault(name, set())
                grows = grows or not found <= meant
                meant |= found
            bindings.reverse()  # a chain may run either way

    def of(self, node: ast.expr, place: int) -> set[str]:
        """Give the dotted names that an expression of a text may be.

        Parameters
        ----------
        place : int
            The text's: a function of the answer's own hides another of its name only from what
            stands below it.
        """
        return self._of(node, place, deep=True)

    def step(self, node: ast.AST, place: int) -> tuple[ast.expr, str] | None:
        """Take one attribute off an expression, however it is written; None if there is none."""
        if isinstance(node, ast.Attribute):
            return node.value, node.attr
        if isinstance(node, ast.Subscript):
            key = literal(node.slice)
            return None if key is None else self._looked_up(node.value, key, place)
        return self._called(node, place) if isinstance(node, ast.Call) else None

    def module_of(self, node: ast.AST, place: int) -> str | None:
        """Give the module that a call imports, or looks up in ``sys.modules``, by a literal."""
        if isinstance(node, ast.Subscript):
            return self._loaded(node.value, node.slice, place)
        if not isinstance(node, ast.Call):
            return None
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in _LOOKS and node.args:
            return self._loaded(function.value, node.args[0], place)
        return self._imported(node) if self.means(function, place, IMPORTERS) else None

    def _loaded(self, table: ast.expr, key: ast.expr, place: int) -> str | None:
        return literal(key) if self.means(table, place, frozenset({MODULES})) else None

    def _imported(self, node: ast.Call) -> str | None:
        named = {each.arg: each.value for each in node.keywords}
        first = node.args[0] if node.args else named.get("name") or named.get("mod_name")
        found = None if first is None else literal(first)
        if found is None or not found.startswith("."):
            return found and found.replace(":", ".")
        second = node.args[1] if len(node.args) > 1 else named.get("package")
        package = None if second is None else literal(second)
        return f"{package}{found}" if package else None

    def means(self, node: ast.expr, place: int, names: frozenset[str]) -> bool:
        """Whether an expression without calls in it may be one of some names."""
        return bool(self._name(node, place) & names)

    def _name(self, node: ast.expr, place: int) -> set[str]:
        return self._of(node, place, deep=False)

    def _of(self, node: ast.expr, place: int, *, deep: bool) -> set[str]:
        steps: list[str] = []
        while len(steps) <= _STEPS:
            node = node.value if isinstance(node, ast.NamedExpr) else node
            inner = self.step(node, place) if deep or _is_shallow(node) else None
            if inner is None:
                break
            node = inner[0]
            steps += reversed(inner[1].split("."))
        tail = "".join(f".{step}" for step in reversed(steps))
        found = {_plain(root + tail) for root in self._roots(node, place)}
        for name in [each for each in found if each.startswith(f"{_MAIN}.")]:
            first, dot, rest = name.removeprefix(f"{_MAIN}.").partition(".")
            meant = (first, *self._meant.get(first, ()))
            found |= {_plain(f"{each}{dot}{rest}") for each in meant}
        return self._kept(found)

    def _kept(self, found: set[str]) -> set[str]:
        """Keep what can lead to a name that is asked for, through libraries that hand it on too."""
        known = {name for name in found if name.split(".")[0] in self.modules}
        further = {_plain(each) for name in known for each in behind(name)}
        return (found | further) & self._wanted | {name for name in known if is_module(name)}

    def through(self, node: ast.AST, place: int) -> set[str]:
        """Give the modules that a step from a library's module leads to, if it hands them on."""
        taken = self.step(node, place)
        within = set[str]() if taken is None else self.of(taken[0], place)
        ways = [(name, each) for name in within for each in behind(f"{name}.{taken and taken[1]}")]
        return {each for name, each in ways if each.split(".")[0] != name.split(".")[0]}

    def _roots(self, node: ast.expr, place: int) -> set[str]:
        if isinstance(node, ast.Name):
            hidden = (place, getattr(node, "lineno", 0))
            own = any(there < hidden for there in self._own.get(node.id, ()))
            stars = {f"{module}.{node.id}" for module in self._stars}
            return self._meant.get(node.id, set()) | stars | (set() if own else {node.id})
        if isinstance(node, ast.Constant):
            return {type(node.value).__name__}
        module = self.module_of(node, place)
        return set() if module is None else {module}

    def _called(self, node: ast.Call, place: int) -> tuple[ast.expr, str] | None:
        function, args = node.func, node.args
        if isinstance(function, ast.Call):  # attrgetter("sort")(numpy)
            name = self.getter_of(function, place)
            return (args[0], name) if name and args else None
        if isinstance(function, ast.Attribute) and args:
            if function.attr in _METHODS:
                name = literal(args[-1])
                return (args[0] if len(args) > 1 else function.value, name) if name else None
            key = literal(args[0]) if function.attr in _LOOKS else None
            if key is not None:
                return self._looked_up(function.value, key, place)
        name = literal(args[1]) if len(args) > 1 else None
        is_getattr = name is not None and "getattr" in self._name(function, place)
        return (args[0], name) if name and is_getattr else None

    def getter_of(self, node: ast.Call, place: int) -> str | None:
        """Give the attribute that a call's answer would read: ``attrgetter("sort")``."""
        name = literal(node.args[0]) if node.args else None
        return name if name and self.means(node.func, place, GETTERS) else None

    def _looked_up(self, table: ast.expr, key: str, place: int) -> tuple[ast.expr, str] | None:
        """Read ``vars(module)["name"]``, ``globals()["name"]`` and ``module.__dict__["name"]``."""
        if isinstance(table, ast.Attribute) and table.attr == "__dict__":
            return table.value, key
        if isinstance(table, ast.Call) and self.means(table.func, place, NAMESPACES):
            return (table.args[0] if table.args else ast.Name(_MAIN)), key
        if isinstance(table, ast.Name) and "builtins" in self._name(table, place):
            return table, key
        return None

    def _read(self, text: Text) -> list[tuple[str, ast.expr, int]]:
        """Note what a text binds, and list the names that an expression decides."""
        nodes = list(ast.walk(text.tree))
        gone = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del)}
        for node in text.tree.body:
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if named and node.name not in gone:
                self._own.setdefault(node.name, []).append((text.place, node.lineno))
        for node in nodes:
            if isinstance(node, ast.Import):
                for each in node.names:
                    top = each.name.split(".")[0]
                    self._bind(each.asname or top, each.name if each.asname else top)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                self._stars |= {node.module for each in node.names if each.name == "*"}
                for each in node.names:
                    self._bind(each.asname or each.name, f"{node.module}.{each.name}")
        bound = [(name, value, text.place) for n in nodes for name, value in self._bound(n)]
        bodies = [each for node in nodes if isinstance(node, ast.ClassDef) for each in node.body]
        values = [each.value for each in bodies if isinstance(each, ast.Assign | ast.AnnAssign)]
        self.followed -= {id(each) for each in values}  # an attribute, and no name
        return bound

    def _bind(self, name: str, what: str) -> None:
        self.modules.add(what.split(".")[0])
        self.imported.add(name)
        self._meant.setdefault(name, set()).update(self._kept({_plain(what)}))

    def _bound(self, node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from self._assigned(target, node.value)
        elif isinstance(node, ast.arguments):
            places = [*node.posonlyargs, *node.args]
            late = places[len(places) - len(node.defaults) :]
            pairs = [*zip(late, node.defaults, strict=True)]
            pairs += [(n, v) for n, v in zip(node.kwonlyargs, node.kw_defaults, strict=True) if v]
            for each, value in pairs:
                self.followed.add(id(value))
                yield each.arg, value

    def _assigned(self, target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
        if isinstance(target, ast.Name):
            self.followed.add(id(value))
            yield target.id, value
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            pairs = [*zip(target.elts, value.elts, strict=False)]
            if not any(isinstance(each, ast.Starred) for pair in pairs for each in pair):
                for one, two in pairs:
                    yield from self._assigned(one, two)


def literal(node: ast.expr) -> str | None:
    """Give a text that stands there, in one piece or as a sum of two; None where none does."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        pieces = [node.left, node.right]
    elif isinstance(node, ast.JoinedStr):
        pieces = node.values
    else:
        pieces = [node]
    values = [piece.value for piece in pieces if isinstance(piece, ast.Constant)]
    texts = [value for value in values if isinstance(value, str)]
    return "".join(texts) if texts and len(texts) == len(pieces) else None


def _is_shallow(node: ast.expr) -> bool:
    """Whether a step off an expression asks nothing of another call."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name)
    return isinstance(node, ast.Attribute)


def _plain(name: str) -> str:
    """``builtins.eval``, ``print.__self__.eval`` and ``eval.__call__`` are ``eval``."""
    name = name.replace(".__dict__.", ".").replace(".__call__", "").rpartition(".__self__.")[2]
    parts = name.replace("__builtins__", "builtins").split(".")
    places = [place for place, part in enumerate(parts[:-1]) if part == "builtins"]
    return ".".join(parts[places[-1] + 1 :] if places else parts)
