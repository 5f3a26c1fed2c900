"""A judging process that an answer keeps busy in C leaves word of it before the kernel ends it."""

import os
from pathlib import Path

from viva_grader.checks.spent import is_spent, limit_processor


def _ended_in(folder: Path, work: str) -> int:
    child = os.fork()
    if child == 0:
        limit_processor(1, str(folder))
        exec(work)  # noqa: S102 - a literal of this file
        os._exit(0)
    return os.waitpid(child, 0)[1]


def test_a_process_that_spends_its_time_in_c_leaves_a_note_once(tmp_path: Path) -> None:
    assert _ended_in(tmp_path / "job", "sum(range(10**13))")
    assert is_spent(tmp_path / "job")
    assert not is_spent(tmp_path / "job")


def test_a_process_that_ends_in_time_or_otherwise_leaves_none(tmp_path: Path) -> None:
    assert _ended_in(tmp_path / "job", "sum(range(10))") == 0
    assert not is_spent(tmp_path / "job")
    assert _ended_in(tmp_path / "job", "os.kill(os.getpid(), 9)")
    assert not is_spent(tmp_path / "job")
