from dataclasses import replace

import pytest
from viva_grader.calibration.files import from_csv, from_parquet, to_csv, to_parquet

from tests.fakes.sample_ratings import a_rating, sample_ratings

HARD = [
    a_rating(id="a", role='=cmd|"x"!A1', rater="'quoted", score=None),
    a_rating(id="b", role="-1", question="a,b;c", level="'=x", candidate="Zoë"),
]
WAYS = pytest.mark.parametrize(
    ("write", "read"), [(to_csv, from_csv), (to_parquet, from_parquet)], ids=["csv", "parquet"]
)


@WAYS
def test_ratings_come_back_as_they_were_written(write, read) -> None:
    ratings = [*sample_ratings(), *HARD]
    found = read(write(ratings))
    assert list(found.ratings) == ratings
    assert found.bad == ()


def test_no_cell_of_a_csv_begins_as_a_formula() -> None:
    cells = [cell for line in to_csv(HARD).decode().splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.strip('"').startswith(("=", "-", "+", "@"))]


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("score", "7", "score is '7': 1 to 5, or empty where unscored"),
        ("score", "3.5", "score is '3.5': 1 to 5, or empty where unscored"),
        ("score", "nan", "score is 'nan': 1 to 5, or empty where unscored"),
        ("at", "yesterday", "at is 'yesterday': no ISO 8601 moment"),
        ("at", "2026-01-05T09:00", "at has no time zone"),
        ("kind", "cat", "kind is 'cat': human or model"),
        ("rater", " ", "rater is empty"),
        ("rater", "a\x1b[31m", "rater holds characters that cannot be printed"),
        ("role", "x" * 201, "role has more than 200 characters"),
        ("id", "r0", "the id 'r0' stands in an earlier row"),
    ],
)
def test_bad_row_gets_a_line_and_the_rest_goes_on(column, value, why) -> None:
    header, row = to_csv([a_rating(id="r1")]).decode().splitlines()
    bad = dict(zip(header.split(","), row.split(","), strict=True)) | {column: value}
    lines = [header, row.replace("r1", "r0"), ",".join(bad.values()), row.replace("r1", "r2")]
    found = from_csv("\n".join(lines).encode())
    assert [(one.row, one.why) for one in found.bad] == [(2, why)]
    assert [one.id for one in found.ratings] == ["r0", "r2"]


def test_row_with_too_few_cells_is_one_bad_row() -> None:
    header, row = to_csv([a_rating()]).decode().splitlines()
    found = from_csv(f"{header}\nshort\n{row}\n".encode())
    assert [(one.row, one.why) for one in found.bad] == [(1, "candidate is empty")]
    assert found.ratings == (a_rating(),)


@WAYS
def test_file_that_is_none_is_refused_in_words(write, read) -> None:
    with pytest.raises(ValueError, match=r"columns are missing|no Parquet"):
        read(b"nothing of the kind")
    assert read(write([replace(HARD[0], id="z")])).ratings[0].id == "z"
