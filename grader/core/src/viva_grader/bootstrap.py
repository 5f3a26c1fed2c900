"""Decides which concrete class stands behind each port: the only place that chooses."""

import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from viva_grader.checks.bench import Bench
from viva_grader.checks.inspector import ProcessInspector
from viva_grader.databases.lazy import LazyDatabases
from viva_grader.domain.evaluation import Evaluation, Spent
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.fixture import Fixture
from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Question
from viva_grader.domain.rubric import Rubric
from viva_grader.flow.environment import database_environment, grader_environment
from viva_grader.flow.grade import Checks, grade_submission
from viva_grader.flow.query import FixtureQueries
from viva_grader.library.release import release
from viva_grader.library.rubrics import load_rubric
from viva_grader.library.shelf import Shelf
from viva_grader.model.port import Judges
from viva_grader.rubric.evaluate import evaluate
from viva_grader.rubric.protocol import Protocol
from viva_grader.rubric.replay import replay
from viva_grader.sandbox.bubblewrap import Bubblewrap
from viva_grader.sandbox.docker import DockerSandbox
from viva_grader.sandbox.port import Sandbox
from viva_grader.score.fusion import fuse
from viva_grader.settings import GraderSettings

__all__ = ["Grader", "GraderSettings", "build_grader"]


class Grader:
    """The grader as a library; sandbox, judging process and databases start when first needed.

    Several threads may share one: as many submissions are judged at a time as settings say.
    """

    def __init__(
        self,
        settings: GraderSettings,
        *,
        sandbox: Sandbox,
        databases: LazyDatabases,
        model: Callable[[], Judges | None],
        protocol: Protocol | None = None,
    ) -> None:
        self._shelf = Shelf(settings.library_root)
        self._sandbox = sandbox
        self._databases = databases
        self._bench = Bench(sandbox)
        self._inspector = ProcessInspector()
        self._model = cache(model)
        self._protocol = protocol or Protocol()
        self._parallel = settings.judge_parallel
        self._fixtures: dict[str, Fixture] = {}
        self._rubrics: dict[str, Rubric] = {}
        self._jobs = threading.BoundedSemaphore(settings.parallel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process that was started."""
        self._bench.close()
        self._inspector.close()
        self._sandbox.close()
        self._databases.close()

    def start(self) -> None:
        """Begin to start what grading needs, without waiting for it."""
        self._sandbox.start()
        self._bench.start()
        self._inspector.start()

    def questions(self) -> list[Question]:
        """Load every question of the library, by slug."""
        return [self._shelf.question(slug) for slug in self._shelf.slugs()]

    def question(self, slug_or_path: str | Path) -> Question:
        """Load a question by its slug, or by the path of its folder or of a source notebook.

        Raises
        ------
        BadQuestionError
            If there is no such question or it breaks its format.
        """
        return self._shelf.question(slug_or_path)

    def rubric(self, name: str) -> Rubric:
        """Load a locked rubric ``slug/version``."""
        if name not in self._rubrics:
            self._rubrics[name] = load_rubric(self._shelf.rubrics_folder, name)
        return self._rubrics[name]

    def rubric_of(self, question: Question) -> Rubric:
        """Load the rubric that a question names, or the default one."""
        return self.rubric(question.scored_by)

    def release(self, question: Question) -> bytes:
        """Make the candidate's notebook; the same bytes for the same question."""
        return release(question)

    def grade(self, submission: bytes, question: Question, *, measured: bool = True) -> Grade:
        """Grade a submission; a part that our own side could not judge ends as ``infra_error``.

        Parameters
        ----------
        measured : bool
            Whether the shares beside correctness are measured too.

        Raises
        ------
        BadSubmissionError
            If it cannot be read as an answer to the question.
        SandboxUnavailableError
            If this machine cannot run submissions.
        """
        with self._jobs:
            return grade_submission(submission, question, self._checks(question, measured=measured))

    def evaluate(
        self,
        submission: bytes,
        question: Question,
        grade: Grade,
        known_names: Sequence[str] = (),
        already: Spent | None = None,
    ) -> Evaluation:
        """Score by the rubric what tests cannot; without a model the status is ``unscored``.

        ``submission`` is the notebook that ``grade`` speaks of; the model reads the grade's cells,
        without the candidate's ``known_names``. ``already`` is what its interview spent before.
        """
        del submission
        rubric = self.rubric_of(question)
        return evaluate(
            question,
            grade,
            rubric,
            self._model(),
            known_names=known_names,
            protocol=self._protocol,
            already=already,
            parallel=self._parallel,
        )

    def replay(self, evaluation: Evaluation) -> Evaluation:
        """Compute a stored scoring again from its raw answers, by the rubric that it names."""
        return replay(evaluation, self.rubric(evaluation.rubric))

    def fuse(self, grade: Grade, evaluation: Evaluation, rubric: Rubric) -> FinalScore:
        """Put the shares together."""
        return fuse(grade, evaluation, rubric)

    def _fixture(self, slug: str) -> Fixture:
        if slug not in self._fixtures:
            self._fixtures[slug] = self._shelf.fixture(slug)
        return self._fixtures[slug]

    def _checks(self, question: Question, *, measured: bool) -> Checks:
        rubric = self.rubric_of(question)
        own = grader_environment() | {"rubric": f"{rubric.name} {rubric.sha256}"}
        if not measured:
            own |= {"measured": "tests alone"}
        if question.fixture is not None:
            own |= database_environment()
        return Checks(
            tests=self._bench,
            queries=FixtureQueries(self._databases, self._fixture),
            environment=self._sandbox.describe() | own,
            weights=rubric.deterministic,
            measured=measured,
            inspector=self._inspector,
            quality=rubric.quality,
            penalties=rubric.penalties,
        )


def build_grader(settings: GraderSettings | None = None, *, judges: Judges | None = None) -> Grader:
    """Choose adapters by settings; a context manager that ends what it started.

    Parameters
    ----------
    judges : Judges, optional
        Models to ask instead of those that settings name.
    """
    chosen = settings or GraderSettings()
    sandbox: Sandbox
    if chosen.sandbox == "docker":
        sandbox = DockerSandbox(chosen.sandbox_image)
    else:
        sandbox = Bubblewrap(chosen.python)

    def model() -> Judges | None:
        if judges is not None:
            return judges
        # openai takes a second to import: only those who configured a model pay for it.
        if not (chosen.model_name or chosen.model_tasks):
            return None
        from viva_grader.model.tasks import judges_of

        return judges_of(chosen)

    protocol = Protocol(
        samples=chosen.judge_samples,
        adversary=chosen.judge_adversary,
        reconciler=chosen.judge_reconciler,
        twin=chosen.judge_twin,
        least_confidence=chosen.judge_least_confidence,
        budget_tokens=chosen.judge_budget_tokens,
        budget_cost=chosen.judge_budget_cost,
    )
    return Grader(
        chosen,
        sandbox=sandbox,
        databases=LazyDatabases(chosen.home),
        model=model,
        protocol=protocol,
    )
