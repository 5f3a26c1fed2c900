"""The kernels' magics on a real kernel of the candidate's environment and a real PostgreSQL."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


class Kernel:
    """A kernel of the candidate's environment; `run` returns its status and all that it showed."""

    def __init__(self, environment: Path, home: Path, url: str | None) -> None:
        python = str(environment / "bin" / "python")
        spec = {
            "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Room",
            "language": "python",
        }
        (home / "kernels" / "room").mkdir(parents=True)
        (home / "kernels" / "room" / "kernel.json").write_text(json.dumps(spec))
        variables = {"PATH": os.environ["PATH"], "HOME": str(home)}
        if url is not None:
            variables["DATABASE_URL"] = url
        specs = KernelSpecManager(kernel_dirs=[str(home / "kernels")], ensure_native_kernel=False)
        self.manager = KernelManager(kernel_name="room", kernel_spec_manager=specs)
        self.manager.start_kernel(env=variables)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str) -> tuple[str, str]:
        shown: list[str] = []

        def hook(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                shown.append(content["text"])
            elif message["msg_type"] in ("execute_result", "display_data"):
                shown.append(content["data"]["text/plain"])

        reply = self.client.execute_interactive(code, output_hook=hook, timeout=60)
        return reply["content"]["status"], "".join(shown)

    def run_for(self, code: str, mime: str) -> Any:
        """Run a cell; return what it showed of one kind."""
        shown: list[Any] = []

        def hook(message: dict[str, Any]) -> None:
            shown.extend(filter(None, [message["content"].get("data", {}).get(mime)]))

        self.client.execute_interactive(code, output_hook=hook, timeout=60)
        return shown[0]

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(candidate_env, shop_database, tmp_path_factory) -> Iterator[Kernel]:
    kernel = Kernel(candidate_env, tmp_path_factory.mktemp("home"), shop_database)
    yield kernel
    kernel.close()


def test_first_cell_does_not_wait_for_jupysql(kernel):
    started = time.monotonic()
    assert kernel.run("1 + 1") == ("ok", "2")
    assert time.monotonic() - started < 2


def test_query_leaves_plots_out_and_a_cell_brings_them_in(kernel):
    assert kernel.run("%sql SELECT 1 AS one")[0] == "ok"
    assert kernel.run("import sys; 'matplotlib' in sys.modules") == ("ok", "False")
    code = "import matplotlib.pyplot, sql.ggplot; sql.ggplot.ggplot.__module__"
    assert kernel.run(code) == ("ok", "'sql.ggplot.ggplot'")


def test_cell_assigns_a_dataframe_and_shows_nothing(kernel):
    assert kernel.run("%%sql top <<\nSELECT * FROM item ORDER BY a") == ("ok", "")
    _, shown = kernel.run("type(top).__name__, top.shape, list(top.columns)")
    assert shown == "('DataFrame', (3, 2), ['a', 'b'])"


def test_cell_without_a_name_shows_its_rows_and_no_connection(kernel):
    status, shown = kernel.run("%%sql\nSELECT a, '12:30'::time AS t FROM item WHERE a = 1")
    assert status == "ok"
    assert "12:30:00" in shown
    assert "postgres" not in shown


def test_statement_without_rows_is_answered_by_a_word(kernel):
    assert kernel.run("%%sql\nCREATE TEMP TABLE scratch (n int)") == ("ok", "Done.\n")


def test_syntax_error_is_the_databases_own_and_nothing_else(kernel):
    status, shown = kernel.run("%%sql\nSELECT * FORM item")
    assert status == "error"
    assert 'syntax error at or near "FORM"' in shown
    assert "http" not in shown


def test_tables_are_listed(kernel):
    assert "item" in kernel.run("%sqlcmd tables")[1]


def test_connection_that_died_is_replaced(kernel):
    kernel.run("%%sql\nSELECT pg_terminate_backend(pg_backend_pid())")
    status, shown = kernel.run("%%sql\nSELECT 7 AS seven")
    assert (status, "7" in shown, "warn" in shown.lower()) == ("ok", True, False)


def test_pip_is_answered_with_a_sentence(kernel):
    status, shown = kernel.run("%pip install polars")
    assert status == "error"
    assert "no network" in shown


def test_nothing_is_written_for_telemetry(kernel):
    code = "import pathlib; sorted(p.name for p in pathlib.Path.home().glob('.p*'))"
    assert kernel.run(code) == ("ok", "[]")


def test_database_that_is_away_is_said_in_plain_words(candidate_env, tmp_path):
    kernel = Kernel(candidate_env, tmp_path, "postgresql+psycopg://c@/shop?host=/nowhere")
    try:
        status, shown = kernel.run("%%sql\nSELECT 1")
        assert status == "error"
        assert "The database does not answer." in shown
        assert "nowhere" not in shown
    finally:
        kernel.close()


def test_check_says_what_came_out_and_leaves_no_name(kernel):
    source = "%%viva_check\nleft_behind = 1\nassert left_behind == 2"
    assert kernel.run_for(source, "application/vnd.viva.check+json") == {
        "findings": [
            {"state": "fail", "input": "left_behind", "expected": "2", "got": "1", "note": ""}
        ],
        "stopped": "",
    }
    assert kernel.run("'left_behind' in globals()") == ("ok", "False")


def test_rows_are_sent_as_data_with_nulls_and_their_count(kernel):
    query = "%%sql\nSELECT a, b, a::numeric / 4 AS c FROM item ORDER BY a"
    assert kernel.run_for(query, "application/vnd.viva.rows+json") == {
        "columns": [
            {"name": "a", "numeric": True},
            {"name": "b", "numeric": False},
            {"name": "c", "numeric": True},
        ],
        "rows": [
            ["1", "x", "0.25000000000000000000"],
            ["2", None, "0.50000000000000000000"],
            ["3", "z", "0.75000000000000000000"],
        ],
        "total": 3,
    }


def test_index_of_a_frame_is_sent_where_it_says_something(kernel):
    frame = "pd.DataFrame({'n': [1.5, None]}, index=pd.Index(['x', 'y'], name='k'))"
    code = f"import pandas as pd\n{frame}"
    grid = kernel.run_for(code, "application/vnd.viva.rows+json")
    assert [each["name"] for each in grid["columns"]] == ["k", "n"]
    assert grid["rows"] == [["x", "1.5"], ["y", None]]


def test_explain_is_a_tree_in_words(kernel):
    status, shown = kernel.run("%%sql\nEXPLAIN ANALYZE SELECT * FROM item WHERE a > 1")
    assert status == "ok"
    assert "- Seq Scan on item: reads every row" in shown
    assert "rows found" in shown


def test_completion_in_a_sql_cell_is_the_databases_alone(kernel):
    code = "%%sql\nSELECT o. FROM orders AS o"
    reply = kernel.client.complete(code, code.index(".") + 1, reply=True, timeout=30)
    assert reply["content"]["matches"] == ["order_id", "customer_id", "placed_at", "amount_cents"]
