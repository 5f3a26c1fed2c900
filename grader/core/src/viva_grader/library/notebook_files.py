"""Decides which files beside a notebook its candidates see."""

import re
from pathlib import Path

from viva_grader.domain.errors import BadQuestionError
from viva_grader.library.notebook import AuthorCell, Role

MAX_FILES = 64
MAX_FILES_BYTES = 16 * 1024 * 1024

_NAMED = re.compile(r"""["']([^"'\n]{1,200})["']""")
_SHOWN = frozenset({Role.SOLUTION, Role.GIVEN, Role.WRITTEN})


def assignment_files(notebook: Path, author: tuple[AuthorCell, ...]) -> dict[str, bytes]:
    """Take what nbgrader gives out with ``source/<assignment>/<notebook>``.

    Elsewhere, where the folder may hold anything, only the files that the notebook's own cells
    name in quotes; a file that tests alone name is not the candidate's to see. Never notebooks,
    and never what a symbolic link leads to.

    Raises
    ------
    BadQuestionError
        If they are too many or too large, or cannot be read.
    """
    folder = notebook.resolve().parent
    if folder.parent.name == "source":
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    else:
        found = {name for name in _named(author) if not Path(name).is_absolute()}
    paths = {name: folder / name for name in sorted(found)}
    wanted = {name: path for name, path in paths.items() if _is_plain(path, folder)}
    if len(wanted) > MAX_FILES or sum(p.stat().st_size for p in wanted.values()) > MAX_FILES_BYTES:
        raise _too_much(folder.name)
    return bounded({name: _read(path) for name, path in wanted.items()}, folder.name)


def bounded(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    """Give a question's files back.

    Raises
    ------
    BadQuestionError
        If they are too many or too large.
    """
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_FILES_BYTES:
        raise _too_much(name)
    return files


def _named(author: tuple[AuthorCell, ...]) -> set[str]:
    texts = (cell.source for cell in author if cell.code and cell.role in _SHOWN)
    return {name.removeprefix("./") for text in texts for name in _NAMED.findall(text)}


def _is_plain(path: Path, folder: Path) -> bool:
    try:
        inside = path.resolve() == path  # no link and no ".." on the way
        return (
            inside
            and path.is_relative_to(folder)
            and path.is_file()
            and path.suffix.lower() != ".ipynb"
        )
    except (OSError, ValueError):
        return False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadQuestionError(f"{path.name}: {error.strerror or error}") from error


def _too_much(name: str) -> BadQuestionError:
    mib = MAX_FILES_BYTES // (1024 * 1024)
    return BadQuestionError(f"{name}: more than {MAX_FILES} files or {mib} MiB beside it")
