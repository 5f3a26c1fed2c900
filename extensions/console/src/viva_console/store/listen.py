"""Decides how a process hears, from PostgreSQL, that another one calls it."""

from typing import Any

import sqlalchemy as sa


class Listener:
    """Listens to one channel, on a connection of its own; used by one thread at a time.

    Parameters
    ----------
    channel : str
        A plain name, of this code and nobody else's.
    """

    def __init__(self, engine: sa.Engine, channel: str) -> None:
        self._engine = engine
        self._channel = channel
        self._connection: sa.Connection | None = None

    def hear(self, within_s: float) -> frozenset[str]:
        """Give what was called out, as soon as anything is; nothing after so many seconds.

        Raises
        ------
        sqlalchemy.exc.OperationalError, psycopg.OperationalError
            When the server does not answer; the next wait begins anew.
        """
        try:
            driver: Any = self._listening().connection.driver_connection
            heard = driver.notifies(timeout=within_s, stop_after=1)
            return frozenset(notice.payload for notice in heard)
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Hear nothing more."""
        if self._connection is not None:
            # Not back into the pool: it listens.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _listening(self) -> sa.Connection:
        if self._connection is None:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._connection = connection
            connection.exec_driver_sql(f"LISTEN {self._channel}")
        return self._connection
