"""Decides what a candidate's kernel offers beyond Python: `%%sql`, checks, an answer to `%pip`.

Loaded by every kernel through `etc/ipython/ipython_config.py`. JupySQL takes seconds to import, so
that happens on a thread of its own once the kernel is up; a first `%%sql` waits for the rest of it.
"""

import contextlib
import importlib
import os
import resource
import threading
import warnings
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Protocol

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import (
    Magics,
    cell_magic,
    line_cell_magic,
    line_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)
from IPython.core.magics.extension import ExtensionMagics

from viva_lab import packages
from viva_lab.check import run_checks
from viva_lab.completion import SqlMatcher
from viva_lab.explain import Plan, as_json
from viva_lab.lean import PLOTS, without
from viva_lab.rows import show_rows
from viva_lab.wire import CHECK_MIME

DATABASE_VARIABLE = "DATABASE_URL"
# A library that JupySQL builds on reads the first two; an installer that is started behind our
# back, as by `%%bash`, gives up at once by the others. Nothing in the room may try to phone home.
SILENCE = {
    "PLOOMBER_STATS_ENABLED": "false",
    "PLOOMBER_VERSION_CHECK_DISABLED": "true",
    "PIP_NO_INDEX": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "UV_OFFLINE": "1",
    "CONDA_OFFLINE": "true",
}
# matplotlib asks `fc-list` for fonts; that would complain, below the cell that imports it, of a
# configuration in /etc that the room does not have.
FONTS = {"FONTCONFIG_FILE": str(Path(__file__).with_name("fonts.conf"))}
# Long enough for the kernel to answer its first cell undisturbed.
WARM_UP_AFTER_S = 1.0
JUPYSQL_MODULES = ("sql.connection", "sql.magic", "sql.magic_cmd", "sql._current", "sql.warnings")
WARM_MODULES = (*JUPYSQL_MODULES, "psycopg", "viva_lab.database", "viva_lab.schema")
OOM_SCORE = Path("/proc/self/oom_score_adj")
NO_DATABASE = "This room has no database, so %%sql does nothing here."


class Database(Protocol):
    """What the magics need of JupySQL; `LazyJupySql` is the real one."""

    def query(self, line: str, cell: str, local_ns: dict[str, Any]) -> Any:
        """Run one `%sql` line or `%%sql` cell."""

    def command(self, line: str) -> Any:
        """Run one `%sqlcmd` line."""


class LazyJupySql:
    """JupySQL, imported and connected at the first query.

    Parameters
    ----------
    shell
        The kernel's shell.
    url
        SQLAlchemy URL of the candidate's own database.
    """

    def __init__(self, shell: InteractiveShell, url: str) -> None:
        self._shell = shell
        self._url = url
        self._sql: Any = None

    def warm_up(self) -> None:
        """Import JupySQL on a thread of its own, shortly after the kernel has started."""
        timer = threading.Timer(WARM_UP_AFTER_S, _import_all, args=[WARM_MODULES])
        timer.daemon = True
        timer.start()

    def query(self, line: str, cell: str, local_ns: dict[str, Any]) -> Any:
        """Run one `%sql` line or `%%sql` cell; `name <<` before it assigns a DataFrame."""
        self._load()
        explained = None if "<<" in line else as_json(cell)
        rows = self._sql.execute(line, explained or cell, local_ns)
        if explained is not None:
            return Plan(rows.iloc[0, 0])
        # A statement without rows gives an empty frame, an empty cell a connection string.
        columns = getattr(rows, "columns", None)
        if isinstance(rows, str) or (columns is not None and not len(columns)):
            print("Done.")  # noqa: T201 -- a statement without rows is answered by a word
            return None
        return rows

    def command(self, line: str) -> Any:
        """Run one `%sqlcmd` line, such as `%sqlcmd tables`."""
        self._load()
        # Loading has put JupySQL's own magic in the place of the one that leads here.
        return self._shell.run_line_magic("sqlcmd", line)

    def _load(self) -> None:
        """Import and connect once; a failure leaves nothing, so that the next cell retries."""
        if self._sql is not None:
            return
        # Imported here because it takes seconds, and Python-only work never needs it.
        jupysql_modules = _import_all(JUPYSQL_MODULES)
        connections, magics, commands, current, warned = jupysql_modules
        from viva_lab.database import connect

        engine = connect(self._url)
        sql = magics.SqlMagic(self._shell)
        sql.autopandas = True
        sql.displaycon = False
        # It would call the rows of a SELECT "affected".
        sql.feedback = 0
        # A colon in a query is a colon: '12:30' and x::int need no escape.
        sql.named_parameters = "disabled"
        current._set_sql_magic(sql)  # noqa: SLF001 -- what JupySQL's own loader does
        # It reconnects by itself; each statement commits, so that nothing is lost by it.
        warnings.filterwarnings("ignore", category=warned.JupySQLRollbackPerformed)
        connections.ConnectionManager.set(engine, displaycon=False, config=sql)
        self._shell.register_magics(commands.SqlCmdMagic)
        self._sql = sql


@magics_class
class RoomMagics(Magics):
    """The room's own magics.

    Parameters
    ----------
    shell
        The kernel's shell.
    database
        None where the interview has no database.
    """

    def __init__(self, shell: InteractiveShell, database: Database | None) -> None:
        super().__init__(shell)
        self._database = database

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def sql(
        self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None
    ) -> Any:
        """Run SQL on the interview's database; `%%sql name <<` puts the rows into a DataFrame."""
        database = self._connected()
        return _in_plain_words(lambda: database.query(line, cell or "", local_ns or {}))

    @no_var_expand
    @line_magic
    def sqlcmd(self, line: str) -> Any:
        """Inspect the database: `%sqlcmd tables`, `%sqlcmd columns --table NAME`."""
        database = self._connected()
        return _in_plain_words(lambda: database.command(line))

    @cell_magic
    def viva_check(self, line: str, cell: str) -> None:
        """Run a visible test cell; each of its checks is shown with what came out."""
        shell: Any = self.shell
        report = run_checks(shell.transform_cell(cell), shell.user_ns)
        shell.display_pub.publish({CHECK_MIME: asdict(report)})

    def install(self, words: str) -> None:
        """Say what is here and that nothing can be added, or list it; for each installer."""
        if packages.LISTING.match(words):
            print(packages.listing())  # noqa: T201 -- what was asked for
        else:
            raise UsageError(packages.answer(words))

    @line_magic
    def load_ext(self, line: str) -> None:
        """Load an extension; not a word about `sql`, which the room has loaded already."""
        if line.strip() != "sql":
            extensions: Any = ExtensionMagics(self.shell)
            extensions.load_ext(line)

    def _connected(self) -> Database:
        if self._database is None:
            raise UsageError(NO_DATABASE)
        return self._database


def _in_plain_words(run: Callable[[], Any]) -> Any:
    """Run a query; what the database objects to becomes one message without a traceback."""
    try:
        return run()
    except Exception as error:
        from viva_lab.database import plain_words

        words = plain_words(error)
        if words is None:
            raise
        raise UsageError(words) from None


def _read_names(url: str) -> dict[str, list[str]]:
    # Imported here because the database's driver is slow to import.
    from viva_lab.schema import read_names

    return read_names(url)


def _no_memory(
    shell: InteractiveShell,
    kind: type[BaseException],
    value: BaseException,
    trace: TracebackType | None,
    tb_offset: int | None = None,
) -> None:
    """Show where memory ended, and how much of it there is."""
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if not value.args and limit != resource.RLIM_INFINITY:
        value.args = (f"a notebook may use {limit // 2**20} MiB of memory here.",)
    shell.showtraceback((kind, value, trace), tb_offset=tb_offset)


def _import_all(names: Iterable[str]) -> list[ModuleType]:
    with without(PLOTS):
        return [importlib.import_module(name) for name in names]


def _end_before_the_server() -> None:
    """When the room's memory ends, a kernel ends and not the server, whichever has more."""
    with contextlib.suppress(OSError):  # not on every system
        OOM_SCORE.write_text("1000")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the room's magics (called by IPython).

    Parameters
    ----------
    shell
        The kernel's shell.
    """
    os.environ.update(SILENCE | FONTS)
    if getattr(shell, "kernel", None) is not None:
        _end_before_the_server()
    url = os.environ.get(DATABASE_VARIABLE)
    database = LazyJupySql(shell, url) if url else None
    magics = RoomMagics(shell, database)
    shell.register_magics(magics)
    manager: Any = shell.magics_manager
    for name in packages.INSTALLERS:
        manager.register_function(magics.install, "line", name)
    packages.guard(shell, magics.install)
    show_rows(shell)
    untyped: Any = shell
    untyped.set_custom_exc((MemoryError,), _no_memory)
    if url and database is not None:
        untyped.Completer.custom_matchers.insert(0, SqlMatcher(lambda: _read_names(url)).matcher())
        database.warm_up()
