"""Decides which files cross: what a submission wrote, as data, and what a test hands to it."""

import base64
import itertools
import os
import sys
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, cast

from viva_grader.callee.interruptions import NoAnswer, Unsupported

MAX_FILES = 64
MAX_BYTES = 1024 * 1024
_MAX_NAME, _MAX_DEPTH, _MAX_PATH = 200, 4, 4096
_MAX_PASSED = 10_000
_MAX_NAMES = 4 * MAX_FILES
"""Names that a submission may ever use: what it removes leaves folders behind."""
_CODE = frozenset({
    ".py", ".pyc", ".pyi", ".pyw", ".so", ".pth", ".ipynb", ".pkl", ".pickle", ".joblib", ".cfg",
    ".ini", ".toml", ".sh", ".mplstyle", ".mo",
})  # fmt: skip
_SETTINGS = frozenset({"matplotlibrc"})
"""What Python or a tool might run, unpickle or take for its settings: it stays over there."""
_guarded: list[bool] = []


def refuse_pickles() -> None:
    """Let nothing be unpickled in this process from now on: the bytes may be the candidate's."""
    if _guarded:
        return
    _guarded.append(True)

    def look(event: str, _arguments: tuple[Any, ...]) -> None:
        if event == "pickle.find_class" and _guarded[0]:
            raise Unsupported("the test unpickles, which could run code of the submission")

    sys.addaudithook(look)


class SharedFiles:
    """The folder of the trusted process, in which tests run.

    Parameters
    ----------
    folder : Path
        Of this process alone; the question's files are in it.
    text : str
        The author's, without the tests: a file of a test's that it names, or that a call names by
        itself or by its folder, is handed over. What a submission names does not count: it may
        guess where a test keeps what it expects.
    answers : str
        The author's own answers: what they name is a submission's to write.
    """

    def __init__(self, folder: Path, text: str, answers: str = "") -> None:
        self._folder = folder
        self._text, self._answers = text, answers
        self._author = frozenset(self._files())
        self._told: dict[str, tuple[int, int]] = {}
        self._theirs: set[str] = set()
        self._named: dict[str, str] = {}
        self._passed: set[str] = set()

    def begin(self) -> None:
        """Forget which names were passed: a new cell starts."""
        self._passed.clear()

    def was_passed(self, name: str) -> bool:
        """Whether this cell passed a name, or a folder that it is in, to the submission."""
        there = name.removeprefix(f"{self._folder}/")
        return any(there == each or there.startswith(f"{each}/") for each in self._passed)

    def is_asked_for(self, name: str) -> bool:
        """Whether a file that is missing is one that the submission was to write."""
        return PurePosixPath(name).name in self._answers or self.was_passed(name)

    def forget(self) -> None:
        """Begin anew with a fresh process, which has nothing but the question's files."""
        self._told.clear()

    def take(self, raw: Any) -> None:
        """Write what the submission wrote; never over a file of the question's or of a test's.

        Raises
        ------
        NoAnswer
            If the message is not as the runner writes it.
        """
        entries = cast("list[Any]", raw) if type(raw) is list else [None]
        if len(entries) > 2 * MAX_FILES:
            raise NoAnswer("files that are none")
        for entry in entries:
            pair = cast("list[Any]", entry) if type(entry) is list else []
            name, data = pair if len(pair) == 2 else (None, None)  # noqa: PLR2004 - name and bytes
            if type(name) is not str or (data is not None and type(data) is not str):
                raise NoAnswer("files that are none")
            if _is_data(name) and self._may_write(name) and len(data or "") <= 2 * MAX_BYTES:
                self._write(name, data)

    def give(self, arguments: list[Any]) -> list[list[Any]]:
        """List files of the test's that changed and that the call or the question names."""
        now = self._files()
        if len(self._passed) < _MAX_PASSED:
            self._passed.update(_texts(arguments))
        named = " ".join([self._text, *(str(a) for a in arguments if _is_text(a))])
        folders = self._folders(arguments)
        whole = tuple(name for _, name, _, _ in folders if name[:-1] in map(str, arguments))
        found: list[list[Any]] = []
        for name in sorted(now.keys() | self._told.keys()):
            if self._told.get(name) == now.get(name) or name in self._author:
                continue
            told = PurePosixPath(name).name in named or name.startswith(whole)
            if name in now and not told:
                continue
            data = (self._folder / name).read_bytes() if name in now else None
            found.append(["file", name, name in now, data])
        self._told = {n: s for n, s in now.items() if n in self._told} | {
            name: now[name] for _, name, there, _ in found if there
        }
        self._theirs.update(self._told)
        return folders + found

    def sent(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any], list[list[Any]]]:
        """Name places below this folder as they are over there, and list what is handed over."""
        args = tuple(self._there(arg) for arg in args)
        kwargs = {name: self._there(value) for name, value in kwargs.items()}
        return args, kwargs, self.give([*args, *kwargs.values()])

    def _there(self, value: Any) -> Any:
        if not _is_text(value) or not str(value).startswith(f"{self._folder}/"):
            return value
        name = str(value)[len(f"{self._folder}/") :]
        self._named[name] = str(self._folder)
        return type(value)(name)

    def here(self, value: Any) -> Any:
        """Name a place as this side called it, where an answer gives one that was handed over."""
        if not _is_text(value):
            return value
        for name, folder in self._named.items():
            if str(value) == name or str(value).startswith(f"{name}/"):
                return type(value)(f"{folder}/{value}")
        return value

    def _folders(self, arguments: list[Any]) -> list[list[Any]]:
        """List the folders that a test has and a call names: what is written there needs them."""
        found: set[str] = set()
        for name in (str(each) for each in arguments if _is_text(each)):
            if len(name) > _MAX_NAME or not name or name.startswith("/") or "\0" in name:
                continue
            for path in (PurePosixPath(name), *PurePosixPath(name).parents):
                if ".." not in path.parts and path.parts and (self._folder / path).is_dir():
                    found.add(f"{path.as_posix()}/")
        return [["file", name, True, None] for name in sorted(found)]

    def _may_write(self, name: str) -> bool:
        """Whether a file is the submission's: it made it, or was handed it to work on."""
        if name in self._theirs:
            return True
        if name in self._author or os.path.lexists(self._folder / name):
            return False
        return len(self._theirs) < _MAX_NAMES

    def _write(self, name: str, data: str | None) -> None:
        path = self._folder / name
        try:
            if data is None:
                path.unlink(missing_ok=True)
                self._told.pop(name, None)
                return
            self._theirs.add(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(data, validate=True))
            facts = path.stat()
        except (OSError, ValueError) as error:
            raise NoAnswer("a file that is none") from error
        self._told[name] = (facts.st_mtime_ns, facts.st_size)

    def _files(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        _look(self._folder, "", found)
        return found


def _look(folder: Path, inside: str, found: dict[str, tuple[int, int]]) -> None:
    """Note plain files of a bounded size, by name: modified when, in nanoseconds, and bytes."""
    with os.scandir(folder / inside) as entries:
        inner = sorted(entries, key=lambda entry: entry.name)
    for entry in inner:
        if len(found) >= MAX_FILES:
            return
        name = f"{inside}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            _look(folder, f"{name}/", found)
        elif entry.is_file(follow_symlinks=False):
            facts = entry.stat(follow_symlinks=False)
            if facts.st_size <= MAX_BYTES:
                found[name] = (facts.st_mtime_ns, facts.st_size)


def _texts(value: object, left: int = _MAX_DEPTH) -> Iterator[str]:
    """Give the texts in a value, and in plain containers of it."""
    if isinstance(value, str | PurePath):
        if len(str(value)) <= _MAX_PATH:
            yield str(value).rstrip("/")
    elif left and type(value) in {list, tuple, dict, set}:
        held = cast("Collection[object]", value)
        more = cast("dict[object, object]", value).values() if type(value) is dict else ()
        for each in itertools.islice(itertools.chain(held, more), 2 * MAX_FILES):
            yield from _texts(each, left - 1)


def _is_text(value: Any) -> bool:
    return isinstance(value, str | PurePath)


def _is_data(name: str) -> bool:
    """Whether a name is one below the folder, of a file that nothing here would run."""
    parts = name.split("/")
    plain = all(part and part.isprintable() and part[0] != "." for part in parts)
    hidden = any(part.startswith("__") for part in parts)
    return (
        plain and not hidden and len(name) <= _MAX_NAME and len(parts) <= _MAX_DEPTH
        and PurePosixPath(name).suffix.lower() not in _CODE and parts[-1] not in _SETTINGS
    )  # fmt: skip
