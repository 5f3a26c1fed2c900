"""Decides what is taken out of a line, and what of code stays."""

import pytest
from viva_grader.rubric.redact import redact


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("write to max.power+x@mail.example.org now", "write to [e-mail] now"),
        ("see https://example.org/~max?q=1 and www.example.org/x", "see [link] and [link]"),
        ("git clone ssh://git@example.org/max/repo", "git clone [link]"),
        ("url = 'postgresql+psycopg://me:pw@db/shop'", "url = '[link]'"),
        ("call +49 (151) 2345-6789 or 555-867-5309", "call [phone] or [phone]"),
        ("tel (0151) 234 5678.", "tel [phone]."),
    ],
)
def test_contact_is_replaced_by_a_word_for_its_kind(line: str, expected: str) -> None:
    assert redact(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "WHERE created_at >= '2024-01-01 12:00:00'",
        "x = 1_000_000 + 12345678901",
        "df.loc[100:200, 300]",
        "@decorator",
        "a @ b",
        "rate = 3.14159 * -2.71828",
        "ORDER BY total - 100 - 200 DESC",
        "key: value // comment",
    ],
)
def test_ordinary_code_stays(line: str) -> None:
    assert redact(line) == line


def test_known_name_is_replaced_in_full_and_in_part() -> None:
    names = ["Max Power"]
    assert redact("Max Power, max power, MAX, Power's, max_power", names) == (
        "[name], [name], [name], [name]'s, [name]"
    )


def test_single_word_of_a_name_spares_code() -> None:
    assert redact("max(totals); Maximum", ["Max"]) == "max(totals); Maximum"
    assert redact("by Max, MAX", ["Max"]) == "by [name], [name]"


@pytest.mark.parametrize("name", ["", " ", "x"])
def test_name_too_short_to_be_one_is_ignored(name: str) -> None:
    assert redact("x = X", [name]) == "x = X"
