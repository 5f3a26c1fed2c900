"""Decides whether a test that holds says too little: what it finds in the author's answer tells.

Where it looked through something of the author's and through nothing here, it found no fault
because there was nothing to find it in. Where an object of the submission's answers it, or what it
expects was made by the submission, it was not the test that judged. The author's answer is tried
only where one of these may be so, and aside.
"""

import contextlib
import random
import sys
import types
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from viva_grader.callee.clock import Clock
from viva_grader.callee.session import Session
from viva_grader.checks.aside import tried
from viva_grader.checks.quiet import quietly
from viva_grader.checks.trusted_cell import run_leniently, run_trusted
from viva_grader.checks.verdicts import TestVerdict
from viva_grader.checks.watch import Counts, Pairs, Watch, found_less, found_other
from viva_grader.checks.watched import NAME
from viva_grader.checks.work import Work
from viva_grader.domain.grade import Json, Status
from viva_grader.library.notebook_rebuild import Step, StepKind

SAID = "It holds over nothing: where the author's answer gives something, this one gives nothing"
CHANGED = "It compares the answer with what the submission made of the test's own argument"
JUDGES = (
    "An object of the submission's own answers the test where the author's answer is plain data"
)
_WALL_S = 60.0

Seen = tuple[Counts, Counts, Pairs]
"""What a watch noted: what was looked through, of whom was asked, what was compared."""


@dataclass(slots=True)
class Doubt:
    """Watches the tests of one submission.

    Attributes
    ----------
    steps : sequence of Step
        The submission's, with the tests.
    reference : sequence of Step
        The author's own notebook without the tests.
    files : dict of str to str
        The question's, by relative path, as base64.
    total_s : float
        What the author's notebook may take, in seconds of work.
    """

    steps: Sequence[Step]
    reference: Sequence[Step]
    files: dict[str, str]
    total_s: float
    _watch: Watch = field(default_factory=Watch)
    _dice: tuple[Any, Any] | None = None

    @classmethod
    def of(cls, work: Work, namespace: dict[str, Any]) -> Self:
        """Watch a submission's tests in their namespace."""
        made = cls(work.steps, work.asked.reference, work.files, work.total_s)
        namespace[NAME] = made._watch
        return made

    def begin(self, session: Session) -> None:
        """Begin a test."""
        self._watch.changed = lambda: session.changed
        self._watch.clear()
        self._dice = random.getstate(), np.random.get_state()

    def second_look(self, cell: str, verdict: TestVerdict, clock: Clock) -> TestVerdict:
        """Give the verdict that a test's own becomes: another one if it says too little.

        An object of the submission's that is asked where the author gives data judges itself, and
        may earn no part of the points, nor what is compared with an argument that it changed; what
        holds over nothing is doubted where all are earned.
        """
        if not verdict.points or not self._is_doubtful(verdict):
            return verdict
        with clock.aside():
            authors = self._tried(cell)
            other = None if authors is None else self._other(cell, verdict, authors)
            # a test that draws by chance finds another thing each time: it tells nothing
            settled = other is None or self._tried(cell) == authors
        return other if other is not None and settled else verdict

    def _is_doubtful(self, verdict: TestVerdict) -> bool:
        """Whether anything was noted that the author's answer could show in another light."""
        watch = self._watch
        whole = watch.counts if verdict.status is Status.PASS else {}
        noted = any(second for _, second in (*watch.asked_of.values(), *whole.values()))
        return noted or bool(watch.pairs)

    def _other(self, cell: str, verdict: TestVerdict, authors: Seen) -> TestVerdict | None:
        counts, asked_of, pairs = authors
        if place := found_less(self._watch.asked_of, asked_of):
            facts = _facts(cell, place, JUDGES)
            if place in self._watch.strangers:
                return TestVerdict(Status.UNSUPPORTED, None, JUDGES, (), facts)
            return TestVerdict(Status.CANDIDATE_ERROR, 0.0, JUDGES, (), facts)
        if place := found_other(self._watch.pairs, pairs):
            return TestVerdict(Status.FAIL, 0.0, CHANGED, (), _facts(cell, place, CHANGED))
        place = found_less(self._watch.counts, counts) if verdict.status is Status.PASS else None
        if place is None:
            return None
        return TestVerdict(Status.FAIL, 0.0, SAID, (), _facts(cell, place, SAID))

    def _tried(self, cell: str) -> Seen | None:
        found = tried(lambda: self._authors(cell), self.total_s, _WALL_S + 10 * self.total_s)
        return None if found is None else tuple(found)

    def _authors(self, cell: str) -> Seen:
        """Run the author's notebook from the top down to a test, and count what that looks through.

        Raises
        ------
        Exception
            Whatever ends it: then nothing is known.
        """
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        namespace, watch = module.__dict__, Watch()
        namespace[NAME] = watch
        for name, data in self.files.items():
            path = Path.cwd() / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b64decode(data))
        answers = {step.cell: step.source for step in self.reference}
        with quietly():
            for step in self.steps:
                if step.cell == cell:
                    return self._counted(step, namespace, watch)
                if step.kind is StepKind.TESTS:
                    with contextlib.suppress(Exception):
                        run_trusted(step.source, step.cell, namespace)
                elif step.kind is not StepKind.HELPER:
                    source = answers.get(step.cell, step.source)
                    run_leniently(source, step.cell, namespace, watch=True)
        raise LookupError(cell)

    def _counted(self, step: Step, namespace: dict[str, Any], watch: Watch) -> Seen:
        watch.clear()
        if self._dice is not None:
            random.setstate(self._dice[0])
            np.random.set_state(self._dice[1])
        run_trusted(step.source, step.cell, namespace)
        return watch.counts, watch.asked_of, watch.pairs


def _facts(cell: str, place: str, said: str) -> dict[str, Json]:
    at, line, _ = place.rsplit(":", 2)
    return {"error": "", "message": said, "line": int(line) if at == cell else None}
