"""Decides what the store keeps of interviews: states, answers, runs, recordings, the record."""

from datetime import datetime
from typing import Any, Protocol

from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Question
from viva_grader.domain.rubric import Rubric

from viva_console.domain.interview import Interview
from viva_console.domain.record import Actor, AuditEntry, Override
from viva_console.domain.recording import Document, Target, Update
from viva_console.domain.run import Pile, Run
from viva_console.domain.submission import Submission
from viva_console.domain.views import GradingLine
from viva_console.domain.words import State


class Interviews(Protocol):
    """Interviews by id; their alias is sealed under the candidate's key."""

    def add(self, interview: Interview) -> None:
        """Keep a new interview, with a new key for its candidate."""
        ...

    def get(self, interview_id: str, *, lock: bool = False) -> Interview:
        """Load one; ``lock`` keeps others from locking it until the unit ends.

        Raises
        ------
        UnknownError
            When there is none.
        """
        ...

    def save(self, interview: Interview) -> None:
        """Write its state; id, candidate, questions and creation never change."""
        ...

    def all(self) -> list[Interview]:
        """Give every interview, newest first."""
        ...

    def in_states(self, *states: State) -> list[Interview]:
        """Give those in one of the states, oldest first."""
        ...

    def destroy_key(self, interview: Interview, at: datetime) -> None:
        """Destroy the candidate's key: what was sealed under it is gone."""
        ...


class Library(Protocol):
    """What interviews used of the grader's library, by hash."""

    def remember_question(self, question: Question, at: datetime) -> None:
        """Mirror a question, and snapshot its parts once per hash."""
        ...

    def remember_rubric(self, rubric: Rubric, at: datetime) -> None:
        """Mirror a rubric once per hash."""
        ...

    def question(self, sha256: str) -> dict[str, Any]:
        """Give a mirrored question's document: slug, title, kind, level, minutes, parts.

        Raises
        ------
        UnknownError
            When none was mirrored.
        """
        ...

    def rubric(self, sha256: str) -> Rubric:
        """Give a mirrored rubric.

        Raises
        ------
        UnknownError
            When none was mirrored.
        """
        ...


class Submissions(Protocol):
    """Frozen answers, written once."""

    def add(self, submission: Submission, content: bytes | None) -> None:
        """Keep a submission and seal its bytes."""
        ...

    def get(self, submission_id: str) -> Submission:
        """Load one.

        Raises
        ------
        UnknownError
            When there is none.
        """
        ...

    def of_interview(self, interview_id: str) -> list[Submission]:
        """Give an interview's submissions in the order of its questions."""
        ...

    def content(self, submission_id: str) -> bytes:
        """Unseal the bytes.

        Raises
        ------
        UnknownError
            When nothing was collected.
        GoneError
            When the candidate was erased.
        """
        ...


class Runs(Protocol):
    """Gradings of submissions, and what each stage of them left: at most one of each per run."""

    def add(self, run: Run) -> None:
        """Keep a new run."""
        ...

    def get(self, run_id: str, *, lock: bool = False) -> Run:
        """Load one.

        Raises
        ------
        UnknownError
            When there is none.
        """
        ...

    def save(self, run: Run) -> None:
        """Write its state, attempts and failure."""
        ...

    def unfinished(self) -> list[Run]:
        """Give those that are not over, oldest first."""
        ...

    def pile(self) -> Pile:
        """Count all runs by how far they have come."""
        ...

    def latest_of_interview(self, interview_id: str) -> list[Run]:
        """Give the newest run of each submission, in the order of the questions."""
        ...

    def of_interview(self, interview_id: str) -> list[Run]:
        """Give all runs of an interview, oldest first."""
        ...

    def add_grade(self, run_id: str, grade: Grade, at: datetime) -> None:
        """Keep what the tests said; a second one for the run is dropped."""
        ...

    def grade(self, run_id: str) -> Grade | None:
        """Give what the tests said, if they were run."""
        ...

    def add_evaluation(self, run_id: str, evaluation: Evaluation, at: datetime) -> None:
        """Keep the rubric's scores, prompt and response; a second one for the run is dropped."""
        ...

    def evaluation(self, run_id: str) -> Evaluation | None:
        """Give the rubric's scores, if they were asked for."""
        ...

    def add_final(self, run_id: str, final: FinalScore, at: datetime) -> None:
        """Keep the final score; a second one for the run is dropped."""
        ...

    def final(self, run_id: str) -> FinalScore | None:
        """Give the final score, if there is one."""
        ...

    def lines(self, interview_ids: list[str]) -> dict[str, list[GradingLine]]:
        """Give, per interview, a line per question with the scores of its newest run."""
        ...


class Record(Protocol):
    """What is written once and never changed: who did what, and what people decided."""

    def write(
        self,
        at: datetime,
        actor: Actor,
        action: str,
        interview_id: str | None = None,
        **data: Any,
    ) -> None:
        """Add an entry to the audit's chain."""
        ...

    def of_interview(self, interview_id: str) -> list[AuditEntry]:
        """Give an interview's entries, oldest first."""
        ...

    def all(self) -> list[AuditEntry]:
        """Give the whole chain, oldest first."""
        ...

    def add_override(self, override: Override) -> None:
        """Keep a person's decision."""
        ...

    def overrides(self, interview_id: str) -> list[Override]:
        """Give an interview's decisions, oldest first."""
        ...

    def saw_user(self, name: str, at: datetime) -> None:
        """Note that a staff user was here."""
        ...


class Recordings(Protocol):
    """What happened in notebooks: updates that are written once, and how far each has come."""

    def targets(self, *states: State) -> list[Target]:
        """Give the notebooks of the interviews in one of the states."""
        ...

    def document(self, interview_id: str, path: str) -> Document:
        """Say how far a notebook's recording has come.

        Raises
        ------
        UnknownError
            When it has not begun.
        """
        ...

    def documents(self, interview_id: str) -> list[Document]:
        """Say it of all notebooks of an interview, by path."""
        ...

    def note(self, interview_id: str, document: Document) -> None:
        """Write how far it has come."""
        ...

    def append(self, interview_id: str, path: str, updates: list[Update]) -> None:
        """Keep updates; their numbers must be free."""
        ...

    def call(self, interview_id: str) -> None:
        """Ask the recorder to look at an interview's notebooks, as soon as the unit commits."""
        ...

    def updates(self, interview_id: str, path: str) -> list[Update]:
        """Give what makes the notebook as it is now: the last state, and what came after it.

        Raises
        ------
        GoneError
            When the candidate was erased.
        """
        ...
