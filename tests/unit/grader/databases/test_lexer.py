"""A query is read as PostgreSQL reads it: nothing hides behind a quote, nothing stalls it."""

import time

import pytest
from viva_grader.databases.lexer import Sort, constants, tokens
from viva_grader.databases.problems import refusal


def words(sql: str) -> list[str]:
    return [token.text for token in tokens(sql) if token.sort is Sort.WORD]


@pytest.mark.parametrize(
    "sql",
    [
        "select E'\\'', current_date, ''",
        "select 1 /* /* */ ' */, current_date, 'x'",
        "select 1 -- \r, current_date",
        "select 1 as a$b$, current_date as x$b$",
        "select $b$ $a$ $b$, current_date, $a$ $a$",
        'select "a""b", current_date, "c"',
        "select U&'\\0027', current_date, 'x'",
        "select x'1f', current_date",
    ],
)
def test_a_word_of_the_grammar_is_seen_behind_every_quote(sql: str) -> None:
    assert "current_date" in words(sql)
    assert refusal(sql) is not None


@pytest.mark.parametrize(
    "sql",
    [
        "select 'current_date'",
        "select E'\\' current_date'",
        'select "current_date"',
        "select $$current_date$$",
        "select $a$ $$ current_date $a$",
        "select 1 -- current_date",
        "select 1 /* /* */ current_date */",
        "select 'it''s current_date'",
        "select current_dates",
        "select 'yesterday is a word' || 'now it is'",
        "(select name from colours) union all table colours",
        "/* a */ -- b\n with a as (select 1) select * from a;",
    ],
)
def test_what_is_quoted_is_no_word_of_the_grammar(sql: str) -> None:
    assert "current_date" not in words(sql)
    assert refusal(sql) is None


@pytest.mark.parametrize(
    "sql",
    [
        "select date 'today'",
        "select date E'\\x74oday'",
        "select date E'\\164oday'",
        "select date E'\\u0074oday'",
        "select date U&'\\0074oday'",
        "select date 'to'\n'day'",
        "select date 'to' -- part\n 'day'",
        "select date $$today$$",
        "select date $q$today$q$",
        "select date U&'!0074oday' uescape '!'",
    ],
)
def test_a_day_is_seen_however_it_is_written(sql: str) -> None:
    assert refusal(sql) is not None


def test_constants_are_one_where_a_lines_end_parts_them() -> None:
    assert list(constants(list(tokens("'a' 'b'\n'c', 'd'")))) == ["a", "bc", "d"]


@pytest.mark.parametrize(
    "text",
    ["/* ", "'", "''", '"', "$a$ ", "$a1$ b ", "E'\\", "U&'", "-", "--", "\\", "a$", "1.", "$"],
)
def test_no_text_takes_longer_than_its_length(text: str) -> None:
    assert _read_s(text * (150_000 // len(text))) < 3


def test_no_number_of_quotes_takes_longer_than_its_length() -> None:
    assert _read_s("select " + "".join(f"$a{n}$ " for n in range(30_000))) < 3


def _read_s(sql: str) -> float:
    began_s = time.process_time()
    assert all(token.start < len(sql) for token in tokens(sql))
    refusal(sql)
    return time.process_time() - began_s
