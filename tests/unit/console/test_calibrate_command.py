import json
from pathlib import Path

import pytest
from typer.testing import CliRunner
from viva_console.cli import app
from viva_console.domain.errors import BadRequestError, NotNowError
from viva_grader.calibration.files import to_csv, to_parquet

from tests.fakes.sample_ratings import sample_ratings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ratings.csv"
    path.write_bytes(to_csv(sample_ratings()))
    return path


def run(*words: str):
    return CliRunner().invoke(app, ["calibrate", "--resamples", "200", *words])


def test_table_names_every_figure_and_each_slice(file: Path) -> None:
    file.write_bytes(to_csv(sample_ratings(60)))
    found = run(str(file))
    assert found.exit_code == 0
    for words in ("clarity", "rigour", "Kappa", "Ceiling", "Alpha", "Bias", "Drift", "54 of 60"):
        assert words in found.stdout
    assert "too few" not in found.stdout


def test_json_is_the_same_for_csv_and_parquet_and_by_seed(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "ratings.parquet"
    other.write_bytes(to_parquet(sample_ratings()))
    first, second = (run(str(one), "--json", "--by", "question") for one in (file, other))
    assert first.stdout == second.stdout
    told = json.loads(first.stdout)
    assert [one["key"] for one in told["slices"]] == [
        {"question": "late_orders"},
        {"question": "top_customers"},
    ]
    assert run(str(file), "--json", "--by", "question", "--seed", "9").stdout != first.stdout


def test_bad_row_is_said_and_the_rest_counts(file: Path) -> None:
    with file.open("a") as out:
        out.write("x,c,s,q,r,l,d,v,human,ada,9,2026-01-01T00:00Z\n")
    found = run(str(file), "--json")
    assert found.exit_code == 2
    assert found.stderr.strip().endswith("row 241: score is '9': 1 to 5, or empty where unscored")
    assert len(json.loads(found.stdout)["slices"]) == 2


@pytest.mark.parametrize(
    ("name", "content", "kind", "why"),
    [
        ("a.txt", b"", BadRequestError, "neither .csv nor .parquet"),
        ("a.csv", b"x,y\n", BadRequestError, "columns are missing: id, "),
        ("a.csv", b"\xff\xfe", BadRequestError, "utf-8"),
        ("a.parquet", b"PAR1", BadRequestError, "no Parquet"),
        ("a.csv", to_csv([]), NotNowError, "no ratings"),
    ],
)
def test_file_that_cannot_be_is_one_clear_error(tmp_path, name, content, kind, why) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = run(str(path))
    assert isinstance(found.exception, kind)
    assert why in found.exception.message


def test_absent_file_and_unknown_facet_are_clear_errors(file: Path, tmp_path: Path) -> None:
    assert "No such file" in run(str(tmp_path / "none.csv")).exception.message
    assert "shoe" in run(str(file), "--by", "shoe").exception.message
