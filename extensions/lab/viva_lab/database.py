"""Decides how a kernel gets its database: patiently, and with errors in plain words."""

import time
from collections.abc import Callable

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError

# An instance that is just being started or restarted answers within this time.
PATIENCE_S = 10.0
PAUSE_S = 0.25
CONNECT_TIMEOUT_S = 5
SILENT = "The database does not answer. Wait a moment and run the cell again; your work is safe."

DISK_FULL = "53100"  # PostgreSQL's own code of it
ROOM_AGAIN = (
    "The disk of your database is full. What the statement did is undone: drop a table that you "
    "no longer need, and run it again."
)


class DatabaseSilentError(Exception):
    """The database did not answer in time."""

    code = "lab.database_silent"


def connect(
    url: str,
    *,
    patience_s: float = PATIENCE_S,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Engine:
    """Return an engine whose database has answered.

    Parameters
    ----------
    url
        SQLAlchemy URL of the candidate's own database.
    patience_s
        Seconds to go on trying.
    sleep, clock
        Replaced in tests.

    Raises
    ------
    DatabaseSilentError
        If it has not answered in time.
    """
    timeout = {"connect_timeout": CONNECT_TIMEOUT_S} if url.startswith("postgresql") else {}
    # pre_ping: a connection that died with its server is replaced, not handed out.
    engine = create_engine(url, pool_pre_ping=True, connect_args=timeout)
    deadline = clock() + patience_s
    while True:
        try:
            engine.connect().close()
        except OperationalError as error:
            if clock() >= deadline:
                raise DatabaseSilentError(SILENT) from error
            sleep(PAUSE_S)
        else:
            return engine


def plain_words(error: BaseException) -> str | None:
    """Return what the database itself said, without the wrapping of the libraries between.

    Parameters
    ----------
    error
        What a query raised; the database's own error may stand anywhere in its chain of causes.

    Returns
    -------
    str or None
        None if the database has no part in it.
    """
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, DBAPIError | DatabaseSilentError):
        cause = cause.__cause__
    if cause is None:
        return None
    if isinstance(cause, DatabaseSilentError):
        return SILENT
    # psycopg's OperationalError without a SQLSTATE is about the connection, not about the query.
    if isinstance(cause, OperationalError) and getattr(cause.orig, "sqlstate", None) is None:
        return SILENT
    if getattr(cause.orig, "sqlstate", None) == DISK_FULL:
        return f"{str(cause.orig).splitlines()[0]}\n{ROOM_AGAIN}"
    return str(cause.orig).strip()
