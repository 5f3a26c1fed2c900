"""Decides whether a folder or a notebook is a question, and what its hash covers."""

import hashlib
import re
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

from viva_grader.domain.errors import BadQuestionError
from viva_grader.domain.grade import canonical
from viva_grader.domain.judging import Judging
from viva_grader.domain.question import Forbidden, Limits, Part, PartKind, Question
from viva_grader.library.fixtures import load_fixture
from viva_grader.library.judging_file import JudgingFile
from viva_grader.library.literal_calls import parse_call, parse_literal, parse_sized_call
from viva_grader.library.notebook import MAX_NOTEBOOK_BYTES, AuthorCell, Role, read_author
from viva_grader.library.notebook_files import assignment_files, bounded
from viva_grader.library.notebook_parts import parts_of
from viva_grader.library.plain_file import UnreadableFileError, read_plain
from viva_grader.library.question_file import PartEntry, QuestionFile, parse
from viva_grader.library.signature import parse_signature

NOTEBOOK = "notebook.ipynb"
SETTINGS = "question.toml"
JUDGING = "judging.toml"
DEFAULT_MINUTES = 60

_SLUG = re.compile(r"[a-z][a-z0-9_]{0,40}")


def load_question(path: Path, *, fixtures: Path | None = None) -> Question:
    """Load a question's folder, or an nbgrader source notebook that stands alone.

    Parameters
    ----------
    path : Path
        A folder with ``notebook.ipynb`` and ``question.toml``, or a notebook: one named
        ``notebook.ipynb`` beside a ``question.toml`` is its folder.
    fixtures : Path, optional
        The folder that holds the SQL fixtures; needed where the question names one.

    Raises
    ------
    BadQuestionError
        With one line that names the file and what is wrong in it.
    BadFixtureError
        If the question's fixture breaks its format.
    """
    if path.is_dir():
        return _load_folder(path, fixtures)
    if path.name == NOTEBOOK and (path.parent / SETTINGS).exists():
        return _load_folder(path.parent, fixtures)
    return _load_notebook(path)


def _load_folder(folder: Path, fixtures: Path | None) -> Question:
    slug = folder.resolve().name
    if not _SLUG.fullmatch(slug):
        raise BadQuestionError(f"question {slug!r}: a slug is a-z, 0-9 and _")
    settings = parse(QuestionFile, _read(folder / SETTINGS), f"{slug}/{SETTINGS}")
    source = _read(folder / NOTEBOOK)
    author = read_author(source)
    parts = _parts(author, settings.parts, f"{slug}/{SETTINGS}")
    if any(part.kind is PartKind.QUERY for part in parts) and settings.fixture is None:
        raise BadQuestionError(f"{slug}/{SETTINGS}: a query part needs a fixture")
    files = _files(folder, settings.files)
    limits = settings.limits.limits()
    forbidden = tuple(entry.forbidden() for entry in settings.forbidden)
    return Question(
        slug=slug,
        title=settings.title,
        kind=settings.kind,
        level=settings.level,
        skills=tuple(settings.skills),
        minutes=settings.minutes,
        brief=settings.brief.strip(),
        parts=parts,
        source=source,
        sha256=_digest(
            source,
            parts,
            limits,
            files,
            _fixture_hash(settings.fixture, fixtures),
            forbidden=forbidden,
        ),
        forbidden=forbidden,
        fixture=settings.fixture,
        rubric=settings.rubric,
        limits=limits,
        hints=tuple(settings.hints),
        follow_ups=tuple(settings.follow_ups),
        files=files,
        judging=_judging(folder, slug),
    )


def _judging(folder: Path, slug: str) -> Judging:
    if not (folder / JUDGING).exists():
        return Judging()
    return parse(JudgingFile, _read(folder / JUDGING), f"{slug}/{JUDGING}").judging()


def _load_notebook(path: Path) -> Question:
    """Take any nbgrader assignment as it is: one part per cell with points."""
    source = _read(path)
    author = read_author(source)
    parts = parts_of(author)
    if not parts:
        raise BadQuestionError(f"{path.name}: no cell carries points")
    files = assignment_files(path, author)
    return Question(
        slug=_slug_of(path),
        title=_heading(author) or path.stem,
        kind="python",
        level="",
        skills=(),
        minutes=DEFAULT_MINUTES,
        brief="",
        parts=parts,
        source=source,
        sha256=_digest(source, parts, Limits(), files, None),
        files=files,
    )


def _read(path: Path) -> bytes:
    try:
        return read_plain(path, MAX_NOTEBOOK_BYTES)
    except UnreadableFileError as error:
        place = f"{path.parent.name}/{path.name}"
        raise BadQuestionError(f"{place}: {error}") from error


def _parts(author: tuple[AuthorCell, ...], entries: list[PartEntry], name: str) -> tuple[Part, ...]:
    """Put the settings of each part beside its points and place, which stand in the notebook."""
    cells = {cell.id: cell for cell in author}
    entry_of = {entry.name: entry for entry in entries}
    found = parts_of(author)
    for wanted in entry_of.keys() - {part.name for part in found}:
        raise BadQuestionError(f"{name}: no cell with points is named {wanted!r}")
    for part in found:
        if part.name not in entry_of:
            raise BadQuestionError(f"{name}: the cell {part.name!r} has points but is no part")
    return tuple(_part(part, entry_of[part.name], cells, name) for part in found)


def _part(part: Part, entry: PartEntry, cells: dict[str, AuthorCell], name: str) -> Part:
    solutions = tuple(entry.solutions)
    if entry.query and not solutions:
        solutions = (entry.query.solution,)
    for solution in solutions:
        if solution not in cells or cells[solution].role not in {Role.SOLUTION, Role.WRITTEN}:
            raise BadQuestionError(f"{name}: part {part.name}: {solution!r} is no solution cell")
    if (entry.kind is PartKind.QUERY) != (entry.query is not None):
        raise BadQuestionError(
            f"{name}: part {part.name}: [parts.query] is for parts of kind query"
        )
    if (entry.kind is PartKind.CASES) != bool(entry.cases):
        raise BadQuestionError(
            f"{name}: part {part.name}: [[parts.cases]] is for parts of kind cases"
        )
    if (entry.kind is PartKind.WRITTEN) != (part.kind is PartKind.WRITTEN):
        raise BadQuestionError(
            f"{name}: part {part.name} is {entry.kind}, but its cell is one of {part.kind}"
        )
    _check_calls(entry, name)
    return Part(
        name=part.name,
        kind=entry.kind,
        max_points=part.max_points,
        title=entry.title,
        solutions=solutions or part.solutions,
        query=entry.query.rule() if entry.query else None,
        cases=tuple(case.case() for case in entry.cases),
        signature=entry.signature,
        effort=entry.effort.rule() if entry.effort else None,
    )


def _check_calls(entry: PartEntry, name: str) -> None:
    """Find what can be found wrong in calls without running anything."""
    try:
        if entry.signature:
            parse_signature(entry.signature)
    except ValueError as error:
        raise BadQuestionError(f"{name}: part {entry.name}: signature: {error}") from error
    seen: set[str] = set()
    for case in entry.cases:
        if case.name in seen:
            raise BadQuestionError(f"{name}: part {entry.name}: two cases are named {case.name!r}")
        seen.add(case.name)
        try:
            parse_call(case.call)
            if case.expected is not None:
                parse_literal(case.expected)
        except ValueError as error:
            raise BadQuestionError(
                f"{name}: part {entry.name}, case {case.name}: {error}"
            ) from error
    if entry.effort is None:
        return
    sizes = entry.effort.sizes
    if any(one >= other for one, other in pairwise(sizes)):
        raise BadQuestionError(f"{name}: part {entry.name}: [parts.effort] sizes must grow")
    try:
        parse_sized_call(entry.effort.call)
        compile(entry.effort.setup, "setup", "exec")
    except (ValueError, SyntaxError) as error:
        what = str(error).splitlines()[0]
        raise BadQuestionError(f"{name}: part {entry.name}: [parts.effort]: {what}") from error


def _files(folder: Path, names: list[str]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name in sorted(names):
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BadQuestionError(f"{folder.name}/{SETTINGS}: file {name!r} is outside the folder")
        files[name] = _read(path)
    return bounded(files, folder.name)


def _fixture_hash(slug: str | None, fixtures: Path | None) -> str | None:
    if slug is None:
        return None
    if fixtures is None:
        raise BadQuestionError(f"fixture {slug!r}: no folder of fixtures is known here")
    return load_fixture(fixtures / slug).sha256


def _digest(
    source: bytes,
    parts: tuple[Part, ...],
    limits: Limits,
    files: dict[str, bytes],
    fixture_sha256: str | None,
    *,
    forbidden: tuple[Forbidden, ...] = (),
) -> str:
    whole = {
        "notebook": hashlib.sha256(source).hexdigest(),
        "parts": [asdict(part) for part in parts],
        "limits": asdict(limits),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        "fixture": fixture_sha256,
        "forbidden": [asdict(each) for each in forbidden],
    }
    return hashlib.sha256(canonical(whole)).hexdigest()


def _slug_of(path: Path) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    return (words if words[:1].isalpha() else f"q_{words}")[:40].rstrip("_")


def _heading(author: tuple[AuthorCell, ...]) -> str | None:
    for cell in author:
        match = None if cell.code else re.search(r"^#+\s+(.+?)\s*$", cell.source, re.MULTILINE)
        if match:
            return match[1]
    return None
