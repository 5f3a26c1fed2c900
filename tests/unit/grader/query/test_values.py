from collections.abc import Hashable
from decimal import Decimal

import pytest
from viva_grader.checks.values import close, number_of, split


def key(text: str | None, type_name: str) -> Hashable:
    return split(text, type_name, tolerant=False).key


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("9.0", "numeric"), ("9", "int4")),
        (("1e3", "float8"), ("1000", "int8")),
        (("-0.00", "numeric"), ("0", "int2")),
        (("NaN", "float8"), ("NaN", "numeric")),
        (("2025-03-30", "date"), ("2025-03-30 00:00:00", "timestamp")),
        (("ab   ", "bpchar"), ("ab", "text")),
        (("x", "varchar"), ("x", "name")),
        (("24:00:00", "interval"), ("1 day", "interval")),
        (("1 mon -02:00:00", "interval"), ("29 days 22:00:00", "interval")),
        (('{"a": 1, "b": [2]}', "json"), ('{"b": [2], "a": 1}', "jsonb")),
        (("9.0", "jsonb"), ("9", "json")),
        (("1e9999999999999999999", "json"), ("1e9999999999999999999", "json")),
        (("[" * 100_000, "json"), ("[" * 100_000, "json")),
        (('{"a b",NULL,"NULL"}', "_text"), ('{a b,NULL,"NULL"}', "_varchar")),
        (("{1.0,2}", "_numeric"), ("{1,2}", "_int4")),
        (("-0", "float8"), ("0", "float8")),
    ],
)
def test_same_values_of_related_types_are_equal(
    left: tuple[str, str], right: tuple[str, str]
) -> None:
    assert key(*left) == key(*right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("1", "int4"), ("t", "bool")),
        (("1", "int4"), ("1", "text")),
        ((None, "int4"), ("0", "int4")),
        ((None, "text"), ("", "text")),
        (("a", "text"), ("a ", "text")),
        (("2025-03-30", "date"), ("2025-03-30 00:00:01", "timestamp")),
        (("2025-03-30 00:00:00", "timestamp"), ("2025-03-30 00:00:00+00", "timestamptz")),
        (("1 day", "interval"), ("1 day 00:00:01", "interval")),
        (("{1,2}", "_int4"), ("{2,1}", "_int4")),
        (('"9"', "jsonb"), ("9", "jsonb")),
        (("true", "jsonb"), ("1", "jsonb")),
        (("{NULL}", "_text"), ('{"NULL"}', "_text")),
        (("{{1},{2}}", "_int4"), ("{1,2}", "_int4")),
        (("[0:1]={1,2}", "_int4"), ("{1,2}", "_int4")),
        (("0.1", "numeric"), ("0.10000000000000000001", "numeric")),
    ],
)
def test_different_values_are_different(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert key(*left) != key(*right)


def test_null_equals_null_of_any_type() -> None:
    assert key(None, "int4") == key(None, "text")


@pytest.mark.parametrize(
    ("left", "right", "absolute", "relative", "near"),
    [
        ("1.00", "1.005", "0.01", "0", True),
        ("1.00", "1.02", "0.01", "0", False),
        ("1000000000", "1000000000.5", "0", "1e-9", True),
        ("1e300", "1.1e300", "0", "1e-9", False),
        ("Infinity", "Infinity", "0", "0", True),
        ("Infinity", "1", "5", "0", False),
    ],
)
def test_closeness_is_absolute_or_relative(
    left: str, right: str, absolute: str, relative: str, near: bool
) -> None:
    numbers = [Decimal(text) for text in (left, right, absolute, relative)]
    assert close(*numbers) is near


def test_null_and_nan_are_near_nothing() -> None:
    assert number_of(None, "float8") is None
    assert number_of("NaN", "float8") is None
    assert number_of("7", "text") is None
    assert number_of("7", "int4") == 7
