"""Decides how a visible test cell is run for its candidate: each check alone, with its outcome.

The source is the notebook's own: hidden tests never enter the candidate's zone. Every check runs,
also after one that failed, in a copy of the candidate's names, so that nothing is left behind.
"""

import ast
import operator
import reprlib
import traceback
from collections.abc import Callable
from typing import Any

from viva_lab.wire import CheckReport, Finding

MAX_FINDINGS = 60
MAX_TEXT = 600
RECORDER = "__viva_checks__"
COMPARE: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("", operator.eq),
    ast.NotEq: ("anything but ", operator.ne),
    ast.Lt: ("less than ", operator.lt),
    ast.LtE: ("at most ", operator.le),
    ast.Gt: ("more than ", operator.gt),
    ast.GtE: ("at least ", operator.ge),
    ast.Is: ("", operator.is_),
    ast.IsNot: ("anything but ", operator.is_not),
    ast.In: ("one of ", lambda left, right: left in right),
    ast.NotIn: ("none of ", lambda left, right: left not in right),
}
OPERATORS = {kind.__name__: entry for kind, entry in COMPARE.items()}
Thunk = Callable[[], Any]


class TooManyFindingsError(Exception):
    """More checks than anybody reads: a loop."""


class Findings:
    """Hears of each check while the rewritten test cell runs."""

    def __init__(self) -> None:
        self.all: list[Finding] = []

    def compare(self, source: str, kind: str, got: Thunk, expected: Thunk, note: Thunk) -> None:
        """Compare two values as an `assert` would."""
        words, compare = OPERATORS[kind]

        def judge() -> Finding:
            wanted = expected()
            try:
                value = got()
            except Exception as error:  # the answer's own error, beside what was expected
                return _broken(source, words + shown(wanted), error)
            passed = bool(compare(value, wanted))
            said = "" if passed else _text_of(note())
            return _finding(passed, source, words + shown(wanted), shown(value), said)

        self._add(source, judge)

    def truth(self, source: str, value: Thunk, note: Thunk) -> None:
        """Check that a value is true."""

        def judge() -> Finding:
            passed = bool(result := value())
            said = "" if passed else _text_of(note())
            return _finding(passed, source, "true", shown(result), said)

        self._add(source, judge)

    def assertion(
        self, source: str, name: str, call: Thunk, arguments: tuple[Thunk, Thunk] | None
    ) -> None:
        """Call a function that raises AssertionError, such as pandas' `assert_frame_equal`."""
        values: list[Any] = []

        def judge() -> Finding:
            if arguments is not None:
                values.extend(argument() for argument in arguments)
            try:
                call(*values)
            except AssertionError as error:
                return _finding(False, source, *self._pair(values, name), _text_of(error))
            return _finding(True, source, *self._pair(values, name), "")

        self._add(source, judge)

    @staticmethod
    def _pair(values: list[Any], name: str) -> tuple[str, str]:
        return (shown(values[1]), shown(values[0])) if values else (f"{name} to hold", "")

    def _add(self, source: str, judge: Callable[[], Finding]) -> None:
        if len(self.all) >= MAX_FINDINGS:
            raise TooManyFindingsError
        try:
            self.all.append(judge())
        except Exception as error:  # whatever the candidate's code raises is a finding
            self.all.append(_broken(source, "", error))


def _finding(passed: bool, source: str, expected: str, got: str, note: str) -> Finding:
    return Finding("pass" if passed else "fail", source, expected, got, note)


def _broken(source: str, expected: str, error: BaseException) -> Finding:
    return Finding("error", source, expected, said(error), _where(error))


class Rewriter(ast.NodeTransformer):
    """Turns each check into a call that says what came out, instead of ending the cell."""

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """Rewrite `assert`."""
        note = node.msg or ast.Constant(None)
        test = node.test
        if _binds(test):
            return node
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            got, expected = test.left, test.comparators[0]
            symmetric = isinstance(test.ops[0], ast.Eq | ast.NotEq)
            if symmetric and not _asks(got) and _asks(expected):
                got, expected = expected, got
            kind = ast.Constant(type(test.ops[0]).__name__)
            return _call("compare", node, _source(got), kind, *map(_thunk, (got, expected, note)))
        return _call("truth", node, _source(test), _thunk(test), _thunk(note))

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Rewrite `assert_frame_equal(…)` and its kind."""
        call = node.value
        if not isinstance(call, ast.Call) or _binds(call):
            return node
        name = call.func.attr if isinstance(call.func, ast.Attribute) else _name(call.func)
        if not name.lower().startswith("assert"):
            return node
        plain = [each for each in call.args if not isinstance(each, ast.Starred)]
        if len(plain) < 2 or len(plain) != len(call.args):  # noqa: PLR2004 -- got and expected
            pieces = [ast.Constant(name), _thunk(call), ast.Constant(None)]
            return _call("assertion", node, _source(call), *pieces)
        pair = ast.Tuple([_thunk(plain[0]), _thunk(plain[1])], ast.Load())
        names = ("viva_got", "viva_expected")
        inner = ast.Call(
            call.func, [*(ast.Name(each, ast.Load()) for each in names), *plain[2:]], call.keywords
        )
        pieces = [ast.Constant(name), _thunk(inner, names), pair]
        return _call("assertion", node, _source(plain[0]), *pieces)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Leave functions alone: their checks belong to whoever calls them."""
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Leave functions alone."""
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Leave classes alone."""
        return node


def _binds(node: ast.AST) -> bool:
    """Return whether an expression cannot move into a function: it names, awaits or yields."""
    kinds = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
    return any(isinstance(each, kinds) for each in ast.walk(node))


def _asks(node: ast.expr) -> bool:
    """Return whether an expression asks anything: a call, a name, an item."""
    return any(isinstance(each, ast.Call | ast.Name) for each in ast.walk(node))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _source(node: ast.expr) -> ast.Constant:
    return ast.Constant(ast.unparse(node))


def _thunk(node: ast.expr, names: tuple[str, ...] = ()) -> ast.Lambda:
    arguments = ast.arguments([], [ast.arg(each) for each in names], None, [], [], None, [])
    return ast.Lambda(arguments, node)


def _call(verb: str, at: ast.stmt, *arguments: ast.expr) -> ast.Expr:
    function = ast.Attribute(ast.Name(RECORDER, ast.Load()), verb, ast.Load())
    return ast.copy_location(ast.Expr(ast.Call(function, list(arguments), [])), at)


def run_checks(source: str, names: dict[str, Any]) -> CheckReport:
    """Run one visible test cell.

    Parameters
    ----------
    source
        The cell as it stands in the notebook.
    names
        What the candidate's cells have defined; left as it is.

    Returns
    -------
    CheckReport
        One finding for each check that was reached.
    """
    findings = Findings()
    try:
        tree = ast.fix_missing_locations(Rewriter().visit(ast.parse(source)))
        code = compile(tree, "<tests of this part>", "exec")
        exec(code, {**names, RECORDER: findings})  # noqa: S102 -- the author's cell, in the kernel
    except TooManyFindingsError:
        return CheckReport(tuple(findings.all), f"Only the first {MAX_FINDINGS} checks are shown.")
    except KeyboardInterrupt:
        return CheckReport(tuple(findings.all), "Stopped before the end.")
    except (Exception, SystemExit) as error:  # any of it is an answer, not a crash
        return CheckReport(tuple(findings.all), f"The tests could not go on: {said(error)}")
    return CheckReport(tuple(findings.all), "")


class _Short(reprlib.Repr):
    """Enough of a value to see what is wrong with it."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 5
        self.maxlist = self.maxtuple = self.maxset = self.maxdict = 12
        self.maxstring = self.maxother = self.maxlong = MAX_TEXT


def shown(value: Any) -> str:
    """Return a value as text, cut where it is long; a broken `__repr__` breaks nothing."""
    try:
        frame = hasattr(value, "to_string") and hasattr(value, "head")
        text = value.head(12).to_string() if frame else _Short().repr(value)
    except Exception as error:  # the candidate's own class
        return f"<{type(value).__name__}: {type(error).__name__}>"
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def said(error: BaseException) -> str:
    """Return an error in one line, as Python's last line of a traceback has it."""
    if isinstance(error, NameError) and error.name:
        return f"{error.name} is not defined yet. Run the cell that defines it."
    words = "".join(traceback.format_exception_only(error)).strip().splitlines()
    return words[-1][:MAX_TEXT] if words else type(error).__name__


def _where(error: BaseException) -> str:
    """Return the line of the candidate's own code at which it was raised."""
    frames = [
        each for each in traceback.extract_tb(error.__traceback__) if each.filename != __file__
    ]
    own = [each for each in frames if not each.filename.startswith("<tests")]
    return f"Line {own[-1].lineno} of that cell: {own[-1].line}" if own and own[-1].line else ""


def _text_of(note: Any) -> str:
    if note is None:
        return ""
    text = str(note)
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
