"""Decides what the text of an answer shows without being run: findings, signatures, conduct."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from viva_grader.checks.conduct import Use, find_uses
from viva_grader.checks.duplicates import find_duplicates
from viva_grader.checks.findings import Finding, finding
from viva_grader.checks.hygiene import check_installs, check_tree
from viva_grader.checks.lint import LinterBrokeError, lint
from viva_grader.checks.signature import Wrong, check_signature
from viva_grader.checks.sql_cell import NotSqlCellError, UnsupportedSqlCellError, parse_sql_cell
from viva_grader.checks.sql_hygiene import check_sql
from viva_grader.domain.grade import Json
from viva_grader.domain.question import Forbidden
from viva_grader.library.notebook_magics import UNREADABLE, is_sql, plain_python, query_targets

MAX_CHARACTERS = 100_000
"""Of one cell; a longer one is not read, which is a finding of its own."""
MAX_ALL_CHARACTERS = 400_000
MAX_MAGICS = 50
"""Lines of one cell that may be IPython's; each costs a parse."""
_TOO_LONG = "too long to be read"
_TOO_MANY_MAGICS = "too many lines that are no Python"
_TOO_DEEP = "no Python: nested too deeply"
_UNREAD = frozenset({_TOO_LONG, _TOO_MANY_MAGICS, _TOO_DEEP})
"""What is said of text that may run all the same: a submission can raise its own limits."""
_MAGIC = re.compile(r"^[^\S\n]*[%!?]|\?[^\S\n]*$|=[^\S\n]*[%!]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that runs; ``own`` where the candidate wrote it."""

    id: str
    source: str
    own: bool


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read.

    Attributes
    ----------
    cells : tuple of Cell
        All that run, in order; what only the author's use counts as used.
    signatures : dict of str to str
        What each part's function must take, by part.
    """

    cells: tuple[Cell, ...]
    signatures: dict[str, str] = field(default_factory=dict[str, str])
    forbidden: tuple[Forbidden, ...] = ()
    quality: bool = True


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was read.

    Attributes
    ----------
    cells : tuple of str
        The candidate's cells that hold anything.
    unreadable : tuple of str
        Those of them that are no Python, or more than is read.
    wrong : dict of str to Wrong
        Signatures that are not what the question asks for, by part.
    uses : tuple of tuple of Use
        For each of the question's forbidden entries, where it is used.
    broken : str
        Why its quality could not be read: the text ended whoever read it. Empty otherwise.
    """

    cells: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    wrong: dict[str, Wrong] = field(default_factory=dict[str, Wrong])
    uses: tuple[tuple[Use, ...], ...] = ()
    broken: str = ""


def inspect_cells(request: Request, linter: str) -> Inspection:
    """Read a submission's cells: the last of the :func:`stages`."""
    *_, last = stages(request, linter)
    return last


def stages(request: Request, linter: str) -> Iterator[Inspection]:
    """Read a submission's cells: first what points depend on, then the same with their quality.

    Parameters
    ----------
    linter : str
        The path of ruff's executable.

    Notes
    -----
    Text that no parser survives can end the process: run this where that harms nobody. A text that
    does so at its second stage is not to take the first with it.
    """
    own = _own(request)
    readable, found = _readable(own)
    trees = {cell.id: ast.parse(plain) for cell, plain in readable if not is_sql(cell.source)}
    ordered = [(cell.id, trees[cell.id]) for cell in own if cell.id in trees]
    unread = [_unread(f.cell) for f in found if f.message in _UNREAD]
    wrong = {
        part: seen
        for part, text in request.signatures.items()
        if (seen := check_signature(text, ordered)) is not None
    }
    first = Inspection(
        cells=tuple(cell.id for cell in own),
        unreadable=tuple(cell.id for cell in own if cell.id not in {c.id for c, _ in readable}),
        wrong=wrong,
        uses=tuple(
            (*find_uses(ordered, each.imports, each.calls), *unread) for each in request.forbidden
        ),
    )
    yield first
    if not request.quality:
        return
    broken = ""
    try:
        found += _quality(request.cells, readable, trees, linter)
    except (RecursionError, MemoryError, LinterBrokeError) as error:
        broken = type(error).__name__
    places = {cell.id: place for place, cell in enumerate(own)}
    findings = tuple(sorted(set(found), key=lambda f: (places[f.cell], f)))
    yield replace(first, findings=findings, broken=broken)


def unreadable(request: Request, why: str) -> Inspection:
    """Say of a submission that reading it ended whoever read it: it hides whatever is forbidden."""
    cells = tuple(cell.id for cell in _own(request))
    uses = tuple(_unread(cell) for cell in cells[:1])
    return Inspection(cells, broken=why, uses=(uses,) * len(request.forbidden))


def _own(request: Request) -> list[Cell]:
    return [cell for cell in request.cells if cell.own and cell.source.strip()]


def _unread(cell: str) -> Use:
    return Use("text that is too much to be checked", cell, 1)


def _quality(
    cells: Sequence[Cell],
    readable: Sequence[tuple[Cell, str]],
    trees: Mapping[str, ast.Module],
    linter: str,
) -> list[Finding]:
    found: list[Finding] = []
    for cell, plain in readable:
        found += _looked_at(cell, plain, trees.get(cell.id))
    found += find_duplicates([(c.id, plain) for c, plain in readable if c.id in trees])
    return found + _linted(cells, {cell.id: plain for cell, plain in readable}, linter)


def _readable(own: Sequence[Cell]) -> tuple[list[tuple[Cell, str]], list[Finding]]:
    readable: list[tuple[Cell, str]] = []
    found: list[Finding] = []
    left = MAX_ALL_CHARACTERS
    for cell in own:
        left -= len(cell.source)
        if len(cell.source) > MAX_CHARACTERS or left < 0:
            found.append(finding(cell.id, 1, "syntax", _TOO_LONG))
            continue
        if not is_sql(cell.source) and len(_MAGIC.findall(cell.source)) > MAX_MAGICS:
            found.append(finding(cell.id, 1, "syntax", _TOO_MANY_MAGICS))
            continue
        try:
            plain = plain_python(cell.source)
            ast.parse(plain)
        except SyntaxError as error:
            found.append(finding(cell.id, error.lineno or 1, "syntax", f"no Python: {error.msg}"))
        except (RecursionError, MemoryError):
            found.append(finding(cell.id, 1, "syntax", _TOO_DEEP))
        except ValueError as error:
            found.append(finding(cell.id, 1, "syntax", f"no Python: {error}"))
        else:
            readable.append((cell, plain))
    return readable, found


def _looked_at(cell: Cell, plain: str, tree: ast.Module | None) -> list[Finding]:
    if tree is None:
        try:
            sql = parse_sql_cell(cell.source).sql
        except (NotSqlCellError, UnsupportedSqlCellError):
            return []
        return check_sql(cell.id, sql, cell.source.count("\n") - sql.count("\n") + 1)
    installs = check_installs(cell.id, cell.source) if plain != cell.source else []
    return [*check_tree(cell.id, plain, tree), *installs]


def _linted(cells: Sequence[Cell], plain: Mapping[str, str], linter: str) -> list[Finding]:
    """Lint the whole notebook, and keep what is found in the candidate's readable cells."""
    shown = [
        (
            each.id,
            _bound_by_queries(each.source)
            + (plain.get(each.id, "") if each.own else _python(each.source)),
        )
        for each in cells
    ]
    submitted = {each.id: each.source.split("\n") for each in cells if each.id in plain}
    lines = {cell: text.split("\n") for cell, text in plain.items()}
    return [
        each
        for each in (lint(linter, shown) if plain else [])
        if each.cell in plain and _written(submitted[each.cell], lines[each.cell], each.line)
    ]


def _written(submitted: Sequence[str], plain: Sequence[str], line: int) -> bool:
    """Whether the candidate wrote a line as it was read: a magic stands there as ``pass``."""
    at = line - 1
    return at >= min(len(submitted), len(plain)) or submitted[at] == plain[at]


def _python(source: str) -> str:
    plain = plain_python(source)
    try:
        ast.parse(plain)
    except (SyntaxError, *UNREADABLE):
        return "\n" * source.count("\n")
    return plain


def _bound_by_queries(source: str) -> str:
    """Say to ruff, without a line of its own, which names a cell's queries bind."""
    return "".join(f"{name} = None; " for name in query_targets(source))


def request_document(request: Request) -> dict[str, Json]:
    """Write a request as JSON."""
    return asdict(request)


def request_from(document: dict[str, Json]) -> Request:
    """Read what :func:`request_document` wrote."""
    return Request(
        cells=tuple(Cell(**each) for each in document["cells"]),
        signatures=document["signatures"],
        forbidden=tuple(
            Forbidden(tuple(f["imports"]), tuple(f["calls"]), f["points"], f["why"])
            for f in document["forbidden"]
        ),
        quality=document["quality"],
    )


def inspection_from(document: dict[str, Json]) -> Inspection:
    """Read an inspection from its JSON, as ``asdict`` gives it."""
    return Inspection(
        cells=tuple(document["cells"]),
        unreadable=tuple(document["unreadable"]),
        findings=tuple(Finding(**each) for each in document["findings"]),
        wrong={part: Wrong(**each) for part, each in document["wrong"].items()},
        uses=tuple(tuple(Use(**use) for use in uses) for uses in document["uses"]),
        broken=document["broken"],
    )
