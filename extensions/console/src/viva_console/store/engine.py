"""Decides how the console's PostgreSQL is reached, and that everything happens in units of work."""

from types import TracebackType
from typing import Self

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from viva_console.domain.errors import UnavailableError
from viva_console.settings import BadSettingsError
from viva_console.store.comments import PostgresComments
from viva_console.store.interviews import PostgresInterviews
from viva_console.store.judgements import PostgresJudgements
from viva_console.store.keys import CandidateKeys
from viva_console.store.library import PostgresLibrary
from viva_console.store.listen import Listener
from viva_console.store.ratings import PostgresRatings
from viva_console.store.record import PostgresRecord
from viva_console.store.recordings import CHANNEL, PostgresRecordings
from viva_console.store.runs import PostgresRuns
from viva_console.store.seal import KeyRing, SealBrokenError
from viva_console.store.submissions import PostgresSubmissions

POOL_SIZE = 8
STATEMENT_TIMEOUT_MS = 30_000


def connect(url: str) -> sa.Engine:
    """Open an engine on ``postgresql://…``: UTC, bounded statements, tested connections."""
    target = sa.make_url(url).set(drivername="postgresql+psycopg")
    return sa.create_engine(
        target,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_pre_ping=True,
        connect_args={
            "options": f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS}",
            "connect_timeout": 10,
            "application_name": "viva-console",
        },
    )


class PostgresUnit:
    """One transaction on one connection."""

    def __init__(self, engine: sa.Engine, ring: KeyRing) -> None:
        self._engine = engine
        self._ring = ring

    def __enter__(self) -> Self:
        try:
            self._connection = self._engine.connect()
        except OperationalError as error:
            raise UnavailableError(
                "The store does not answer. Please try again in a moment."
            ) from error
        keys = CandidateKeys(self._connection, self._ring)
        self.interviews = PostgresInterviews(self._connection, keys)
        self.library = PostgresLibrary(self._connection)
        self.submissions = PostgresSubmissions(self._connection, keys)
        self.runs = PostgresRuns(self._connection, keys)
        self.record = PostgresRecord(self._connection)
        self.recordings = PostgresRecordings(self._connection, keys)
        self.ratings = PostgresRatings(self._connection, keys)
        self.judgements = PostgresJudgements(self._connection, keys)
        self.comments = PostgresComments(self._connection, keys)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def claim(self, name: str) -> bool:
        """Take a named lock until the unit ends; False when another unit holds it."""
        lock = sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(name, 0))
        return bool(self._connection.execute(sa.select(lock)).scalar_one())

    def commit(self) -> None:
        """Make it so, the audit's entries last."""
        self.record.flush()
        self._connection.commit()


class PostgresStore:
    """The store on PostgreSQL ≥ 15.

    Parameters
    ----------
    key_encryption_key : bytes
        32 bytes that wrap the candidates' keys.
    """

    def __init__(self, url: str, key_encryption_key: bytes) -> None:
        self._engine = connect(url)
        self._ring = KeyRing(key_encryption_key)
        self._listener = Listener(self._engine, CHANNEL)

    def unit(self) -> PostgresUnit:
        """Open a unit of work."""
        return PostgresUnit(self._engine, self._ring)

    def calls(self, within_s: float) -> frozenset[str]:
        """Wait until the recorder is called; give the interviews, or none after so many seconds."""
        try:
            return self._listener.hear(within_s)
        except (OperationalError, psycopg.OperationalError) as error:
            raise UnavailableError("The store does not answer.") from error

    def check_key(self) -> None:
        """Make sure that the key at hand is the one that this store was written with.

        Raises
        ------
        BadSettingsError
            When it opens nothing that is stored.
        """
        try:
            with self._engine.connect() as connection:
                CandidateKeys(connection, self._ring).check()
        except SealBrokenError as error:
            raise BadSettingsError(
                "secrets/store.key in VIVA_HOME is not the one that this store was written with: "
                "copy the folder of secrets from where the console runs."
            ) from error

    def close(self) -> None:
        """Give connections back."""
        self._listener.close()
        self._engine.dispose()
