import re
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner
from viva_console.bootstrap import prepare_store
from viva_console.cli import app
from viva_console.settings import BadSettingsError
from viva_grader.calibration.files import from_parquet, to_csv

from tests.fakes.sample_ratings import sample_ratings

pytestmark = pytest.mark.postgres


@pytest.fixture
def environment(empty_url: str, tmp_path: Path) -> dict[str, str]:
    return {"VIVA_HOME": str(tmp_path), "VIVA_STORE_URL": empty_url, "COLUMNS": "200"}


def test_commands_migrate_create_and_list(environment: dict[str, str]) -> None:
    runner = CliRunner(env=environment)
    for _ in range(2):
        assert runner.invoke(app, ["migrate"]).exit_code == 0
    made = runner.invoke(
        app,
        [
            *("interviews", "create", "--alias", "Kestrel", "--question", "top_customers"),
            *("--question", "late_orders", "--role", "Data scientist", "--minutes", "40"),
            *("--known", "Ottilie Vanterpool", "--known", "o.v@x.example"),
        ],
    )
    assert made.exit_code == 0, made.output
    assert re.search(r"^[a-z2-7]{26} http://127\.0\.0\.1:8000/services/console/i/\S+$", made.output)
    listed = runner.invoke(app, ["interviews", "list"])
    assert "Kestrel" in listed.output
    assert "Invited" in listed.output
    assert "Vanterpool" not in listed.output
    words = ("--alias", "K", "--question", "late_orders", "--role", "R", "--known", "ab")
    refused = runner.invoke(app, ["interviews", "create", *words])
    assert "3 to 120 characters" in str(refused.exception)


def test_report_of_nothing_is_one_clear_error(environment: dict[str, str]) -> None:
    runner = CliRunner(env=environment)
    runner.invoke(app, ["migrate"])
    failed = runner.invoke(app, ["report", "nobody"])
    assert failed.exit_code == 1
    assert getattr(failed.exception, "code", "") == "interview.unknown"
    failed = runner.invoke(app, ["interviews", "export", "nobody", "--out", "none"])
    assert getattr(failed.exception, "code", "") == "interview.unknown"


def test_ratings_go_into_the_store_and_out_again(
    environment: dict[str, str], tmp_path: Path
) -> None:
    runner = CliRunner(env=environment)
    runner.invoke(app, ["migrate"])
    assert runner.invoke(app, ["calibrate"]).exception.code == "ratings.none"
    theirs, ours = tmp_path / "theirs.csv", tmp_path / "ours.parquet"
    theirs.write_bytes(to_csv(sample_ratings()) + b"bad row\n")
    taken = runner.invoke(app, ["ratings", "import", str(theirs), "--by", "ada"])
    assert (taken.exit_code, taken.stdout) == (2, "240 ratings are new.\n")
    assert "row 241: candidate is empty" in taken.stderr
    again = runner.invoke(app, ["ratings", "import", str(theirs)])
    assert again.stdout == "0 ratings are new.\n"
    assert runner.invoke(app, ["ratings", "export", str(ours)]).exit_code == 0
    by_id = {one.id: one for one in sample_ratings()}
    assert {one.id: one for one in from_parquet(ours.read_bytes()).ratings} == by_id
    stored = runner.invoke(app, ["calibrate", "--json", "--resamples", "200"])
    from_file = runner.invoke(app, ["calibrate", str(ours), "--json", "--resamples", "200"])
    assert stored.exit_code == 0
    assert stored.stdout == from_file.stdout
    made = runner.invoke(app, ["ratings", "anchors", str(tmp_path / "anchors")])
    assert made.stdout.startswith("0 anchors written")  # of imported ratings there is no work
    assert runner.invoke(app, ["audit"]).output.endswith("4 entries.\n")


def test_audit_finds_an_entry_that_was_changed(environment: dict[str, str]) -> None:
    runner = CliRunner(env=environment)
    runner.invoke(app, ["migrate"])
    words = ("--alias", "Kestrel", "--question", "top_customers", "--role", "Data scientist")
    for _ in range(2):
        assert runner.invoke(app, ["interviews", "create", *words]).exit_code == 0
    whole = runner.invoke(app, ["audit"])
    assert (whole.exit_code, whole.output) == (0, "The audit trail is whole: 2 entries.\n")
    with psycopg.connect(environment["VIVA_STORE_URL"]) as connection:
        # Who owns the database can switch its guards off; the chain still tells.
        connection.execute("ALTER TABLE audit_logs DISABLE TRIGGER USER")
        connection.execute("UPDATE audit_logs SET action = 'nothing.happened' WHERE id = 1")
    broken = runner.invoke(app, ["audit"])
    assert broken.exit_code == 1
    assert getattr(broken.exception, "code", "") == "record.broken"
    assert "Entry 1 of 2" in str(broken.exception)


def test_store_must_be_named() -> None:
    with pytest.raises(BadSettingsError):
        prepare_store("")


def test_queue_and_store_share_a_database(empty_url: str) -> None:
    prepare_store(empty_url)
    with psycopg.connect(empty_url) as connection:
        rows = connection.execute(
            "SELECT to_regclass('procrastinate_jobs'), to_regclass('audit_logs')"
        ).fetchone()
    assert rows is not None
    assert all(rows)


def test_worker_with_another_key_than_the_stores_ends_at_once(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """It would fail run after run that another worker can grade."""
    runner = CliRunner(env=environment)
    runner.invoke(app, ["migrate"])
    words = ("--alias", "Kestrel", "--question", "top_customers", "--role", "Data scientist")
    assert runner.invoke(app, ["interviews", "create", *words]).exit_code == 0
    elsewhere = environment | {"VIVA_HOME": str(tmp_path / "elsewhere")}
    failed = CliRunner(env=elsewhere).invoke(app, ["work", "--only-grading"])
    assert failed.exit_code == 1
    assert isinstance(failed.exception, BadSettingsError)
    assert "secrets/store.key" in failed.exception.message
