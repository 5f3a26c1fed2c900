import pytest
from viva_grader.checks.sql_cell import (
    NotSqlCellError,
    UnsupportedSqlCellError,
    parse_sql_cell,
)


@pytest.mark.parametrize(
    ("source", "name", "sql"),
    [
        ("%%sql late <<\nselect 1", "late", "select 1"),
        ("%%sql late << select 1", "late", "select 1"),
        ("%%sql\nselect 1", None, "select 1"),
        ("%%sql select 1\nfrom t", None, "select 1\nfrom t"),
        ("\n%%sql late<<\nselect 1 << 2", "late", "select 1 << 2"),
        ("%%sql\nselect 1 << 2", None, "select 1 << 2"),
        ("%%sql räume <<\nselect 1", "räume", "select 1"),
    ],
)
def test_statement_is_taken_out_of_the_cell(source: str, name: str | None, sql: str) -> None:
    cell = parse_sql_cell(source)
    assert (cell.name, cell.sql.strip(), cell.blank) == (name, sql, False)


@pytest.mark.parametrize(
    "source",
    ["%%sql x <<\n-- YOUR QUERY HERE", "%%sql", "%%sql x <<\n/* a\nb */\n;\n", "%%sql\n  \n"],
)
def test_cell_of_comments_is_blank(source: str) -> None:
    assert parse_sql_cell(source).blank


@pytest.mark.parametrize("source", ["select 1", "x = 1\n%%sql\nselect 1", "%%sqlplot\n", "# a", ""])
def test_other_cells_are_no_sql_cells(source: str) -> None:
    with pytest.raises(NotSqlCellError):
        parse_sql_cell(source)


@pytest.mark.parametrize(
    "source",
    [
        "%%sql --with early\nselect * from early",
        "%%sql -x\nselect 1",
        "%%sql sqlite:///other.db\nselect 1",
        "%%sql late <<\nselect * from {{ table }}",
    ],
)
def test_jupysql_beyond_a_plain_query_is_unsupported(source: str) -> None:
    with pytest.raises(UnsupportedSqlCellError):
        parse_sql_cell(source)
