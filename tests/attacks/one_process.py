"""Decides how the grader without Viva's defences is asked: as a child that cannot hurt the tests."""

import contextlib
import json
import select
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from viva_grader.library.notebook import read_author

MAIN = Path(__file__).with_name("one_process_main.py")
_START_S, _SLACK_S = 60.0, 30.0


@dataclass(frozen=True, slots=True)
class Report:
    """What one submission did to that grader."""

    points: dict[str, float] = field(default_factory=dict[str, float])
    loot: tuple[str, ...] = ()
    stalled: bool = False
    ignored: bool = False
    flooded: bool = False
    survivors: int = 0
    dead: bool = False


class OneProcess:
    """A warm grader in which tests and submissions share an interpreter.

    It stands in a bubblewrap of its own, only so that an attack that works ends there: it sees
    every file and process group of its own, and the network.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        # some leave folders that Python's own rmtree cannot walk
        subprocess.run(["rm", "-rf", "--", str(self._folder)], check=False)

    def grade(self, source: bytes, submission: bytes, deadline_s: float = 20.0) -> Report:
        """Grade a submission to the author's notebook ``source``."""
        process = self._started()
        self._count += 1
        job = {
            "cells": list(cells_of(source, json.loads(submission))),
            "folder": str(self._folder / str(self._count)),
            "deadline_s": deadline_s,
        }
        assert process.stdin
        process.stdin.write(json.dumps(job).encode() + b"\n")
        process.stdin.flush()
        said = self._line(deadline_s + _SLACK_S)
        return Report(**{**said, "loot": tuple(said.get("loot", ()))})

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [
            "bwrap", "--unshare-pid", "--unshare-ipc", "--ro-bind", "/", "/", "--dev", "/dev",
            "--proc", "/proc", "--bind", str(self._folder), str(self._folder), "--die-with-parent",
            "--cap-add", "CAP_SYS_ADMIN", "--chdir", str(self._folder),
            "--", sys.executable, "-s", str(MAIN),
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._line(_START_S, raw=True) == "ready"
        return self._process

    def _line(self, within_s: float, *, raw: bool = False) -> Any:
        assert self._process
        assert self._process.stdout
        if not select.select([self._process.stdout], [], [], within_s)[0]:
            self.close()
            raise TimeoutError("the grader in one process does not answer")
        line = self._process.stdout.readline().decode().strip()
        return line if raw else json.loads(line)


def cells_of(source: bytes, submission: dict[str, Any]) -> Generator[dict[str, Any]]:
    """Give the submission's own cells, its metadata believed, the author's tests put in again."""
    tests = {cell.id: cell.source for cell in read_author(source) if cell.code}
    for cell in submission["cells"]:
        if cell.get("cell_type") != "code":
            continue
        metadata: dict[str, Any] = cell.get("metadata") or {}
        marks: dict[str, Any] = metadata.get("nbgrader") or {}
        is_test = bool(marks.get("grade")) and not marks.get("solution")
        text = "".join(cell["source"])
        with contextlib.suppress(KeyError):
            text = tests[str(marks["grade_id"])] if is_test or marks.get("locked") else text
        yield {
            "source": text,
            "tags": list(metadata.get("tags") or []),
            "part": str(marks.get("grade_id")) if is_test else None,
            "points": marks.get("points") or 0,
        }
