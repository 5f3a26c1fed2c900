"""The kernel's own magics, on a real IPython shell and a database by hand."""

import sys

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from viva_lab.database import SILENT, DatabaseSilentError
from viva_lab.kernel import SILENCE, RoomMagics, load_ipython_extension


class FakeDatabase:
    """Remembers what it was asked; `silent` makes it fail as a database does that is away."""

    def __init__(self, *, silent=False):
        self.asked = []
        self.silent = silent

    def query(self, line, cell, local_ns):
        if self.silent:
            raise DatabaseSilentError(SILENT)
        self.asked.append((line, cell))
        return "rows"

    def command(self, line):
        self.asked.append((line,))
        return "tables"


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name in SILENCE:
        monkeypatch.setenv(name, "unset")
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    yield shell
    shell.restore_sys_module_state()
    shell.history_manager.end_session()


def with_database(shell, database):
    shell.register_magics(RoomMagics(shell, database))
    return shell


def test_sql_cell_reaches_the_database_with_its_line(shell):
    database = FakeDatabase()
    answer = with_database(shell, database).run_cell_magic("sql", "top <<", "select 1")
    assert answer == "rows"
    assert database.asked == [("top <<", "select 1")]


def test_sql_line_is_not_expanded(shell):
    database = FakeDatabase()
    shell.user_ns["x"] = "oops"
    with_database(shell, database).run_line_magic("sql", "select '{x}' $x")
    assert database.asked == [("select '{x}' $x", "")]


def test_sqlcmd_reaches_the_database(shell):
    database = FakeDatabase()
    assert with_database(shell, database).run_line_magic("sqlcmd", "tables") == "tables"


def test_silent_database_is_said_without_a_traceback(shell):
    with pytest.raises(UsageError, match="does not answer") as refused:
        with_database(shell, FakeDatabase(silent=True)).run_cell_magic("sql", "", "select 1")
    assert refused.value.__cause__ is None


def test_sql_without_a_database_says_so(shell):
    with pytest.raises(UsageError, match="no database"):
        with_database(shell, None).run_cell_magic("sql", "", "select 1")


@pytest.mark.parametrize("magic", ["pip", "conda"])
def test_installing_is_answered_with_a_sentence(shell, magic):
    with pytest.raises(UsageError, match="no network"):
        with_database(shell, None).run_line_magic(magic, "install polars")


def test_extension_imports_nothing_slow_and_silences_telemetry(shell, monkeypatch):
    for name in [each for each in sys.modules if each.split(".")[0] in ("sql", "sqlalchemy")]:
        monkeypatch.delitem(sys.modules, name)
    before = set(sys.modules)
    load_ipython_extension(shell)
    assert not {"sql", "sqlalchemy", "psycopg"} & (set(sys.modules) - before)
    assert {name: __import__("os").environ[name] for name in SILENCE} == SILENCE


def test_load_ext_sql_is_answered_without_a_word(shell, capsys):
    load_ipython_extension(shell)
    shell.run_line_magic("load_ext", "sql")
    assert capsys.readouterr().out == ""
    assert "sql" in shell.magics_manager.magics["cell"]


def test_load_ext_of_another_extension_loads_it(shell):
    load_ipython_extension(shell)
    shell.run_line_magic("load_ext", "autoreload")
    assert "autoreload" in shell.magics_manager.magics["line"]
