"""What a `%%sql` cell offers beside its rows: completion, and plans as trees."""

import pytest
from viva_lab.completion import SqlMatcher, offers
from viva_lab.explain import Plan, as_json

NAMES = {"orders": ["order_id", "placed_at"], "deliveries": ["order_id", "delivered_at"]}
PLAN = [{
    "Plan": {
        "Node Type": "Hash Join", "Join Type": "Left", "Total Cost": 100, "Plan Rows": 10,
        "Hash Cond": "(a = b)", "Plans": [
            {"Node Type": "Seq Scan", "Relation Name": "orders", "Alias": "o", "Total Cost": 80,
             "Plan Rows": 499, "Actual Rows": 499, "Actual Loops": 1, "Actual Total Time": 1.25,
             "Filter": "(name = '<b>')"},
            {"Node Type": "Hash", "Total Cost": 10, "Plan Rows": 1},
        ],
    },
    "Execution Time": 2.5,
}]  # fmt: skip


def words(text, before):
    return [word for word, _ in offers(text, before, NAMES)[1]]


def test_tables_are_offered_after_from():
    assert words("select * from d", "select * from d") == ["deliveries"]


def test_columns_of_an_alias_are_offered_also_when_it_is_named_later():
    assert words("select o. from orders as o", "select o.") == ["order_id", "placed_at"]


def test_columns_of_named_tables_come_before_keywords():
    found = words("select or from orders", "select or")
    assert found[0] == "order_id"
    assert "order by" in found


def test_keywords_follow_the_case_that_is_typed():
    assert "SELECT" in words("SEL", "SEL")


def test_common_table_expressions_are_tables_too():
    text = "with late as (select 1) select * from l"
    assert words(text, text)[0] == "late"


class Reader:
    def __init__(self):
        self.reads = 0
        self.now = 0.0

    def __call__(self):
        self.reads += 1
        if self.reads > 1:
            raise OSError("away")
        return NAMES


def test_matcher_keeps_out_of_python_and_of_the_magic_line():
    matcher = SqlMatcher(Reader())
    assert matcher.complete("orders.", 0, 7) == {"completions": []}
    assert matcher.complete("%%sql ord", 0, 9) == {"completions": []}


def test_matcher_answers_alone_and_survives_a_database_that_is_away():
    reader = Reader()
    matcher = SqlMatcher(reader, clock=lambda: reader.now)
    for moment in (0.0, 1.0, 10.0):
        reader.now = moment
        answer = matcher.complete("%%sql\nselect pl from orders", 1, 9)
        assert [each.text for each in answer["completions"]] == ["placed_at"]
        assert answer["suppress"] is True
    assert reader.reads == 2


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("explain select 1", "EXPLAIN (FORMAT JSON) select 1"),
        (
            "-- why\nEXPLAIN ANALYSE verbose select 1",
            "EXPLAIN (analyze, verbose, FORMAT JSON) select 1",
        ),
        ("explain (buffers, analyze) select 1", "EXPLAIN (buffers, analyze, FORMAT JSON) select 1"),
        ("explain (format text) select 1", None),
        ("select 'explain'", None),
        ("", None),
    ],
)
def test_explain_is_asked_for_as_json(statement, expected):
    assert as_json(statement) == expected


def test_plan_reads_as_a_tree_and_marks_the_dearest_part():
    text = repr(Plan(PLAN))
    assert text.splitlines()[1].startswith("- Left Hash Join: matches rows through a hash table")
    assert "  - Seq Scan on orders (o): reads every row (!)" in text
    assert "499 rows found; 1.2 ms" in text


def test_plan_escapes_what_the_database_says():
    html = Plan(PLAN)._repr_html_()
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
