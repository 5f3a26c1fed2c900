from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from viva_console.store import migrations
from viva_console.store.engine import PostgresStore, connect
from viva_console.store.migrate import migrate
from viva_console.store.seal import SealBrokenError
from viva_console.store.tables import APPEND_ONLY, metadata

from tests.fakes.console_parts import START, FakeGrader, sample_question, sample_rubric
from tests.fakes.console_store_suite import StoreSuite, an_interview, kept, queued, submitted
from tests.fakes.console_words_suite import WordsSuite, commented, judged

pytestmark = pytest.mark.postgres

KEY = b"\x07" * 32


@pytest.fixture
def store(store_url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(store_url, KEY)
    yield store
    store.close()


class TestPostgresStore(StoreSuite, WordsSuite):
    pass


def fill(store: PostgresStore) -> None:
    interview = kept(store, an_interview(known=("SECRET name",)))
    one = submitted(store, interview, b"SECRET notebook +")
    run = queued(store, one)
    grader = FakeGrader()
    question = sample_question(one.question.slug)
    grade = grader.grade(b"+", question)
    evaluation = grader.evaluate(b"+", question, grade)
    with store.unit() as work:
        work.library.remember_rubric(sample_rubric(), START)
        work.runs.add_grade(run.id, grade, START)
        work.runs.add_evaluation(run.id, evaluation, START)
        work.runs.add_final(run.id, grader.fuse(grade, evaluation, sample_rubric()), START)
        work.commit()


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET {} = {}",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "SET session_replication_role = replica; DELETE FROM {}",
    ],
    ids=["update", "delete", "truncate", "replica"],
)
def test_evidence_refuses_change_even_to_its_owner(
    postgres: str, store_url: str, table: str, statement: str
) -> None:
    user = "postgres" if "replica" in statement else "viva"
    url = store_url.replace("viva@", f"{user}@")
    column = list(metadata.tables[table].c)[-1].name
    with psycopg.connect(url) as connection:
        owner = connection.execute(
            "SELECT tableowner FROM pg_tables WHERE tablename = %s", [table]
        ).fetchone()
        assert owner == ("viva",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            connection.execute(statement.format(table, column, column))


def test_state_table_accepts_change(store_url: str) -> None:
    with psycopg.connect(store_url) as connection:
        connection.execute("UPDATE users SET last_seen_at = now()")
        connection.execute("DELETE FROM users")


def test_migrated_tables_are_those_of_the_code(empty_url: str) -> None:
    migrate(empty_url)
    migrate(empty_url)
    engine = connect(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_store_of_the_first_form_is_brought_up_with_all_that_it_holds(empty_url: str) -> None:
    engine = connect(empty_url)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            """
            INSERT INTO candidate_keys VALUES ('c', 'key', now(), NULL);
            INSERT INTO interview_sessions VALUES ('i', 'c', 'alias', 'Analyst', '[]', 45, 'open',
                'c-one', 'staff', now(), now(), NULL, NULL, NULL, 0, now(), now());
            INSERT INTO submissions VALUES
                ('s', 'i', 'late_orders', '{}', NULL, 0, NULL, 'missing', now(), 'clock');
            """
        )
    engine.dispose()
    migrate(empty_url)
    with psycopg.connect(empty_url) as connection:
        rows = connection.execute(
            "SELECT time_percent, credit_limit_s, room_seen_at, credits FROM interview_sessions"
        )
        assert rows.fetchall() == [(100, 45 * 30, None, [])]
        assert connection.execute("SELECT saved_at FROM submissions").fetchall() == [(None,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            connection.execute("UPDATE submissions SET saved_at = now()")


def test_store_holds_no_candidate_content_in_the_clear(
    store: PostgresStore, store_url: str
) -> None:
    fill(store)
    judged(store, "two", "ada")
    commented(store, "three")
    with psycopg.connect(store_url) as connection:
        everything = b""
        for table in metadata.sorted_tables:
            rows = connection.execute(f"SELECT {table.name}::text FROM {table.name}")  # noqa: S608 - our own names
            for row in rows:
                everything += row[0].encode() + b"\n"
            for column in table.c:
                if isinstance(column.type, sa.LargeBinary):
                    rows = connection.execute(f"SELECT {column.name} FROM {table.name}")  # noqa: S608 - our own names
                    everything += b"\n".join(bytes(row[0]) for row in rows if row[0])
    assert b"interview-one" in everything
    assert b"j-ada" in everything
    assert b"z-three" in everything
    for secret in (b"SECRET", b"SAID", b"Kestrel", b"x = 1", b"as counted"):
        assert secret not in everything


def test_another_key_opens_nothing(store: PostgresStore, store_url: str) -> None:
    fill(store)
    other = PostgresStore(store_url, b"\x08" * 32)
    with other.unit() as work, pytest.raises(SealBrokenError):
        work.interviews.all()
    other.close()


def test_sealed_value_moved_to_another_row_does_not_open(
    store: PostgresStore, store_url: str
) -> None:
    kept(store, an_interview("one"))
    kept(store, an_interview("two"))
    with psycopg.connect(store_url) as connection:
        connection.execute(
            "UPDATE interview_sessions a SET alias_sealed = b.alias_sealed, "
            "candidate_id = b.candidate_id FROM interview_sessions b "
            "WHERE a.id = 'interview-one' AND b.id = 'interview-two'"
        )
    with store.unit() as work, pytest.raises(SealBrokenError):
        work.interviews.get("interview-one")


def test_staff_user_is_seen_first_and_last(store: PostgresStore, store_url: str) -> None:
    with store.unit() as work:
        work.record.saw_user("reviewer", START)
        work.record.saw_user("reviewer", START + timedelta(hours=1))
        work.commit()
    with psycopg.connect(store_url) as connection:
        query = "SELECT last_seen_at - first_seen_at FROM users WHERE name = 'reviewer'"
        assert connection.execute(query).fetchall() == [(timedelta(hours=1),)]


def test_parts_are_snapshots_per_question_hash(store: PostgresStore, store_url: str) -> None:
    kept(store, an_interview())
    with psycopg.connect(store_url) as connection:
        rows = connection.execute(
            "SELECT part, kind, max_points FROM question_test_cases "
            "WHERE question_sha256 = %s ORDER BY position",
            [sample_question().sha256],
        ).fetchall()
    assert rows == [("part_a", "tests", 4.0), ("part_b", "written", 2.0)]
