"""Decides what ``viva verify`` says of a stored grade: identical, or what has become of it."""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from viva_grader.bootstrap import Grader, build_grader
from viva_grader.domain.errors import BadGradeError, VivaError
from viva_grader.domain.grade import SCHEMA, Json, canonical
from viva_grader.library.notebook import MAX_NOTEBOOK_BYTES
from viva_grader.library.plain_file import UnreadableFileError, read_plain

HASH = "grade_sha256"
MAX_GRADE_BYTES = 64 * 1024 * 1024
_DIFFERS, _IDENTICAL = 1, 0
_MOST_LINES = 40
_MOST_CHARACTERS = 100
_ABSENT = "absent"
# First what explains the rest: another question or environment gives other grades.
_FIRST = ("schema", "submission_sha256", "question", "question_sha256", "environment")


@dataclass(frozen=True, slots=True)
class Stored:
    """A grade that was read, and the bytes that it is of.

    Attributes
    ----------
    said_sha256 : str
        The hash that the file names; not that of ``document`` where it was tampered with.
    """

    document: dict[str, Json]
    said_sha256: str
    submission: bytes

    @property
    def sha256(self) -> str:
        """What the hash has to be."""
        return hashlib.sha256(canonical(self.document)).hexdigest()


def verify_all(
    grades: Sequence[Path],
    *,
    submission: Path | None,
    question: str | None,
    advance: Callable[[], None],
) -> int:
    """Grade again what stored grades speak of, and print a line or more for each.

    Returns
    -------
    int
        The exit status: 0 where all are identical, 1 where one differs, 2 where one cannot be used.
    """
    worst = _IDENTICAL
    with build_grader() as grader:
        grader.start()
        for path in grades:
            try:
                found = verify(grader, read_stored(path, submission), question)
            except VivaError as error:
                sys.stderr.write(f"viva: {error.code}: {_plain(str(path))}: {error.message}\n")
                worst = max(worst, error.exit_status)
            else:
                for line in found or ["identical"]:
                    sys.stdout.write(f"{_plain(str(path))}: {line}\n")
                worst = max(worst, _DIFFERS if found else _IDENTICAL)
            advance()
    return worst


def read_stored(path: Path, submission: Path | None) -> Stored:
    """Read a grade, and the submission beside it by its hash, or another file.

    Raises
    ------
    BadGradeError
        If there is no such grade, or not the submission that it is of.
    """
    document = _document(path)
    said = document.pop(HASH, None)
    wanted = document.get("submission_sha256")
    if document.get("schema") != SCHEMA or not isinstance(said, str) or not isinstance(wanted, str):
        raise BadGradeError(f"This is no grade document of schema {SCHEMA}.")
    beside = f"{wanted}.ipynb"
    if submission is None and not (wanted.isalnum() and (path.parent / beside).exists()):
        raise BadGradeError("The submission is not beside it: name it with --submission.")
    try:
        data = read_plain(submission or path.parent / beside, MAX_NOTEBOOK_BYTES)
    except UnreadableFileError as error:
        raise BadGradeError(f"The submission cannot be read: {error}.") from error
    if hashlib.sha256(data).hexdigest() != wanted:
        raise BadGradeError("The submission is not the one that was graded: its hash differs.")
    return Stored(document, said, data)


def verify(grader: Grader, stored: Stored, question: str | None = None) -> list[str]:
    """Grade the stored submission again, and say what is not as it was; nothing where all is.

    Parameters
    ----------
    question : str, optional
        Where the question is found; without it, by the slug in the grade.

    Raises
    ------
    VivaError
        If question, submission or machine cannot be used.
    """
    document = stored.document
    try:
        tampered = stored.sha256 != stored.said_sha256
        measured = document["environment"].get("measured") is None
        slug = str(document["question"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadGradeError("The grade document breaks its form.") from error
    if question is None and Path(slug).name != slug:
        raise BadGradeError("It names a folder, not a question: name it with --question.")
    asked = grader.question(question if question is not None else slug)
    again = grader.grade(stored.submission, asked, measured=measured)
    lines = ["tampered: the document does not have the hash that it names"] if tampered else []
    if canonical(document) == canonical(again.document()):
        return lines
    found = [
        f"{place}: {_shown(was)} → {_shown(now)}"
        for place, was, now in _differences("", document, again.document())
    ]
    more = len(found) - _MOST_LINES
    return [*lines, *found[:_MOST_LINES], *([f"and {more} more"] if more > 0 else [])]


def _document(path: Path) -> dict[str, Json]:
    try:
        found: Json = json.loads(read_plain(path, MAX_GRADE_BYTES))
    except UnreadableFileError as error:
        raise BadGradeError(f"It cannot be read: {error}.") from error
    except (ValueError, RecursionError) as error:
        raise BadGradeError("It is no JSON.") from error
    if not isinstance(found, dict):
        raise BadGradeError(f"This is no grade document of schema {SCHEMA}.")
    return cast("dict[str, Json]", found)


def _differences(place: str, was: Json, now: Json) -> Iterator[tuple[str, Json, Json]]:
    """Walk two documents, what explains others first."""
    if isinstance(was, dict) and isinstance(now, dict):
        ours, theirs = cast("dict[str, Json]", was), cast("dict[str, Json]", now)
        for name in sorted({*ours, *theirs}, key=_explains):
            inner = f"{place}.{name}" if place else name
            yield from _differences(inner, ours.get(name, _ABSENT), theirs.get(name, _ABSENT))
    elif isinstance(was, list) and isinstance(now, list):
        ones, twos = cast("list[Json]", was), cast("list[Json]", now)
        for index in range(max(len(ones), len(twos))):
            one: Json = ones[index] if index < len(ones) else _ABSENT
            two: Json = twos[index] if index < len(twos) else _ABSENT
            yield from _differences(f"{place}[{index}]", one, two)
    elif canonical(was) != canonical(now):
        yield place, was, now


def _explains(name: str) -> tuple[int, str]:
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _shown(value: Json) -> str:
    text = value if value is _ABSENT else json.dumps(value, ensure_ascii=False, sort_keys=True)
    cut = text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
    return _plain(cut)


def _plain(text: str) -> str:
    """Show text of a candidate's without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
