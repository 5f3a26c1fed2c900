"""Decides how a store in memory behaves: as the real one, by the same suite."""

import copy
import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from viva_console.domain.comment import Comment
from viva_console.domain.errors import GoneError, UnknownError
from viva_console.domain.interview import Interview
from viva_console.domain.judgement import Judgement
from viva_console.domain.rating import HumanRating, Standing, Step
from viva_console.domain.record import CHAIN_START, Actor, AuditEntry, Override, audit_entry
from viva_console.domain.recording import Document, Target, Update, UpdateKind
from viva_console.domain.run import Pile, Run
from viva_console.domain.submission import Submission
from viva_console.domain.views import GradingLine
from viva_console.domain.words import State
from viva_grader.calibration.ratings import Rating
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Question
from viva_grader.domain.rubric import Rubric


@dataclass
class Rows:
    """Everything that is committed."""

    interviews: dict[str, Interview] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    rubrics: dict[str, Rubric] = field(default_factory=dict)
    submissions: dict[str, Submission] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    grades: dict[str, Grade] = field(default_factory=dict)
    evaluations: dict[str, Evaluation] = field(default_factory=dict)
    finals: dict[str, FinalScore] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    users: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    updates: dict[tuple[str, str, int], Update] = field(default_factory=dict)
    documents: dict[tuple[str, str], Document] = field(default_factory=dict)
    steps: dict[tuple[str, str, Step], datetime] = field(default_factory=dict)
    ratings: list[HumanRating] = field(default_factory=list)
    imported: dict[str, Rating] = field(default_factory=dict)
    judgements: list[Judgement] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)


class MemoryInterviews:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, interview: Interview) -> None:
        self._rows.interviews[interview.id] = interview

    def get(self, interview_id: str, *, lock: bool = False) -> Interview:
        if interview_id not in self._rows.interviews:
            raise UnknownError("There is no such interview.", code="interview.unknown")
        return self._rows.interviews[interview_id]

    def save(self, interview: Interview) -> None:
        kept = self._rows.interviews[interview.id]
        alias = "" if interview.erased_at else kept.alias
        self._rows.interviews[interview.id] = replace(interview, alias=alias)

    def all(self) -> list[Interview]:
        rows = sorted(self._rows.interviews.values(), key=lambda one: one.id)
        return sorted(rows, key=lambda one: one.created_at, reverse=True)

    def in_states(self, *states: State) -> list[Interview]:
        rows = [one for one in self._rows.interviews.values() if one.state in states]
        return sorted(rows, key=lambda one: (one.created_at, one.id))

    def destroy_key(self, interview: Interview, at: datetime) -> None:
        self._rows.erased.add(interview.candidate_id)


class MemoryLibrary:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def remember_question(self, question: Question, at: datetime) -> None:
        self._rows.questions.setdefault(
            question.sha256,
            {
                "slug": question.slug,
                "title": question.title,
                "kind": question.kind,
                "level": question.level,
                "minutes": question.minutes,
                "rubric": question.rubric,
                "sha256": question.sha256,
                "parts": [{"name": part.name, "title": part.title} for part in question.parts],
            },
        )

    def remember_rubric(self, rubric: Rubric, at: datetime) -> None:
        self._rows.rubrics.setdefault(rubric.sha256, rubric)

    def question(self, sha256: str) -> dict[str, Any]:
        if sha256 not in self._rows.questions:
            raise UnknownError("The store holds no such question.", code="question.unknown")
        return self._rows.questions[sha256]

    def rubric(self, sha256: str) -> Rubric:
        if sha256 not in self._rows.rubrics:
            raise UnknownError("The store holds no such rubric.", code="rubric.unknown")
        return self._rows.rubrics[sha256]


class MemorySubmissions:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, submission: Submission, content: bytes | None) -> None:
        self._rows.submissions[submission.id] = submission
        if content is not None:
            self._rows.contents[submission.id] = content

    def get(self, submission_id: str) -> Submission:
        if submission_id not in self._rows.submissions:
            raise UnknownError("There is no such submission.", code="submission.unknown")
        return self._rows.submissions[submission_id]

    def of_interview(self, interview_id: str) -> list[Submission]:
        rows = [one for one in self._rows.submissions.values() if one.interview_id == interview_id]
        return sorted(rows, key=lambda one: one.question.number)

    def content(self, submission_id: str) -> bytes:
        if submission_id not in self._rows.contents:
            raise UnknownError("There is no such notebook.", code="submission.unknown")
        refuse_erased(self._rows, self._rows.submissions[submission_id].interview_id)
        return self._rows.contents[submission_id]


class MemoryRuns:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, run: Run) -> None:
        self._rows.runs[run.id] = run

    def get(self, run_id: str, *, lock: bool = False) -> Run:
        if run_id not in self._rows.runs:
            raise UnknownError("There is no such run.", code="run.unknown")
        return self._rows.runs[run_id]

    def save(self, run: Run) -> None:
        self._rows.runs[run.id] = run

    def unfinished(self) -> list[Run]:
        return [run for run in self._rows.runs.values() if not run.state.is_over]

    def pile(self) -> Pile:
        return Pile.of(Counter(run.state for run in self._rows.runs.values()))

    def latest_of_interview(self, interview_id: str) -> list[Run]:
        newest = {
            run.submission_id: run
            for run in self._rows.runs.values()
            if run.interview_id == interview_id
        }
        number = {key: one.question.number for key, one in self._rows.submissions.items()}
        return sorted(newest.values(), key=lambda run: number[run.submission_id])

    def of_interview(self, interview_id: str) -> list[Run]:
        return [run for run in self._rows.runs.values() if run.interview_id == interview_id]

    def add_grade(self, run_id: str, grade: Grade, at: datetime) -> None:
        refuse_erased(self._rows, self._rows.runs[run_id].interview_id)
        self._rows.grades.setdefault(run_id, grade)

    def grade(self, run_id: str) -> Grade | None:
        return self._rows.grades.get(run_id)

    def add_evaluation(self, run_id: str, evaluation: Evaluation, at: datetime) -> None:
        self._rows.evaluations.setdefault(run_id, evaluation)

    def evaluation(self, run_id: str) -> Evaluation | None:
        return self._rows.evaluations.get(run_id)

    def add_final(self, run_id: str, final: FinalScore, at: datetime) -> None:
        self._rows.finals.setdefault(run_id, final)

    def final(self, run_id: str) -> FinalScore | None:
        return self._rows.finals.get(run_id)

    def lines(self, interview_ids: list[str]) -> dict[str, list[GradingLine]]:
        lines: dict[str, list[GradingLine]] = {}
        for interview_id in interview_ids:
            newest = {run.submission_id: run for run in self.latest_of_interview(interview_id)}
            rows = MemorySubmissions(self._rows).of_interview(interview_id)
            if rows:
                lines[interview_id] = [self._line(one, newest.get(one.id)) for one in rows]
        return lines

    def _line(self, submission: Submission, run: Run | None) -> GradingLine:
        grade = self._rows.grades.get(run.id) if run else None
        evaluation = self._rows.evaluations.get(run.id) if run else None
        final = self._rows.finals.get(run.id) if run else None
        return GradingLine(
            question=submission.question,
            submission_id=submission.id,
            submission_sha256=submission.sha256,
            size_bytes=submission.size_bytes,
            problem=submission.problem,
            run_id=run.id if run else None,
            run_state=run.state if run else None,
            failure=run.failure if run else "",
            auto_score=grade.auto_score if grade else None,
            max_score=grade.max_score if grade else None,
            deterministic_score=grade.deterministic_score if grade else None,
            rubric_score=evaluation.rubric_score if evaluation else None,
            overall=final.overall if final else None,
            verdict=final.verdict if final else None,
            grade_sha256=grade.sha256 if grade else None,
        )


class MemoryRecord:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._waiting: list[tuple[datetime, Actor, str, str | None, dict[str, Any]]] = []

    def write(
        self,
        at: datetime,
        actor: Actor,
        action: str,
        interview_id: str | None = None,
        **data: Any,
    ) -> None:
        self._waiting.append((at, actor, action, interview_id, data))

    def flush(self) -> None:
        for at, actor, action, interview_id, data in self._waiting:
            previous = self._rows.audit[-1].sha256 if self._rows.audit else CHAIN_START
            entry = audit_entry(
                previous, at=at, actor=actor, action=action, interview_id=interview_id, data=data
            )
            self._rows.audit.append(entry)

    def of_interview(self, interview_id: str) -> list[AuditEntry]:
        return [entry for entry in self._rows.audit if entry.interview_id == interview_id]

    def all(self) -> list[AuditEntry]:
        return list(self._rows.audit)

    def add_override(self, override: Override) -> None:
        self._rows.overrides.append(override)

    def overrides(self, interview_id: str) -> list[Override]:
        return [one for one in self._rows.overrides if one.interview_id == interview_id]

    def saw_user(self, name: str, at: datetime) -> None:
        first, _ = self._rows.users.get(name, (at, at))
        self._rows.users[name] = (first, at)


class MemoryRecordings:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def targets(self, *states: State) -> list[Target]:
        return [
            Target(one.id, one.hub_user, ref.path)
            for one in MemoryInterviews(self._rows).in_states(*states)
            for ref in one.questions
        ]

    def document(self, interview_id: str, path: str) -> Document:
        if (interview_id, path) not in self._rows.documents:
            raise UnknownError("Nothing of it was recorded.", code="recording.unknown")
        return self._rows.documents[interview_id, path]

    def documents(self, interview_id: str) -> list[Document]:
        return [one for key, one in sorted(self._rows.documents.items()) if key[0] == interview_id]

    def note(self, interview_id: str, document: Document) -> None:
        self._rows.documents[interview_id, document.path] = document

    def append(self, interview_id: str, path: str, updates: list[Update]) -> None:
        for update in updates:
            assert (interview_id, path, update.seq) not in self._rows.updates
            self._rows.updates[interview_id, path, update.seq] = update

    def call(self, interview_id: str) -> None:
        self._rows.calls.append(interview_id)

    def updates(self, interview_id: str, path: str) -> list[Update]:
        mine = sorted(
            (one for key, one in self._rows.updates.items() if key[:2] == (interview_id, path)),
            key=lambda one: one.seq,
        )
        if mine:
            refuse_erased(self._rows, interview_id)
        states = [at for at, one in enumerate(mine) if one.kind is UpdateKind.STATE]
        return mine[states[-1] :] if states else []


class MemoryRatings:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def take_step(self, submission_id: str, rater: str, step: Step, at: datetime) -> None:
        self._rows.steps.setdefault((submission_id, rater, step), at)

    def standings(self, rater: str) -> dict[str, Standing]:
        mine = [key for key in self._rows.steps if key[1] == rater]
        return {
            one: Standing(frozenset(step for other, _, step in mine if other == one))
            for one, _, _ in mine
        }

    def add(self, rating: HumanRating) -> None:
        refuse_erased(self._rows, self._rows.submissions[rating.submission_id].interview_id)
        keys = {(one.submission_id, one.rater) for one in self._rows.ratings}
        assert (rating.submission_id, rating.rater) not in keys
        self._rows.ratings.append(rating)

    def of_interview(self, interview_id: str) -> list[HumanRating]:
        of = {one.id: one.interview_id for one in self._rows.submissions.values()}
        mine = [one for one in self._rows.ratings if of[one.submission_id] == interview_id]
        if mine:
            refuse_erased(self._rows, interview_id)
        return sorted(mine, key=lambda one: (one.at, one.id))

    def add_imported(self, rating: Rating, by: str, at: datetime) -> None:
        self._rows.imported.setdefault(rating.id, rating)

    def imported(self) -> list[Rating]:
        return [self._rows.imported[one] for one in sorted(self._rows.imported)]


class MemoryWords:
    """Judgements or comments, in order; what PostgreSQL seals is hashed with a salt of its own."""

    def __init__(self, rows: Rows, kept: list[Any]) -> None:
        self._rows = rows
        self._kept = kept

    def add(self, one: Any) -> str:
        refuse_erased(self._rows, one.interview_id)
        self._kept.append(one)
        return hashlib.sha256(f"sealed {len(self._kept)} {one}".encode()).hexdigest()

    def of_interview(self, interview_id: str) -> list[Any]:
        mine = [one for one in self._kept if one.interview_id == interview_id]
        if mine:
            refuse_erased(self._rows, interview_id)
        return mine


class MemoryUnit:
    def __init__(self, store: "MemoryStore") -> None:
        self._store = store
        self._claimed: set[str] = set()

    def __enter__(self) -> Self:
        self._rows = copy.copy(self._store.rows)
        for name, value in vars(self._rows).items():
            setattr(self._rows, name, copy.copy(value))
        self.interviews = MemoryInterviews(self._rows)
        self.library = MemoryLibrary(self._rows)
        self.submissions = MemorySubmissions(self._rows)
        self.runs = MemoryRuns(self._rows)
        self.record = MemoryRecord(self._rows)
        self.recordings = MemoryRecordings(self._rows)
        self.ratings = MemoryRatings(self._rows)
        self.judgements = MemoryWords(self._rows, self._rows.judgements)
        self.comments = MemoryWords(self._rows, self._rows.comments)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._store.claimed -= self._claimed

    def claim(self, name: str) -> bool:
        if name in self._store.claimed:
            return name in self._claimed
        self._store.claimed.add(name)
        self._claimed.add(name)
        return True

    def commit(self) -> None:
        self.record.flush()
        self._store.rows = self._rows
        self._store.claimed -= self._claimed


class MemoryStore:
    """A store that forgets at the end of the process."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.claimed: set[str] = set()

    def unit(self) -> MemoryUnit:
        return MemoryUnit(self)

    def calls(self, within_s: float) -> frozenset[str]:
        """Whoever calls does so in this very process: there is nothing to wait for."""
        heard, self.rows.calls = frozenset(self.rows.calls), []
        return heard

    def check_key(self) -> None:
        """Whatever is in memory needs no key."""

    def close(self) -> None:
        self.claimed.clear()


def refuse_erased(rows: Rows, interview_id: str) -> None:
    """Behave as a destroyed key does."""
    if rows.interviews[interview_id].candidate_id in rows.erased:
        raise GoneError("This candidate was erased.", code="candidate.erased")
