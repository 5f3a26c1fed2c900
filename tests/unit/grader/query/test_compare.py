import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from viva_grader.checks.compare import SHOWN_ROWS, compare, unknown_columns
from viva_grader.databases.port import Column, ResultSet
from viva_grader.domain.question import QueryRule

ANY_ORDER = QueryRule(solution="q")


def result(columns: str, *rows: Sequence[str | None]) -> ResultSet:
    """Write ``"a:int4 b:text"`` and rows of text."""
    named = [column.split(":") for column in columns.split()]
    return ResultSet(tuple(Column(n, t) for n, t in named), tuple(tuple(row) for row in rows))


def test_rows_in_any_order_are_the_same_answer() -> None:
    expected = result("a:int4 b:text", ("1", "x"), ("2", "y"), ("2", "y"))
    got = result("a:int8 b:varchar", ("2", "y"), ("1", "x"), ("2", "y"))
    assert compare(expected, got, ANY_ORDER) is None


def test_duplicates_count() -> None:
    expected = result("a:int4", ("1",), ("1",), ("2",))
    got = result("a:int4", ("1",), ("2",), ("2",))
    difference = compare(expected, got, ANY_ORDER)
    assert difference is not None
    assert (difference.missing, difference.unexpected) == ((("1",),), (("2",),))


def test_null_is_neither_zero_nor_empty() -> None:
    expected = result("a:int4 b:text", (None, None))
    assert compare(expected, result("a:int4 b:text", ("0", None)), ANY_ORDER)
    assert compare(expected, result("a:int4 b:text", (None, "")), ANY_ORDER)
    assert compare(expected, result("a:int4 b:text", (None, None)), ANY_ORDER) is None


def test_columns_match_by_name_without_regard_to_case_and_order() -> None:
    expected = result("a:int4 b:int4", ("1", "2"))
    assert compare(expected, result("B:int4 A:int4", ("2", "1")), ANY_ORDER) is None
    difference = compare(expected, result("a:int4 c:int4", ("1", "2")), ANY_ORDER)
    assert difference is not None
    assert difference.message == "no column is named b"


def test_columns_match_by_place_where_the_rule_says_so() -> None:
    rule = QueryRule(solution="q", column_order=True)
    expected = result("a:int4 b:int4", ("1", "2"))
    assert compare(expected, result("x:int4 y:int4", ("1", "2")), rule) is None
    assert compare(expected, result("b:int4 a:int4", ("2", "1")), rule)


def test_number_of_columns_is_said() -> None:
    expected = result("a:int4 b:int4", ("1", "2"))
    difference = compare(expected, result("a:int4", ("1",)), ANY_ORDER)
    assert difference is not None
    assert difference.message == "the result has 1 columns, the task asks for 2"


def test_doubled_column_name_does_not_stand_for_another() -> None:
    expected = result("a:int4 b:int4", ("1", "2"))
    assert compare(expected, result("a:int4 a:int4", ("1", "2")), ANY_ORDER)


def test_other_type_is_said_by_column() -> None:
    difference = compare(result("a:int4", ("1",)), result("a:text", ("1",)), ANY_ORDER)
    assert difference is not None
    assert difference.message == ("column a holds text (text), the task asks for numbers (int4)")


def test_column_of_nulls_may_have_any_type() -> None:
    assert compare(result("a:int4", (None,)), result("a:text", (None,)), ANY_ORDER) is None


def test_tolerance_is_of_its_column_only() -> None:
    rule = QueryRule(solution="q", tolerance={"b": 0.01})
    expected = result("a:numeric b:numeric", ("1.00", "2.00"))
    assert compare(expected, result("a:numeric b:numeric", ("1.00", "2.009")), rule) is None
    assert compare(expected, result("a:numeric b:numeric", ("1.00", "2.02")), rule)
    assert compare(expected, result("a:numeric b:numeric", ("1.009", "2.00")), rule)


def test_tolerance_skips_nulls_of_other_columns() -> None:
    rule = QueryRule(solution="q", tolerance={"a": 5, "b": 0.01})
    expected = result("a:numeric b:numeric", (None, "2.00"))
    assert compare(expected, result("a:numeric b:numeric", (None, "4.00")), rule)
    assert compare(expected, result("a:numeric b:numeric", (None, "2.005")), rule) is None


def test_floating_point_is_near_without_being_asked() -> None:
    expected = result("a:float8", ("0.3",))
    assert compare(expected, result("a:float8", ("0.30000000000000004",)), ANY_ORDER) is None
    assert compare(expected, result("a:float8", ("0.3001",)), ANY_ORDER)


def test_near_rows_are_paired_so_that_most_match() -> None:
    # pairing greedily by order would leave 1.0 without a partner
    rule = QueryRule(solution="q", tolerance={"a": 1, "b": 1})
    expected = result("a:numeric b:numeric", ("1.0", "5"), ("1.5", "3"))
    got = result("a:numeric b:numeric", ("0.9", "3.1"), ("1.6", "5.1"))
    assert compare(expected, got, rule) is None


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_shuffled_and_shaken_rows_are_the_same_answer(
    numbers: list[int], chance: random.Random
) -> None:
    rule = QueryRule(solution="q", tolerance={"a": 0.4})
    shaken = [number + chance.choice([-0.4, -0.1, 0, 0.3]) for number in numbers]
    chance.shuffle(shaken)
    expected = result("a:numeric", *((str(n),) for n in numbers))
    assert compare(expected, result("a:numeric", *((f"{n:.1f}",) for n in shaken)), rule) is None


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(0, 7))
def test_one_number_out_of_reach_is_found(numbers: list[int], place: int) -> None:
    rule = QueryRule(solution="q", tolerance={"a": 0.4})
    moved = [*numbers]
    moved[place % len(moved)] += 100
    expected = result("a:numeric", *((str(n),) for n in numbers))
    difference = compare(expected, result("a:numeric", *((str(n),) for n in moved)), rule)
    assert difference is not None
    assert (difference.missing_count, difference.unexpected_count) == (1, 1)


def test_order_counts_only_where_the_rule_says_so() -> None:
    expected = result("a:int4", ("1",), ("2",))
    turned = result("a:int4", ("2",), ("1",))
    assert compare(expected, turned, ANY_ORDER) is None
    difference = compare(expected, turned, QueryRule(solution="q", order_by=("a",)))
    assert difference is not None
    assert "order" in difference.message
    assert difference.missing == ()


def test_ties_may_stand_in_any_order() -> None:
    rule = QueryRule(solution="q", order_by=("place",))
    expected = result("place:int4 who:text", ("1", "x"), ("2", "y"), ("2", "z"), ("4", "a"))
    tied = result("place:int4 who:text", ("1", "x"), ("2", "z"), ("2", "y"), ("4", "a"))
    wrong = result("place:int4 who:text", ("1", "x"), ("2", "y"), ("4", "a"), ("2", "z"))
    assert compare(expected, tied, rule) is None
    assert compare(expected, wrong, rule)


def test_few_rows_are_shown_and_the_nearest_pairs_first() -> None:
    expected = result("k:int4 v:text", *((str(n), "same") for n in range(40)))
    got = result("k:int4 v:text", *((str(n + 1000), "other") for n in range(39)), ("7", "off"))
    difference = compare(expected, got, ANY_ORDER)
    assert difference is not None
    assert (difference.missing_count, difference.unexpected_count) == (40, 40)
    assert len(difference.missing) == len(difference.unexpected) == SHOWN_ROWS
    assert (difference.missing[0], difference.unexpected[0]) == (("7", "same"), ("7", "off"))


def test_message_holds_no_value_of_a_row() -> None:
    expected = result("k:text", ("secret-canary",))
    difference = compare(expected, result("k:text", ("guess",)), ANY_ORDER)
    assert difference is not None
    assert "secret-canary" not in difference.message


@pytest.mark.timeout(20)
def test_large_results_are_compared_in_time() -> None:
    rule = QueryRule(solution="q", tolerance={"v": 0.01})
    rows = [(str(n % 7), f"{n / 3:.4f}") for n in range(20_000)]
    moved = [(k, f"{float(v) + 0.001:.4f}") for k, v in reversed(rows)]
    columns = "k:int4 v:numeric"
    assert compare(result(columns, *rows), result(columns, *moved), rule) is None
    assert compare(result(columns, *rows), result(columns, *moved[1:]), rule)


def test_several_columns_with_one_name_answer_in_their_order() -> None:
    expected = result("id:int4 id:int4", ("1", "2"))
    assert compare(expected, result("id:int4 ID:int4", ("1", "2")), ANY_ORDER) is None
    assert compare(expected, result("id:int4 id:int4", ("1", "9")), ANY_ORDER)
    assert compare(expected, result("id:int4 id:int4", ("2", "1")), ANY_ORDER)


def test_arrays_are_compared_by_their_elements() -> None:
    expected = result("a:_int4", ("{1,2}",))
    assert compare(expected, result("a:_numeric", ("{1.0,2}",)), ANY_ORDER) is None
    assert compare(expected, result("a:_int4", ("{2,1}",)), ANY_ORDER)
    assert compare(expected, result("a:int4", ("1",)), ANY_ORDER)
    assert compare(expected, result("a:_text", ("{1,2}",)), ANY_ORDER)


def test_floating_point_in_arrays_is_near() -> None:
    expected = result("a:_float8", ("{0.3,NULL}",))
    near = result("a:_float8", ("{0.30000000000000004,NULL}",))
    assert compare(expected, near, ANY_ORDER) is None
    assert compare(expected, result("a:_float8", ("{0.3,0}",)), ANY_ORDER)


def test_quotients_rounded_at_other_digits_are_the_same() -> None:
    expected = result("a:numeric", ("0.33333333333333333333",))
    assert compare(expected, result("a:numeric", ("0.3333333333333333",)), ANY_ORDER) is None
    assert compare(expected, result("a:numeric", ("0.3333",)), ANY_ORDER)
    exact = result("a:numeric", ("1000000000000.01",))
    assert compare(exact, result("a:numeric", ("1000000000000.02",)), ANY_ORDER)


def test_many_rows_near_in_two_columns_are_paired_whatever_their_order() -> None:
    # sorted by the first number, the second would not fit
    rule = QueryRule(solution="q", tolerance={"a": 0.5, "b": 0.5})
    rows = [(str(n % 3), str(n)) for n in range(600)]
    moved = [(str(int(a) + (0.4 if int(b) % 2 else -0.4)), b) for a, b in rows]
    columns = "a:numeric b:numeric"
    assert compare(result(columns, *rows), result(columns, *moved), rule) is None
    difference = compare(result(columns, *rows), result(columns, *moved[1:], ("9", "9")), rule)
    assert difference is not None
    assert (difference.missing_count, difference.unexpected_count) == (1, 1)


def test_columns_that_only_the_rule_knows_are_named() -> None:
    rule = QueryRule(solution="q", order_by=("Day", "n"), tolerance={"avg": 0.1})
    assert unknown_columns(result("day:date N:int4", ("2025-01-01", "1")), rule) == ("avg",)
