"""Decides how an answer that changes data is run: on a copy that is thrown away, then looked at."""

from collections.abc import Callable, Mapping
from contextlib import closing

import psycopg

from viva_grader.databases.instance import Instance
from viva_grader.databases.port import Answer, ProblemKind, QueryLimits, QueryProblem, Script
from viva_grader.databases.problems import LostConnectionError
from viva_grader.databases.recipe import LOOKER_ROLE, Audience
from viva_grader.databases.wire import run_query, run_script

# What an answer may add to its copy, all variants together.
DISK_BYTES = 512 * 1024 * 1024
_ATTEMPTS = 2

_DISK = QueryProblem(
    ProblemKind.LIMIT, "the statements need more disk than one may use (limit disk)", limit="disk"
)
_CRASHED = QueryProblem(ProblemKind.CRASHED, "the statements take the database down")
_GOES_ON = {ProblemKind.ERROR, ProblemKind.REFUSED}

Looked = tuple[Answer, ...] | QueryProblem


class DiskError(Exception):
    """The copy grew beyond what it may."""


def run_change(
    start: Callable[[], Instance],
    databases: Mapping[str, str],
    script: Script,
    limits: QueryLimits,
) -> dict[str, Looked]:
    """Run a script on each hidden variant's copy and look; see the port's ``change``.

    Parameters
    ----------
    start : callable
        Starts an instance whose tables belong to the writer.
    databases : mapping of str to str
        The database of each hidden variant.

    Raises
    ------
    DatabaseUnavailableError
        If no instance can be started.
    """
    said: dict[str, Looked] = {}
    hidden = list(databases)
    for _ in range(_ATTEMPTS):
        instance = start()
        try:
            left = {variant: databases[variant] for variant in hidden if variant not in said}
            _Copy(instance, script, limits).run(left, said)
        except DiskError:
            return said | {hidden[len(said)]: _DISK}
        except (LostConnectionError, psycopg.OperationalError):
            continue  # perhaps not the script's doing: a fresh copy tells
        else:
            return said
        finally:
            instance.end()
    return said | {hidden[len(said)]: _CRASHED}


class _Copy:
    """One instance that one script may harm.

    What it leaves behind for its own role (``alter role writer set …``) meets nothing but its own
    runs on the variants that follow: the look's role is another, and no database can be entered
    from another.
    """

    def __init__(self, instance: Instance, script: Script, limits: QueryLimits) -> None:
        self._instance = instance
        self._script = script
        self._limits = limits
        self._most = instance.disk_bytes() + DISK_BYTES

    def run(self, databases: Mapping[str, str], said: dict[str, Looked]) -> None:
        for variant, database in databases.items():
            said[variant] = found = self._on(database)
            if isinstance(found, QueryProblem) and found.kind not in _GOES_ON:
                return

    def _on(self, database: str) -> Looked:
        with closing(self._instance.session(database, Audience.WRITER.role)) as session:
            session.guard = self._guard
            problem = run_script(session, self._script, self._limits)
        return problem or tuple(self._look(database, sql) for sql in self._script.look)

    def _look(self, database: str, sql: str) -> Answer:
        with closing(self._instance.session(database, LOOKER_ROLE)) as session:
            session.guard = self._guard
            return run_query(session, sql, self._limits)

    def _guard(self) -> None:
        if self._instance.disk_bytes() > self._most:
            raise DiskError
