"""Decides what stands in for the console's neighbours: clock, ids, hub, queue, grader."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from viva_console.domain.errors import UnavailableError
from viva_console.domain.recording import Update
from viva_console.domain.room import Server
from viva_console.domain.run import RunState
from viva_console.flow.console import Console
from viva_console.hub.port import (
    Database,
    DocumentDoor,
    FileMissingError,
    FileTooLargeError,
    RoomFile,
    ServerOptions,
)
from viva_console.settings import ConsoleSettings
from viva_console.signing import Signer
from viva_console.store.port import Store
from viva_grader.domain.errors import BadQuestionError, BadSubmissionError
from viva_grader.domain.evaluation import DimensionScore, Evaluation, Spent
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Evidence, Grade, GradeStatus, Item, Status
from viva_grader.domain.question import Part, PartKind, Question
from viva_grader.domain.rubric import Dimension, Rubric, Share

from tests.fakes.console_store import MemoryStore

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


class CountingIds:
    """Names in order."""

    def __init__(self) -> None:
        self.count = 0

    def new(self) -> str:
        self.count += 1
        return f"id{self.count:024d}"

    def hub_user(self) -> str:
        self.count += 1
        return f"c-{self.count:012d}"


@dataclass
class FakeRoom:
    """One candidate's server."""

    server: Server = Server.ABSENT
    options: ServerOptions | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    since: datetime = START
    database: Database | None = None


class FakeHub:
    """A hub whose servers are ready when they are told to be.

    ``silent`` makes every call fail as a hub that is down; ``broken`` lets starts fail as a spawner
    does: the server is absent again. ``console_away`` is a console, or a proxy, that is down.
    ``without`` are databases that do not come up.
    """

    def __init__(self, *, ready_at_once: bool = True) -> None:
        self.rooms: dict[str, FakeRoom] = {}
        self.ready_at_once = ready_at_once
        self.silent = False
        self.broken = False
        self.console_away = False
        self.without: set[Database] = set()
        self.saved_at: datetime | None = None
        self.starts = 0
        self.looks = 0
        self.now: Callable[[], datetime] = lambda: START

    def console_answers(self) -> bool:
        return not self.console_away

    def start_server(self, user: str, options: ServerOptions) -> None:
        self._answer()
        room = self.rooms.setdefault(user, FakeRoom())
        if room.server is not Server.ABSENT:
            return
        self.starts += 1
        if self.broken:
            return
        room.options = options
        room.since = self.now()
        room.server = Server.READY if self.ready_at_once else Server.STARTING

    def server(self, user: str) -> Server:
        self._answer()
        return self.rooms[user].server if user in self.rooms else Server.ABSENT

    def running(self) -> dict[str, datetime]:
        self._answer()
        return {
            user: room.since
            for user, room in self.rooms.items()
            if room.server is not Server.ABSENT
        }

    def stop_server(self, user: str) -> None:
        self._answer()
        if user in self.rooms:
            self.rooms[user].server = Server.ABSENT

    def delete_user(self, user: str) -> None:
        self._answer()
        self.rooms.pop(user, None)

    def show_database(self, user: str, which: Database) -> None:
        room = self._ready(user)
        if which in self.without:
            raise UnavailableError(f"The hub or the room would not show the {which} database.")
        room.database = which

    def read_file(self, user: str, path: str, max_bytes: int) -> RoomFile:
        files = self._ready(user).files
        if path not in files:
            raise FileMissingError(path)
        if len(files[path]) > max_bytes:
            raise FileTooLargeError(path)
        return RoomFile(files[path], self.saved_at)

    def has_file(self, user: str, path: str) -> bool:
        self.looks += 1
        return path in self._ready(user).files

    def place_file(self, user: str, path: str, content: bytes) -> bool:
        files = self._ready(user).files
        if path in files:
            return False
        files[path] = content
        return True

    def document_door(self, user: str, path: str) -> DocumentDoor:
        if path not in self._ready(user).files:
            raise FileMissingError(path)
        return DocumentDoor(f"ws://room/{user}/{path}", SecretStr(f"pass-of-{user}"))

    def close(self) -> None:
        self.silent = True

    def _answer(self) -> None:
        if self.silent:
            raise UnavailableError("The hub or the room does not answer.")

    def _ready(self, user: str) -> FakeRoom:
        self._answer()
        room = self.rooms.get(user)
        if room is None or room.server is not Server.READY:
            raise UnavailableError("The hub or the room does not answer.")
        return room


class FakeQueue:
    """Jobs in lists; asking twice for what waits already changes nothing."""

    def __init__(self) -> None:
        self.grades: list[str] = []
        self.rooms: dict[str, int] = {}

    def grade(self, run_id: str, *, delay_s: int = 0) -> None:
        if run_id not in self.grades:
            self.grades.append(run_id)

    def end_room(self, interview_id: str, *, delay_s: int = 0) -> None:
        self.rooms.setdefault(interview_id, delay_s)

    def runs_in_hand(self) -> set[str]:
        return set(self.grades)

    def close(self) -> None:
        self.grades.clear()


class FakeReplay:
    """A notebook is its last update."""

    def notebook(self, updates: Iterable[Update]) -> bytes | None:
        return [update.content for update in updates][-1]


class Pauses:
    """Waiting takes no time; meanwhile happens what a test says."""

    def __init__(self) -> None:
        self.count = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self, seconds: float) -> None:
        self.count += 1
        self.meanwhile()


def sample_rubric() -> Rubric:
    """One dimension by tests, one by a model."""
    anchors = {level: f"level {level}" for level in range(1, 6)}
    return Rubric(
        slug="sample",
        version="1",
        title="Sample",
        dimensions=(
            Dimension("correctness", "Correctness", "Right?", Share.DETERMINISTIC, 1.0, anchors),
            Dimension("clarity", "Clarity", "Clear?", Share.RUBRIC, 1.0, anchors),
        ),
        weights={Share.DETERMINISTIC: 0.45, Share.RUBRIC: 0.45, Share.COMMUNICATION: 0.1},
        deterministic={"correctness": 70.0, "performance": 15.0, "quality": 10.0},
        verdicts=(("Strong Hire", 85.0), ("Needs Improvement", 0.0)),
        sha256="ab" * 32,
    )


def sample_question(slug: str = "top_customers", *, fixture: str | None = "shop") -> Question:
    """Two parts: one by tests, one written."""
    return Question(
        slug=slug,
        title=slug.replace("_", " ").capitalize(),
        kind="python",
        level="senior",
        skills=("pandas",),
        minutes=20,
        brief=f"Solve **{slug}**.",
        parts=(
            Part("part_a", PartKind.TESTS, 4.0, "Part A", ("solution_a",)),
            Part("part_b", PartKind.WRITTEN, 2.0, "Part B"),
        ),
        source=b"{}",
        sha256=hashlib.sha256(slug.encode()).hexdigest(),
        fixture=fixture,
        rubric="sample/1",
    )


MODEL_WORDS = "what only the model says"


class FakeGrader:
    """A grader whose points are the number of ``+`` in the notebook, 4 at most.

    ``level`` is what its model gives for clarity; None, as without a model, is unscored.
    ``trouble`` is raised by the next gradings; a notebook that says ``infra`` ends so once.
    """

    def __init__(self, *slugs: str) -> None:
        names = slugs or ("late_orders", "top_customers")
        self._questions = {slug: sample_question(slug) for slug in names}
        self.trouble: Exception | None = None
        self.calls: list[str] = []
        self.names_taken_out: list[str] = []
        self.spent_before: list[Spent] = []
        self.record: dict[str, object] = {}
        self.scores_rubrics = False
        self.level: int | None = None

    def questions(self) -> list[Question]:
        return [self._questions[slug] for slug in sorted(self._questions)]

    def question(self, slug: str) -> Question:
        if slug not in self._questions:
            raise BadQuestionError(f"There is no question {slug}.")
        return self._questions[slug]

    def change_question(self, slug: str) -> None:
        """Behave as if the author had edited it."""
        changed = hashlib.sha256(self._questions[slug].sha256.encode()).hexdigest()
        self._questions[slug] = replace(self._questions[slug], sha256=changed)

    def score_by(self, slug: str, rubric: str) -> None:
        """Behave as if its author had named another rubric."""
        self._questions[slug] = replace(self._questions[slug], rubric=rubric)

    def rubric(self, name: str) -> Rubric:
        assert name == sample_rubric().name
        return sample_rubric()

    def release(self, question: Question) -> bytes:
        return f'{{"release": "{question.slug}"}}'.encode()

    def grade(self, submission: bytes, question: Question) -> Grade:
        self.calls.append("grade")
        if self.trouble is not None:
            raise self.trouble
        if submission == b"broken":
            raise BadSubmissionError("This is no notebook.")
        points = min(4.0, float(submission.count(b"+")))
        status = Status.PASS if points == 4 else Status.FAIL
        if submission == b"infra":
            status, points = Status.INFRA_ERROR, None
        return Grade(
            status=GradeStatus.GRADED if points is not None else GradeStatus.INCOMPLETE,
            submission_sha256=hashlib.sha256(submission).hexdigest(),
            question=question.slug,
            question_sha256=question.sha256,
            items=(
                Item("part_a", "tests", status, points, 4.0, "as counted", (), ("F001",)),
                Item("part_b", "written", Status.UNSCORED, None, 2.0, "for a person"),
            ),
            evidence=(Evidence("F001", "test", "part_a", {"found": submission.count(b"+")}),),
            auto_score=points,
            max_score=4.0,
            deterministic_score=None if points is None else points * 25,
            environment={"grader": "fake"},
            cells=({"cell": "solution_a", "type": "code", "source": "x = 1"},),
        )

    def evaluate(
        self,
        submission: bytes,
        question: Question,
        grade: Grade,
        known_names: Sequence[str] = (),
        already: Spent | None = None,
    ) -> Evaluation:
        self.calls.append("evaluate")
        self.names_taken_out += known_names
        self.spent_before.append(already or Spent())
        if self.level is not None:
            return Evaluation(
                rubric="sample/1",
                rubric_sha256=sample_rubric().sha256,
                status="scored",
                dimensions=(DimensionScore("clarity", self.level, MODEL_WORDS, confidence=0.9),),
                rubric_score=37.5,
                communication_score=None,
                record={"model_asked": "m", "response": {"model_answered": "m-1"}},
            )
        return Evaluation(
            rubric="sample/1",
            rubric_sha256=sample_rubric().sha256,
            status="unscored",
            dimensions=(DimensionScore("clarity", None, "", reason="No model is configured."),),
            rubric_score=None,
            communication_score=None,
            reason="No model is configured.",
            record=self.record,
        )

    def fuse(self, grade: Grade, evaluation: Evaluation, rubric: Rubric) -> FinalScore:
        self.calls.append("fuse")
        if evaluation.rubric_score is not None:
            rule = "At least 0."
            sure = {"deterministic": 1.0, "rubric": 0.9}
            return FinalScore(100.0, 37.5, None, 68.75, 0.8, "Needs Improvement", rule, {}, sure)
        return FinalScore(
            deterministic=grade.deterministic_score,
            rubric=None,
            communication=None,
            overall=None,
            confidence=None,
            verdict=None,
            rule="No model scored, so there is no overall score.",
            weights={},
        )

    def warm_up(self) -> None:
        self.calls.append("warm_up")

    def close(self) -> None:
        self.calls.append("close")


@dataclass
class Parts:
    """A console on fakes, with the fakes at hand."""

    console: Console
    clock: SetClock
    hub: FakeHub
    queue: FakeQueue
    grader: FakeGrader
    stages: list[tuple[str, RunState]]
    pauses: Pauses


def console_on_fakes(home: Path, store: Store | None = None) -> Parts:
    """Put a console together from fakes; ``store`` may be a real one."""
    clock, hub, queue, grader = SetClock(), FakeHub(), FakeQueue(), FakeGrader()
    stages: list[tuple[str, RunState]] = []
    pauses = Pauses()
    hub.now = clock.now
    settings = ConsoleSettings(
        home=home,
        store_url="",
        ticket_key=SecretStr("ticket-key"),
        public_url="http://viva.test",
    )
    console = Console(
        settings=settings,
        store=store or MemoryStore(),
        hub=hub,
        queue=queue,
        grader=grader,
        signer=Signer(b"k" * 32, "ticket-key", clock),
        replay=FakeReplay(),
        clock=clock,
        ids=CountingIds(),
        on_stage=lambda run_id, state: stages.append((run_id, state)),
        pause=pauses,
    )
    return Parts(console, clock, hub, queue, grader, stages, pauses)
