"""Decides when the grader's library is loaded: on first use, once, since that takes seconds."""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Protocol

from viva_grader.domain.evaluation import Evaluation, Spent
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Question
from viva_grader.domain.rubric import Rubric


class Loaded(Protocol):
    """What ``viva_grader.bootstrap.build_grader`` gives."""

    def questions(self) -> list[Question]:
        """Give every question."""
        ...

    def question(self, slug: str, /) -> Question:
        """Give one question."""
        ...

    def rubric(self, name: str, /) -> Rubric:
        """Give a rubric."""
        ...

    def release(self, question: Question, /) -> bytes:
        """Make the candidate's notebook."""
        ...

    def grade(self, submission: bytes, question: Question, /) -> Grade:
        """Run the tests."""
        ...

    def evaluate(
        self,
        submission: bytes,
        question: Question,
        grade: Grade,
        known_names: Sequence[str] = (),
        already: Spent | None = None,
        /,
    ) -> Evaluation:
        """Score by the rubric."""
        ...

    def fuse(self, grade: Grade, evaluation: Evaluation, rubric: Rubric, /) -> FinalScore:
        """Put the shares together."""
        ...


class LazyGrader:
    """The grader's library behind its port, safe to use from several threads.

    Parameters
    ----------
    load : callable
        Makes the grader; what it starts is to end with the stack that it is given.
    scores_rubrics : bool
        Whether a language model is configured: known without loading.
    """

    def __init__(self, load: Callable[[ExitStack], Loaded], *, scores_rubrics: bool) -> None:
        self._load = load
        self._lock = threading.RLock()
        self._stack = ExitStack()
        self._grader: Loaded | None = None
        self._released: dict[str, bytes] = {}
        self._scores_rubrics = scores_rubrics

    @property
    def scores_rubrics(self) -> bool:
        """Whether a language model is configured."""
        return self._scores_rubrics

    def questions(self) -> list[Question]:
        """Give every question, by slug."""
        with self._lock:
            return sorted(self._loaded().questions(), key=lambda question: question.slug)

    def question(self, slug: str) -> Question:
        """Give one question."""
        with self._lock:
            return self._loaded().question(slug)

    def rubric(self, name: str) -> Rubric:
        """Give a rubric."""
        with self._lock:
            return self._loaded().rubric(name)

    def release(self, question: Question) -> bytes:
        """Make the candidate's notebook, once per hash."""
        with self._lock:
            if question.sha256 not in self._released:
                self._released[question.sha256] = self._loaded().release(question)
            return self._released[question.sha256]

    def grade(self, submission: bytes, question: Question) -> Grade:
        """Run the tests."""
        return self._loaded().grade(submission, question)

    def evaluate(
        self,
        submission: bytes,
        question: Question,
        grade: Grade,
        known_names: Sequence[str] = (),
        already: Spent | None = None,
    ) -> Evaluation:
        """Score by the rubric."""
        return self._loaded().evaluate(submission, question, grade, known_names, already)

    def fuse(self, grade: Grade, evaluation: Evaluation, rubric: Rubric) -> FinalScore:
        """Put the shares together."""
        return self._loaded().fuse(grade, evaluation, rubric)

    def warm_up(self) -> None:
        """Load the library and make every release."""
        for question in self.questions():
            self.release(question)

    def close(self) -> None:
        """End what was started for it."""
        with self._lock:
            self._grader = None
            self._stack.close()

    def _loaded(self) -> Loaded:
        with self._lock:
            if self._grader is None:
                self._grader = self._load(self._stack)
            return self._grader
