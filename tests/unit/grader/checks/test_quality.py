"""What findings cost: by kind, capped by rule and together; and what a text shows of itself."""

import ast

import pytest
from viva_grader.checks.conduct import Use
from viva_grader.checks.duplicates import find_duplicates
from viva_grader.checks.findings import Finding, finding, rules
from viva_grader.checks.hygiene import check_installs, check_tree
from viva_grader.checks.inspection import Inspection
from viva_grader.checks.quality import forbidden_penalties, measure_quality
from viva_grader.checks.sql_hygiene import check_sql
from viva_grader.domain.question import Forbidden
from viva_grader.domain.rubric import QualityCosts

COSTS = QualityCosts(fault=0.15, trap=0.08, untidy=0.03, rule_cap=0.2, total_cap=0.8)


def quality(*names: str, cells: int = 1, unreadable: int = 0) -> float | None:
    findings = [finding("c0", n, name) for n, name in enumerate(names, start=1)]
    ids = tuple(f"c{n}" for n in range(cells))
    seen = Inspection(cells=ids, unreadable=ids[:unreadable], findings=tuple(findings))
    return measure_quality(seen, COSTS).value


def test_findings_cost_by_their_kind() -> None:
    assert quality() == 1.0
    assert quality("B006", "F841", "F401") == pytest.approx(1 - 0.15 - 0.08 - 0.03)


def test_one_habit_costs_no_more_than_its_cap() -> None:
    assert quality(*["F401"] * 40) == pytest.approx(0.8)


def test_all_findings_cost_no_more_than_their_cap() -> None:
    faults = [name for name, rule in rules().items() if rule.kind == "fault" and name != "syntax"]
    assert quality(*faults[:20]) == pytest.approx(0.2)


def test_a_cell_that_cannot_be_read_counts_nothing() -> None:
    assert quality("syntax", cells=4, unreadable=1) == 0.75
    assert quality("syntax", unreadable=1) == 0.0


def test_text_that_no_parser_survives_is_worth_nothing_and_says_so() -> None:
    measure = measure_quality(Inspection(broken="SIGSEGV"), COSTS)
    assert (measure.value, measure.facts[0].data) == (0.0, {"reason": "SIGSEGV"})


def test_a_submission_without_cells_is_not_measured() -> None:
    assert measure_quality(Inspection(), COSTS).value is None


def test_each_finding_is_evidence_with_its_line() -> None:
    seen = Inspection(cells=("c",), findings=(Finding("c", 7, "B006", "Do not"),))
    fact = measure_quality(seen, COSTS).facts[0]
    assert fact.data == {
        "rule": "B006", "kind": "fault", "cell": "c", "line": 7, "message": "Do not",
    }  # fmt: skip


def test_what_is_forbidden_costs_once_however_often_it_is_used() -> None:
    entry = Forbidden(("numpy",), (), 10.0, "Plain Python is asked for.")
    free = Forbidden((), ("eval",), 5.0, "No eval.")
    seen = Inspection(uses=((Use("import numpy", "c", 1), Use("import numpy", "c", 4)), ()))
    penalties = forbidden_penalties(seen, (entry, free))
    assert [(each.points, each.why) for each in penalties] == [(10.0, entry.why)]
    assert [fact.data["line"] for fact in penalties[0].facts] == [1, 4]


BLOCK = """\
{0} = []
for row in {1}:
    value = row["{2}"] * 2 + offset
    if value > {3} and row["kind"] != "x":
        {0}.append((row["key"], value, row["{2}"]))
print(sorted({0}, key=lambda pair: pair[1], reverse=True)[:{3}])
"""


def test_a_block_repeated_with_other_names_is_found_where_it_stands_again() -> None:
    first, second = BLOCK.format("a", "rows", "p", 3), BLOCK.format("b", "others", "q", 9)
    found = find_duplicates([("one", first), ("two", f"import os\n\n{second}")])
    assert [(each.cell, each.line) for each in found] == [("two", 3)]
    assert "line 1 of cell one" in found[0].message


def test_different_work_is_no_repetition() -> None:
    other = BLOCK.format("b", "others", "q", 9).replace("* 2", "/ 2").replace(">", "<=")
    assert find_duplicates([("one", BLOCK.format("a", "rows", "p", 3)), ("two", other)]) == []


def rules_of(source: str) -> list[tuple[str, int]]:
    return [(each.rule, each.line) for each in check_tree("c", source, ast.parse(source))]


def test_a_print_is_left_over_in_a_function_and_a_result_in_a_cell() -> None:
    assert rules_of("print(1)") == []
    assert rules_of("def f():\n    print(1)\n    return 2") == [("debug_print", 2)]


@pytest.mark.parametrize(("branches", "rule"), [(9, None), (10, "complex"), (20, "very_complex")])
def test_tangled_functions_are_found(branches: int, rule: str | None) -> None:
    source = "def f(x):\n" + "".join(f"    if x == {n}:\n        x += 1\n" for n in range(branches))
    assert [name for name, _ in rules_of(source)] == ([rule] if rule else [])


def test_installs_are_found() -> None:
    found = check_installs("c", "import x\n!pip install y\n  %pip install z")
    assert [each.line for each in found] == [2, 3]


def sql_rules(sql: str) -> list[tuple[str, int]]:
    return [(each.rule, each.line) for each in check_sql("c", sql, 2)]


@pytest.mark.parametrize(
    ("sql", "rule", "line"),
    [
        ("select *\nfrom orders", "sql_star", 2),
        ("select a\nfrom t,\nu", "sql_join_without_condition", 4),
        ("select a\nfrom t, u\nwhere t.a = u.a", "sql_comma_join", 3),
        ("select a, count(*)\nfrom t group by 1", "sql_position", 2),
        ("select a\nfrom t order by 1 desc", "sql_position", 2),
        ("select a\nfrom t where\na = null", "sql_null", 4),
        ("select a\nfrom t where\na not in (select b from u)", "sql_not_in", 4),
        ("with w as (select 1 as one)\nselect a from t", "sql_unused", 2),
        ("select distinct a\nfrom t group by a", "sql_distinct_group", 2),
    ],
)
def test_traps_of_queries_are_found_on_their_line(sql: str, rule: str, line: int) -> None:
    found = sql_rules(sql)
    assert [name for name, _ in found] == [rule]
    if rule != "sql_position":
        assert found[0][1] == line


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from t",
        "select a from t join u using (a)",
        "select a from t cross join u",
        "select a from t, lateral (select b from u where u.a = t.a) x",
        "with w as (select a from t) select * from w",
        "select a from t where exists (select * from u)",
        "select a, row_number() over (order by b) from t where a is not null",
        "select a from t where (a",
        "with recursive d as (select 1 as n union all select n + 1 from d) select n from d",
    ],
)
def test_sound_and_unreadable_queries_are_let_be(sql: str) -> None:
    assert sql_rules(sql) == []
