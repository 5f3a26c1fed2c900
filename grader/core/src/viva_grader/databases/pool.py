"""Decides which instance answers a query, and that a harmed one answers no other."""

import threading
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from viva_grader.databases.binaries import Postgres, install_postgres
from viva_grader.databases.cage import ServerUser
from viva_grader.databases.instance import Instance, start_instance, sweep
from viva_grader.databases.port import Answer, ProblemKind, QueryLimits, QueryProblem
from viva_grader.databases.prepare import Preparer
from viva_grader.databases.recipe import Audience
from viva_grader.databases.wire import LostConnectionError, run_query
from viva_grader.domain.fixture import Fixture

_ROLE = Audience.GRADER.role
_ATTEMPTS = 2


class InstancePool:
    """The graders' databases: instances of a fixture, started when asked for and used again.

    Every query has a connection of its own, in a transaction that is never committed, as a role
    that can only read; one query at a time runs on an instance. Threads may share a pool.

    Parameters
    ----------
    home : Path
        ``$VIVA_HOME``: programs, prepared folders and running instances lie below it.
    user : ServerUser
        Whom servers run as.
    """

    def __init__(self, home: Path, user: ServerUser | None = None) -> None:
        self._home = home
        self._user = user or ServerUser.default()
        self._lock = threading.Lock()
        self._idle: dict[str, list[Instance]] = {}
        self._postgres: Postgres | None = None

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
        """Run one read-only query on one hidden variant.

        Raises
        ------
        DatabaseUnavailableError
            If no instance can be started.
        """
        for _ in range(_ATTEMPTS):
            # perhaps a loss is not the query's doing: a fresh instance tells
            with (
                suppress(LostConnectionError, psycopg.OperationalError),
                self._borrowed(fixture) as instance,
                closing(instance.connect(variant, _ROLE)) as connection,
            ):
                return run_query(connection, sql, limits)
        return QueryProblem(ProblemKind.CRASHED, "the query takes the database down")

    def close(self) -> None:
        """End every idle instance."""
        with self._lock:
            idle = [instance for group in self._idle.values() for instance in group]
            self._idle.clear()
        for instance in idle:
            instance.end()

    @contextmanager
    def _borrowed(self, fixture: Fixture) -> Generator[Instance]:
        instance = self._take(fixture) or self._start(fixture)
        try:
            yield instance
        except BaseException:
            instance.end()
            raise
        with self._lock:
            self._idle.setdefault(fixture.sha256, []).append(instance)

    def _take(self, fixture: Fixture) -> Instance | None:
        while True:
            with self._lock:
                idle = self._idle.get(fixture.sha256)
                instance = idle.pop() if idle else None
            if instance is None or instance.alive:
                return instance
            instance.end()

    def _start(self, fixture: Fixture) -> Instance:
        databases = self._home / "databases"
        with self._lock:
            if self._postgres is None:
                sweep(databases / "run")
                self._postgres = install_postgres(self._home / "postgres")
            postgres = self._postgres
        prepared = Preparer(postgres, self._user).for_graders(fixture, databases / "grader")
        return start_instance(
            postgres,
            prepared,
            databases / "run",
            self._user,
            database=fixture.hidden[0].name,
            role=_ROLE,
        )
