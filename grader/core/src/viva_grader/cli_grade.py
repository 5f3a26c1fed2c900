"""Decides what ``viva grade`` prints and writes: a line, a row and a document for each."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from viva_grader.bootstrap import Grader, GraderSettings, build_grader
from viva_grader.domain.errors import BadSubmissionError, GraderFailedError, VivaError
from viva_grader.domain.grade import Grade, GradeStatus, Json, Status, canonical
from viva_grader.domain.question import Question
from viva_grader.library.notebook import MAX_NOTEBOOK_BYTES
from viva_grader.library.plain_file import UnreadableFileError, read_plain

Line = dict[str, Json]

_MAX_STEM_BYTES = 200
"""A file's name has 255 at most, and more is put behind."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command was told.

    Attributes
    ----------
    rubric, measured : bool
        Whether a model is asked, and whether more than the tests is measured.
    out : Path or None
        Gets one grade document for each.
    jobs : int or None
        Submissions at a time, ≥ 1; as the settings say without it.
    """

    json_lines: bool = False
    rubric: bool = True
    measured: bool = True
    out: Path | None = None
    jobs: int | None = None


def grade_all(
    submissions: Sequence[Path], question: str, options: Options, advance: Callable[[], None]
) -> int:
    """Grade each submission, several at a time, and print in the order of the arguments.

    Parameters
    ----------
    advance : callable
        Called once per submission, when it is graded; from several threads.

    Returns
    -------
    int
        The exit status: 0; 1 if our own side could not judge all of one; 2 if one was refused.

    Raises
    ------
    VivaError
        If the question or this machine cannot be used: then no submission is graded.
    """
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
    settings = GraderSettings(jobs=options.jobs) if options.jobs else GraderSettings()
    lines: list[Line] = []
    with build_grader(settings) as grader:
        grader.start()
        asked = grader.question(question)

        def one(path: Path, name: str) -> Line:
            line = _one(grader, asked, path, name, options)
            advance()
            return line

        pool = ThreadPoolExecutor(settings.parallel)
        try:
            named = zip(submissions, _names(submissions), strict=True)
            waiting = [pool.submit(one, path, name) for path, name in named]
            for path, each in zip(submissions, waiting, strict=True):
                lines.append(each.result())
                _say(path, lines[-1], options)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    if not options.json_lines:
        _print_table(lines, asked)
    return _exit_status(lines)


def _one(grader: Grader, question: Question, path: Path, name: str, options: Options) -> Line:
    try:
        submission = _read(path)
        grade = grader.grade(submission, question, measured=options.measured)
        line = graded_line(path, grade)
        documents: dict[str, Json] = {}
        if options.rubric:
            evaluation = grader.evaluate(submission, question, grade)
            final = grader.fuse(grade, evaluation, grader.rubric_of(question))
            line |= {"rubric_score": evaluation.rubric_score, "overall": final.overall}
            documents = {"evaluation": evaluation.document(), "final": final.document()}
        if options.out is not None:
            _store(options.out, name, submission, grade)
            for kind, document in documents.items():
                path = options.out / f"{name}.{kind}.json"
                path.write_bytes(canonical(document) + b"\n")
    except BadSubmissionError as error:
        return refused_line(path, error)
    except VivaError:
        raise
    except Exception as error:  # ours, but no reason to leave the others ungraded
        what = f"Not graded: the grader itself failed ({type(error).__name__}). Please report it."
        return failed_line(path, GraderFailedError(what))
    return line


def _store(out: Path, name: str, submission: bytes, grade: Grade) -> None:
    """Write all that ``viva verify`` needs, and beside it what differs each time."""
    document = grade.document() | {"grade_sha256": grade.sha256}
    (out / f"{name}.grade.json").write_bytes(canonical(document) + b"\n")
    (out / f"{name}.aside.json").write_text(json.dumps(grade.aside, indent=1) + "\n")
    (out / f"{grade.submission_sha256}.ipynb").write_bytes(submission)


def _say(path: Path, line: Line, options: Options) -> None:
    """Print what can be said of one at once: its line, and a complaint."""
    if "code" in line:
        sys.stderr.write(f"viva: {line['code']}: {_plain(path)}: {_plain(line['message'])}\n")
    if options.json_lines:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def _exit_status(lines: list[Line]) -> int:
    unjudged = any(item["status"] == Status.INFRA_ERROR for line in lines for item in line["items"])
    if unjudged or any(line.get("code") == GraderFailedError.code for line in lines):
        return VivaError.exit_status
    refused = any(line["status"] == GradeStatus.REFUSED for line in lines)
    return BadSubmissionError.exit_status if refused else 0


def _read(path: Path) -> bytes:
    try:
        return read_plain(path, MAX_NOTEBOOK_BYTES)
    except UnreadableFileError as error:
        raise BadSubmissionError(f"Not graded: {error}.") from error


def graded_line(path: Path, grade: Grade) -> Line:
    """Give the line of a submission that was graded, its rubric not asked."""
    return {
        "submission": str(path),
        "status": grade.status.value,
        "items": [
            {
                "part": item.part,
                "status": item.status.value,
                "points": item.points,
                "max_points": item.max_points,
                "message": item.message,
            }
            for item in grade.items
        ],
        "auto_score": grade.auto_score,
        "max_score": grade.max_score,
        "deterministic_score": grade.deterministic_score,
        "rubric_score": None,
        "overall": None,
        "grade_sha256": grade.sha256,
        "message": "",
    }


def refused_line(path: Path, error: BadSubmissionError) -> Line:
    """Give the line of a submission of which nothing was run."""
    return _empty_line(path, GradeStatus.REFUSED, error)


def failed_line(path: Path, error: GraderFailedError) -> Line:
    """Give the line of a submission on which the grader itself failed."""
    return _empty_line(path, GradeStatus.INCOMPLETE, error)


def _empty_line(path: Path, status: GradeStatus, error: VivaError) -> Line:
    empty: Line = dict.fromkeys(
        (
            "auto_score",
            "max_score",
            "deterministic_score",
            "rubric_score",
            "overall",
            "grade_sha256",
        )
    )
    return {
        "submission": str(path),
        "status": status.value,
        "items": [],
        **empty,
        "message": error.message,
        "code": error.code,
    }


def _names(submissions: Sequence[Path]) -> list[str]:
    """Give each submission a file name of its own: its stem, with a number where it is taken."""
    taken: set[str] = set()
    names: list[str] = []
    for path in submissions:
        stem = os.fsdecode(os.fsencode(path.stem)[:_MAX_STEM_BYTES])
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name)
        names.append(name)
    return names


def _print_table(lines: list[Line], question: Question) -> None:
    """Print one row for each submission, then a line for each part that is not a full pass."""
    table = Table(title=f"{question.title} ({question.slug})", title_justify="left")
    for heading in ("Submission", "Status", "Score", "Tests", "Rubric", "Overall"):
        table.add_column(heading, overflow="fold")
    remarks: list[str] = []
    for line in lines:
        score = f"{_number(line['auto_score'])} of {_number(line['max_score'])}"
        shown = [_number(line[name]) for name in ("deterministic_score", "rubric_score", "overall")]
        cells = ["–"] * 4 if "code" in line else [score, *shown]
        table.add_row(_plain(line["submission"]), str(line["status"]), *cells)
        remarks += [
            f"{_plain(line['submission'])}: {item['part']}: {item['status']}, "
            f"{_number(item['points'])} of {item['max_points']:g}: {_plain(item['message'])}"
            for item in line["items"]
            if item["status"] != "pass"
        ]
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(table)
    for remark in remarks:
        console.print(remark)


def _plain(text: Json) -> str:
    """Show text of a candidate's without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def _number(value: float | None) -> str:
    return "unscored" if value is None else f"{value:g}"
