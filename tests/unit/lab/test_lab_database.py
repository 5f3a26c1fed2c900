"""A kernel's database: patience before it answers, plain words when it does not."""

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError
from viva_lab.database import SILENT, DatabaseSilentError, connect, plain_words

SILENT_URL = "sqlite:////proc/none/here"


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now_s = 0.0

    def clock(self):
        return self.now_s

    def sleep(self, seconds):
        self.now_s += seconds


class DriverError(Exception):
    def __init__(self, message, sqlstate=None):
        super().__init__(message)
        self.sqlstate = sqlstate


def test_connect_returns_an_engine_that_answers():
    engine = connect("sqlite://")
    assert engine.connect().exec_driver_sql("SELECT 1").scalar() == 1
    engine.dispose()


def test_connect_tries_for_a_while_and_then_says_so():
    time = FakeTime()
    with pytest.raises(DatabaseSilentError, match="does not answer"):
        connect(SILENT_URL, patience_s=2, sleep=time.sleep, clock=time.clock)
    assert time.now_s == 2


def test_connect_finds_a_database_that_comes_up_late(tmp_path):
    time = FakeTime()
    folder = tmp_path / "late"

    def sleep(seconds):
        time.sleep(seconds)
        if time.now_s >= 1:
            folder.mkdir(exist_ok=True)

    connect(f"sqlite:///{folder}/x.db", sleep=sleep, clock=time.clock).dispose()
    assert time.now_s == 1


def wrapped(error):
    """The error as JupySQL raises it: another one, from this one."""
    outer = RuntimeError("noise")
    outer.__cause__ = error
    return outer


def test_plain_words_are_the_databases_own():
    said = DriverError('syntax error at or near "form"\nLINE 1: select * form t\n', "42601")
    error = wrapped(ProgrammingError("select * form t", {}, said))
    assert plain_words(error) == 'syntax error at or near "form"\nLINE 1: select * form t'


def test_plain_words_for_a_full_disk_say_what_to_do():
    full = "could not extend file: No space left on device\nHINT:  Check free disk space."
    words = plain_words(wrapped(OperationalError("x", {}, DriverError(full, "53100"))))
    assert words.startswith("could not extend file: No space left on device\n")
    assert "drop a table" in words
    assert "HINT" not in words


def test_plain_words_for_a_lost_connection_name_no_inner_part():
    lost = DriverError("connection to server on socket /pg/.s.PGSQL.5432 failed")
    assert plain_words(wrapped(OperationalError("select 1", {}, lost))) == SILENT


def test_plain_words_for_a_cancelled_query_are_the_databases_own():
    said = DriverError("canceling statement due to statement timeout", "57014")
    assert plain_words(OperationalError("q", {}, said)) == str(said)


def test_errors_without_a_database_have_no_plain_words():
    assert plain_words(ValueError("mine")) is None
