"""Decides what the console asks of the grader's library."""

from collections.abc import Sequence
from typing import Protocol

from viva_grader.domain.evaluation import Evaluation, Spent
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Question
from viva_grader.domain.rubric import Rubric


class GradingLibrary(Protocol):
    """Questions, and what can be said of a submission to one. Its calls may block for minutes."""

    @property
    def scores_rubrics(self) -> bool:
        """Whether a language model is configured."""
        ...

    def questions(self) -> list[Question]:
        """Give every question, by slug."""
        ...

    def question(self, slug: str) -> Question:
        """Give one question.

        Raises
        ------
        VivaError
            When there is none, or it breaks its format.
        """
        ...

    def rubric(self, name: str) -> Rubric:
        """Give the rubric ``slug/version``."""
        ...

    def release(self, question: Question) -> bytes:
        """Make the candidate's notebook: no solution, no hidden test."""
        ...

    def grade(self, submission: bytes, question: Question) -> Grade:
        """Run the tests.

        Raises
        ------
        BadSubmissionError
            When it cannot be read as an answer to the question.
        """
        ...

    def evaluate(
        self,
        submission: bytes,
        question: Question,
        grade: Grade,
        known_names: Sequence[str] = (),
        already: Spent | None = None,
    ) -> Evaluation:
        """Score by the rubric; without a model the status is ``unscored``.

        The model reads the submission without the candidate's ``known_names``; ``already`` is what
        its interview spent before.
        """
        ...

    def fuse(self, grade: Grade, evaluation: Evaluation, rubric: Rubric) -> FinalScore:
        """Put the shares together."""
        ...

    def warm_up(self) -> None:
        """Load the library and make every release now, so that nobody waits for it later."""
        ...

    def close(self) -> None:
        """End what was started for it: sandboxes, databases."""
        ...
