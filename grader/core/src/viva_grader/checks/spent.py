"""Decides whether the process that judges ended because an answer used up even the test's time.

An answer can make a test take for ever inside C, as ``sum(f())`` does of a long range: no handler
of Python's runs then. The kernel ends the process, and a handler in C leaves a note before.
"""

import faulthandler
import resource
import signal
from pathlib import Path

from viva_grader.checks.verdicts import TestVerdict
from viva_grader.checks.work import Work
from viva_grader.domain.grade import Status
from viva_grader.domain.outcome import Measure

_MARGIN_S = 5
"""Between the note and the end that nothing can put off."""
SPENT = "The submission used up its time (limit total_s)"
UNMEASURED = Measure(0.0, "not measured: it used up its time (limit total_s)")


def limit_processor(cpu_s: int, folder: str) -> None:
    """Let this process end after so many seconds of processor time, with a note."""
    note = _note(Path(folder)).open("wb", buffering=0)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + _MARGIN_S))
    faulthandler.register(signal.SIGXCPU, file=note, all_threads=False, chain=True)


def is_spent(folder: Path) -> bool:
    """Whether the process that judged in a folder has left the note; it is taken away."""
    note = _note(folder)
    try:
        return note.stat().st_size > 0
    except FileNotFoundError:
        return False
    finally:
        note.unlink(missing_ok=True)


def undecided(work: Work, verdicts: dict[str, TestVerdict]) -> dict[str, TestVerdict]:
    """Give a verdict to each part that has none, the one that took the time among them."""
    late = TestVerdict(Status.TIMEOUT, 0.0, SPENT)
    return {part: late for part in work.points if part not in verdicts}


def _note(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.spent")
