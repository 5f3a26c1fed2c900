"""Decides when the graders' databases are loaded: with the first query, most questions ask none."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from viva_grader.databases.port import Answer, QueryLimits, QueryPlan, QueryProblem, Script
from viva_grader.domain.fixture import Fixture

if TYPE_CHECKING:
    from viva_grader.databases.pool import InstancePool


class LazyDatabases:
    """The pool, once it is needed; see :class:`viva_grader.databases.port.Databases`."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._made: InstancePool | None = None
        self._lock = threading.Lock()

    def query(self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits) -> Answer:
        """Run one read-only query on one data set."""
        return self._pool().query(fixture, variant, sql, limits)

    def remembered(self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits) -> Answer:
        """Run an author's query, once."""
        return self._pool().remembered(fixture, variant, sql, limits)

    def plan(
        self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits, *, remember: bool
    ) -> QueryPlan | QueryProblem:
        """Run a read-only query for its plan."""
        return self._pool().plan(fixture, variant, sql, limits, remember=remember)

    def change(
        self, fixture: Fixture, script: Script, limits: QueryLimits, *, remember: bool
    ) -> dict[str, tuple[Answer, ...] | QueryProblem]:
        """Run a script in throw-away databases, and look."""
        return self._pool().change(fixture, script, limits, remember=remember)

    def close(self) -> None:
        """End every instance."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.close()

    def _pool(self) -> "InstancePool":
        with self._lock:
            if self._made is None:
                # psycopg and PostgreSQL's wheel take a while to import
                from viva_grader.databases.pool import InstancePool

                self._made = InstancePool(self._home)
            return self._made
