"""Decides which instance answers a query, and that a harmed one answers no other."""

import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import psycopg

from viva_grader.databases.binaries import Postgres, install_postgres
from viva_grader.databases.cage import ServerUser
from viva_grader.databases.change import DISK_BYTES, run_change
from viva_grader.databases.exchange import Session
from viva_grader.databases.instance import Instance, disk_bytes, start_instance, sweep
from viva_grader.databases.keep import in_use, prune
from viva_grader.databases.memory import Memory
from viva_grader.databases.port import (
    Answer,
    ProblemKind,
    QueryLimits,
    QueryPlan,
    QueryProblem,
    ResultSet,
    Script,
)
from viva_grader.databases.prepare import Preparer, neutral_names
from viva_grader.databases.problems import LostConnectionError
from viva_grader.databases.recipe import Audience
from viva_grader.databases.shelter import Shelter
from viva_grader.databases.wire import run_plan, run_query
from viva_grader.domain.fixture import Fixture

_ROLE = Audience.GRADER.role
_ATTEMPTS = 2
# A session that is used again keeps what it needed once: not for ever.
_SESSION_USES = 100
_SESSIONS = 24
IDLE = 16
"""Instances that wait for their next query, over all fixtures: each holds memory."""

CRASHED = QueryProblem(ProblemKind.CRASHED, "the query takes the database down")

Said = TypeVar("Said")


@dataclass(slots=True)
class Post:
    """An instance with the sessions that are open on it, by database."""

    instance: Instance
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])

    @contextmanager
    def session(self, database: str) -> Generator[Session]:
        """Give a session as good as new; one that ended in a problem is not used again."""
        session = self.sessions.pop(database, None) or self.instance.session(database, _ROLE)
        uses = session.uses
        try:
            yield session
            if uses < session.uses < _SESSION_USES and session.clean():
                if len(self.sessions) >= _SESSIONS:
                    self.sessions.pop(next(iter(self.sessions))).close()
                self.sessions[database] = session
        finally:
            if self.sessions.get(database) is not session:
                session.close()

    def end(self) -> None:
        """Leave and end the instance."""
        for session in self.sessions.values():
            session.close()
        self.instance.end()


class InstancePool:
    """The graders' databases: instances of a fixture, started when asked for and used again.

    A query runs in a transaction that is never committed, as a role that can only read; one query
    at a time runs on an instance. Threads may share a pool.

    Parameters
    ----------
    home : Path
        ``$VIVA_HOME``: programs, prepared folders and running instances lie below it.
    user : ServerUser
        Whom servers run as.
    """

    def __init__(self, home: Path, user: ServerUser | None = None) -> None:
        self._databases = home / "databases"
        self._programs = home / "postgres"
        self._shelter = Shelter(home / "databases" / "run")
        self._user = user or ServerUser.default()
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._idle: dict[str, list[Post]] = {}
        self._postgres: Postgres | None = None
        self._prepared: dict[tuple[str, Audience], Path] = {}
        self._kept = ExitStack()
        self._memory = Memory()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def query(self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits) -> Answer:
        """Run one read-only query on one variant.

        Raises
        ------
        DatabaseUnavailableError
            If no instance can be started.
        """
        return self._ask(fixture, variant, lambda session: run_query(session, sql, limits))

    def remembered(self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits) -> Answer:
        """See :meth:`viva_grader.databases.port.Databases.remembered`."""
        return self._memory.get(
            (fixture.sha256, variant, sql, limits),
            lambda: self.query(fixture, variant, sql, limits),
            lambda answer: isinstance(answer, ResultSet),
        )

    def plan(
        self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits, *, remember: bool
    ) -> QueryPlan | QueryProblem:
        """See :meth:`viva_grader.databases.port.Databases.plan`."""

        def ask() -> QueryPlan | QueryProblem:
            return self._ask(fixture, variant, lambda session: run_plan(session, sql, limits))

        if not remember:
            return ask()
        key = ("plan", fixture.sha256, variant, sql, limits)
        return self._memory.get(key, ask, lambda plan: isinstance(plan, QueryPlan))

    def change(
        self, fixture: Fixture, script: Script, limits: QueryLimits, *, remember: bool
    ) -> dict[str, tuple[Answer, ...] | QueryProblem]:
        """See :meth:`viva_grader.databases.port.Databases.change`."""

        def run() -> dict[str, tuple[Answer, ...] | QueryProblem]:
            return run_change(
                lambda: self._start(fixture, Audience.WRITER),
                {v.name: neutral_names(fixture)[v.name] for v in fixture.hidden},
                script,
                limits,
            )

        if not remember:
            return run()
        return self._memory.get(
            ("change", fixture.sha256, script, limits),
            run,
            lambda said: all(isinstance(each, tuple) for each in said.values()),
        )

    def close(self) -> None:
        """End every idle instance; one in use ends when it is given back."""
        with self._lock:
            idle = [post for group in self._idle.values() for post in group]
            self._idle.clear()
            self._closed = True
        for post in idle:
            post.end()
        self._kept.close()
        self._shelter.leave()

    def _ask(
        self, fixture: Fixture, variant: str, run: Callable[[Session], Said]
    ) -> Said | QueryProblem:
        database = neutral_names(fixture)[variant]
        for _ in range(_ATTEMPTS):
            # perhaps a loss is not the query's doing: a fresh instance tells
            with (
                suppress(LostConnectionError, psycopg.OperationalError),
                self._borrowed(fixture) as post,
                post.session(database) as session,
            ):
                return run(session)
        return CRASHED

    @contextmanager
    def _borrowed(self, fixture: Fixture) -> Generator[Post]:
        post = self._take(fixture) or Post(self._start(fixture, Audience.GRADER))
        try:
            yield post
        except BaseException:
            post.end()
            raise
        for surplus in self._keep(fixture, post):
            surplus.end()

    def _keep(self, fixture: Fixture, post: Post) -> list[Post]:
        """Take an instance back, and give those that are too many: of fixtures long not asked."""
        with self._lock:
            if self._closed:
                return [post]
            self._idle[fixture.sha256] = [*self._idle.pop(fixture.sha256, []), post]
            surplus: list[Post] = []
            while sum(map(len, self._idle.values())) > IDLE:
                oldest = next(iter(self._idle))
                surplus.append(self._idle[oldest].pop(0))
                if not self._idle[oldest]:
                    del self._idle[oldest]
            return surplus

    def _take(self, fixture: Fixture) -> Post | None:
        while True:
            with self._lock:
                idle = self._idle.get(fixture.sha256)
                post = idle.pop() if idle else None
            if post is None or post.instance.alive:
                return post
            post.end()

    def _start(self, fixture: Fixture, audience: Audience) -> Instance:
        postgres, prepared = self._ready(fixture, audience)
        runs = self._shelter.disk
        if audience is Audience.WRITER:  # the others live long: a copy now and then
            runs = self._shelter.for_bytes(disk_bytes(prepared) + DISK_BYTES)
        return start_instance(
            postgres,
            prepared,
            runs,
            self._user,
            database=neutral_names(fixture)[fixture.hidden[0].name],
            role=audience.role,
        )

    def _ready(self, fixture: Fixture, audience: Audience) -> tuple[Postgres, Path]:
        """Prepare a fixture's folder once, and keep it from being removed while we live."""
        with self._making:
            if self._postgres is None:
                for runs in self._shelter.abandoned():
                    sweep(runs)
                self._postgres = install_postgres(self._programs)
            key = (fixture.sha256, audience)
            while not (found := self._prepared.get(key)) or not found.exists():
                prepared = self._prepare(self._postgres, fixture, audience)
                self._kept.enter_context(in_use(prepared))
                self._prepared[key] = prepared  # unless it was removed before we said so
                prune(prepared, fixture.slug)
            return self._postgres, found

    def _prepare(self, postgres: Postgres, fixture: Fixture, audience: Audience) -> Path:
        preparer = Preparer(postgres, self._user)
        if audience is Audience.WRITER:
            return preparer.for_changes(fixture, self._databases / "changes")
        return preparer.for_graders(fixture, self._databases / "grader")
