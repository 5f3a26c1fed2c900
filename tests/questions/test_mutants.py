"""Hidden tests notice small faults in the author's own answers; what they need not is listed."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from viva_grader.bootstrap import Grader
from viva_grader.cli_mutate import score_question
from viva_grader.domain.errors import BadQuestionError
from viva_grader.library.shelf import Shelf
from viva_grader.library.solutions import author_cells
from viva_grader.mutation.equivalents import load_equivalents
from viva_grader.mutation.python import mutants_of_python
from viva_grader.mutation.run import Subject, chosen, subjects
from viva_grader.mutation.score import GOAL, MutationScore, add_up
from viva_grader.mutation.sql import mutants_of_query
from viva_grader.mutation.trial import Fate, Trial

SHELF = Shelf(Path(__file__).parents[2])
# `viva questions mutate SLUG` tries all of them; these are the same few every time.
FEW = {"late_orders": 15, "top_customers": 8, "meeting_rooms": 8, "close_month": 2}
SCHEMA = "create table t (a integer not null, b integer, c text, at timestamptz)"


@cache
def every(slug: str) -> list[Subject]:
    question = SHELF.question(slug)
    schema = SHELF.fixture(question.fixture).schema_sql if question.fixture else ""
    return subjects(question, schema)


def said(sql: str, *, ordered: bool = False) -> set[str]:
    made = mutants_of_query("q", sql, SCHEMA, ordered=ordered)
    return {f"{mutant.operator} {mutant.said}" for mutant in made}


def python(source: str) -> set[str]:
    return {mutant.source for mutant in mutants_of_python("f", source)}


def tried(grader: Grader, slug: str, number: int) -> MutationScore:
    question = SHELF.question(slug)
    listed = load_equivalents(SHELF.questions_folder / slug)
    some = chosen(every(slug), number)
    return score_question(grader, question, some, listed, sampled=True, jobs=2)


@pytest.mark.postgres
@pytest.mark.sandbox
@pytest.mark.parametrize("slug", SHELF.slugs())
def test_hidden_tests_notice_what_they_must(grader: Grader, slug: str) -> None:
    score = tried(grader, slug, FEW.get(slug, 5))
    assert score.reaches(GOAL), [trial.mutant.id for trial in score.of(Fate.SURVIVED)]
    assert score.count(Fate.KILLED) >= FEW.get(slug, 5) / 3


@pytest.mark.parametrize("slug", SHELF.slugs())
def test_every_listed_mutant_is_one(slug: str) -> None:
    listed = load_equivalents(SHELF.questions_folder / slug)
    assert set(listed) <= {subject.mutant.id for subject in every(slug)}


@pytest.mark.parametrize("slug", SHELF.slugs())
def test_mutants_are_the_same_every_time_and_none_is_the_answer(slug: str) -> None:
    first, again = every(slug), every.__wrapped__(slug)
    assert [s.mutant for s in first] == [s.mutant for s in again]
    assert len({s.mutant.id for s in first}) == len(first)
    answers = {source.strip() for source in author_cells(SHELF.question(slug)).values()}
    assert not answers & {s.mutant.source.strip() for s in first}
    assert all(subject.mutant.diff for subject in first)


def test_sample_is_the_same_part_of_all() -> None:
    found = every("late_orders")
    some = [subject.mutant.id for subject in chosen(found, 20)]
    assert some == [subject.mutant.id for subject in chosen(list(found), 20)]
    assert len(some) == 20
    assert len({subject.mutant.cell for subject in chosen(found, 20)}) == 3


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("select a from t left join t as u on t.a = u.a", "JOI LEFT join t AS u → inner join"),
        ("select distinct a from t", "SEL distinct → nothing"),
        ("select sum(a) from t", "SEL SUM(a) → SUM(DISTINCT a)"),
        ("select a from t where a in (select b from t)", "SUB a IN (SELECT b FROM t) → NOT a IN"),
        ("select a, b, count(*) from t group by a, b", "GRU group by b → nothing"),
        ("select min(a) from t", "AGR MIN(a) → MAX(a)"),
        ("select a from t union select b from t", "UNI union: all added"),
        ("select rank() over (order by a) from t", "ORD order by a: turned round"),
        ("select a from t order by a limit 2", "LIM 2 → 3"),
        ("select a from t where a > 1 and b > 2", "LCR a > 1 AND b > 2 → a > 1"),
        ("select a from t where a > 1", "ROR a > 1 → a >= 1"),
        ("select a + b as s from t", "AOR a + b → a - b"),
        ("select sum(b) from t", "ABS b → ABS(b)"),
        ("select a from t where a between 1 and 2", "BTW a BETWEEN 1 AND 2 → (a > 1 AND a <= 2)"),
        ("select a from t where b is null", "NLF b IS NULL → b IS NOT NULL"),
        ("select coalesce(c, 'x') from t", "NLS COALESCE(c, 'x') → c"),
        ("select count(*) from t", "NLS COUNT(*) → COUNT(b)"),
        ("select a from t", "IRC a → b"),
        ("select a from t where a > 1", "IRT 1 → 2"),
        ("select a::text from t", "CST CAST(a AS TEXT) → a"),
        ("select case when a > 1 then 2 else 3 end from t", "CAS ELSE 3 → nothing"),
        ("select rank() over (partition by b order by a) from t", "WIN RANK() → DENSE_RANK()"),
        ("select at at time zone 'Europe/Berlin' from t", "TIM 'Europe/Berlin' → 'UTC'"),
        ("select at + interval '1 day' from t", "TIM DAY → HOUR"),
        (
            "insert into t (a) select b from t on conflict (a) do update set b = 1, c = 'x'",
            "UPS set b = 1 → nothing",
        ),
    ],
)
def test_operator_of_sql_puts_its_fault(sql: str, fault: str) -> None:
    found = {each.casefold() for each in said(sql)}
    assert any(each.startswith(fault.casefold()) for each in found), sorted(found)


def test_count_of_what_is_never_null_is_no_fault() -> None:
    assert "NLS COUNT(*) → COUNT(a)" not in said("select count(*) from t")
    assert "NLS COUNT(*) → COUNT(t.a)" in said(
        "select count(*) from t as u left join t on t.a = u.b"
    )


def test_outermost_order_is_left_where_the_task_asks_for_none() -> None:
    sql = "select a from t order by a"
    assert not {each for each in said(sql) if each.startswith("ORD")}
    assert {each for each in said(sql, ordered=True) if each.startswith("ORD")}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("x = a < b", "x = a <= b"),
        ("x = a in b", "x = a not in b"),
        ("x = a + b", "x = a - b"),
        ("x += a", "x -= a"),
        ("x = -a", "x = a"),
        ("x = a and b", "x = a or b"),
        ("x = not a", "x = a"),
        ("x = [a for a in b if a]", "x = [a for a in b if True]"),
        ("x = 3", "x = 4"),
        ("x = a[1:]", "x = a[:]"),
        ("x = a", "pass"),
        ("while a:\n    break", "while a:\n    continue"),
        ("def f():\n    return 1", "def f():\n    return None"),
        ("def f(a=1):\n    return a", "def f(a):\n    return a"),
        ("x = a.sum()", "x = a.mean()"),
        ("x = a.dropna()", "x = a"),
        ("x = sorted(a)", "x = sorted(a, reverse=True)"),
        ("x = a.merge(b, how='left')", "x = a.merge(b, how='inner')"),
        ("x = a.merge(b, on='k')", "x = a.merge(b)"),
        ("x = a.drop_duplicates(keep='first')", "x = a.drop_duplicates(keep='last')"),
    ],
)
def test_operator_of_python_puts_its_fault(source: str, fault: str) -> None:
    assert fault in python(source)


def test_docstrings_and_names_of_columns_are_no_faults() -> None:
    assert python('"""Say."""\nx = a["column"]') == {'"""Say."""\npass'}


def test_listed_mutant_that_is_noticed_is_said() -> None:
    mutant = every("top_customers")[0].mutant
    killed = add_up("q", [Trial(mutant, Fate.KILLED, ("p",))], {mutant.id: "-"}, sampled=False)
    assert killed.stale == (mutant.id,)
    assert not killed.reaches(GOAL)
    fine = add_up("q", [Trial(mutant, Fate.KILLED, ("p",))], {}, sampled=False)
    assert fine.reaches(GOAL)
    assert add_up("q", [Trial(mutant, Fate.SURVIVED)], {}, sampled=False).value == 0.0
    assert not add_up("q", [*fine.trials, Trial(mutant, Fate.UNJUDGED)], {}, sampled=False).reaches(
        0
    )


def test_list_that_names_a_mutant_twice_is_refused(tmp_path: Path) -> None:
    entry = '[[equivalent]]\nmutants = ["ROR-00000000"]\nwhy = "-"\n'
    (tmp_path / "mutants.toml").write_text(entry)
    assert load_equivalents(tmp_path) == {"ROR-00000000": "-"}
    (tmp_path / "mutants.toml").write_text(entry + entry)
    with pytest.raises(BadQuestionError, match="twice"):
        load_equivalents(tmp_path)


@pytest.mark.sandbox
def test_author_whose_answer_fails_learns_it(grader: Grader) -> None:
    question = SHELF.question("top_customers")
    broken = question.source.replace(b"total -= cents", b"total -= 0")
    with pytest.raises(BadQuestionError, match="does not pass"):
        score_question(grader, replace(question, source=broken), [], {}, sampled=False, jobs=1)
