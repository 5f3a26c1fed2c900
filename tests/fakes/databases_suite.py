"""Decides what every grader's databases must do: the suite that the fake and PostgreSQL pass."""

import pytest
from viva_grader.databases.port import Databases, ProblemKind, QueryLimits, QueryProblem, ResultSet
from viva_grader.domain.fixture import Fixture, Variant

LIMITS = QueryLimits(seconds=20)


def colours(*variants: str) -> Fixture:
    """Make a small fixture: each variant has its own name among its rows."""
    return Fixture(
        slug="colours",
        title="Colours",
        schema_sql="create table colours (name varchar(40) not null, weight integer);",
        sample=Variant("sample", 0, frozenset(), "-"),
        hidden=tuple(Variant(name, 1, frozenset(), "-") for name in variants),
        generate=lambda variant: {
            "colours": [("red", 3), ("blue", None), ("blue", None), (variant.name, 7)]
        },
        sha256="colours of " + " ".join(variants),
    )


class DatabasesSuite:
    """Inherit, and give a fixture ``databases``."""

    fixture = colours("first", "second")

    def ask(self, databases: Databases, sql: str, variant: str = "first", **limits: int) -> object:
        chosen = QueryLimits(seconds=LIMITS.seconds, **limits)
        return databases.query(self.fixture, variant, sql, chosen)

    def test_query_gives_columns_and_text(self, databases: Databases) -> None:
        answer = self.ask(databases, "select name, weight from colours order by weight, name")
        assert isinstance(answer, ResultSet)
        assert [column.name for column in answer.columns] == ["name", "weight"]
        assert sorted(answer.rows, key=str) == [
            ("blue", None), ("blue", None), ("first", "7"), ("red", "3"),
        ]  # fmt: skip

    def test_each_variant_has_its_own_rows(self, databases: Databases) -> None:
        for variant in ("first", "second"):
            answer = self.ask(databases, "select name from colours where weight = 7", variant)
            assert isinstance(answer, ResultSet)
            assert answer.rows == ((variant,),)

    def test_result_without_rows_keeps_its_columns(self, databases: Databases) -> None:
        answer = self.ask(databases, "select name from colours where weight > 100")
        assert isinstance(answer, ResultSet)
        assert (len(answer.columns), answer.rows) == (1, ())

    @pytest.mark.parametrize(
        "sql",
        [
            "select 1; select 2",
            "select 1; drop table colours",
            "delete from colours",
            "drop table colours",
            "  ",
        ],
    )
    def test_anything_but_one_reading_query_is_refused(
        self, databases: Databases, sql: str
    ) -> None:
        answer = self.ask(databases, sql)
        assert isinstance(answer, QueryProblem)
        assert answer.kind is ProblemKind.REFUSED
        whole = self.ask(databases, "select name from colours")
        assert isinstance(whole, ResultSet)
        assert len(whole.rows) == 4

    def test_error_is_a_value_and_the_next_query_runs(self, databases: Databases) -> None:
        answer = self.ask(databases, "select nothing from nowhere")
        assert isinstance(answer, QueryProblem)
        assert answer.kind is ProblemKind.ERROR
        assert isinstance(self.ask(databases, "select 1"), ResultSet)

    def test_more_rows_than_allowed_are_too_big(self, databases: Databases) -> None:
        answer = self.ask(databases, "select name from colours", rows=3)
        assert isinstance(answer, QueryProblem)
        assert answer.kind is ProblemKind.TOO_BIG
        assert isinstance(self.ask(databases, "select name from colours", rows=4), ResultSet)
