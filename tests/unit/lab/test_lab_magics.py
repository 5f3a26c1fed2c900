"""The kernel's own magics, on a real IPython shell and a database by hand."""

import atexit
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from shutil import which

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from viva_lab.database import SILENT, DatabaseSilentError
from viva_lab.kernel import FONTS, SILENCE, RoomMagics, load_ipython_extension
from viva_lab.packages import ALLOWED, answer


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
    for name in (*SILENCE, *FONTS):
        monkeypatch.setenv(name, "unset")
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    yield shell
    shell.restore_sys_module_state()
    shell.history_manager.end_session()
    atexit.unregister(shell.atexit_operations)  # else each collects garbage once more at the end


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


@pytest.mark.parametrize("magic", ["pip", "conda", "mamba", "micromamba", "uv"])
def test_installing_is_answered_with_a_sentence(shell, magic):
    load_ipython_extension(shell)
    with pytest.raises(UsageError, match=r"no network.* numpy, .*%pip list"):
        shell.run_line_magic(magic, "install polars")


@pytest.mark.parametrize(
    "command",
    ["pip install polars", "pip3 install polars", "sudo pip install -q 'polars>=1'",
     "python -m pip install polars", "/opt/viva/bin/python3.11 -m pip install polars",
     "uv pip install polars", "conda install -y polars", "apt-get install gcc"],
)  # fmt: skip
def test_installer_of_the_shell_is_answered_and_not_started(shell, command):
    started = []
    shell.system = started.append
    load_ipython_extension(shell)
    assert not shell.run_cell(f"!{command}").success
    assert not shell.run_cell(f"kept = !{command}").success
    assert started == []


@pytest.mark.parametrize("command", ["echo pip install x", "ls pip", "pipeline", "python -c 1"])
def test_other_commands_of_the_shell_are_run(shell, command):
    started = []
    shell.system = started.append
    load_ipython_extension(shell)
    assert shell.run_cell(f"!{command}").success
    assert started == [command]


@pytest.mark.parametrize("words", ["list", "freeze", "pip list"])
def test_asking_what_is_here_lists_it_with_versions(shell, capsys, words):
    load_ipython_extension(shell)
    shell.run_line_magic("pip", words)
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()[1:]] == list(ALLOWED)
    assert f"numpy          {version('numpy')}" in listed


def test_package_that_is_here_is_named_with_its_version():
    assert answer("install -U numpy>=1.20") == (
        f"numpy {version('numpy')} is here already: nothing is to be installed."
    )
    both = answer("install numpy polars").splitlines()
    assert len(both) == 2
    assert "no network" in both[1]


def test_allowed_packages_are_those_that_the_grader_installs():
    lines = Path("grader/runner/packages.txt").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == list(ALLOWED)


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


@pytest.mark.skipif(which("fc-list") is None, reason="no fc-list: nobody here to complain")
def test_asking_for_fonts_says_nothing_below_a_cell(shell):
    load_ipython_extension(shell)
    asked = subprocess.run(["fc-list"], capture_output=True, text=True, check=True)
    assert asked.stderr == ""
    assert Path(os.environ["FONTCONFIG_FILE"]).is_file()
