"""Every supported value crosses from a test to the candidate's end and back, of its exact type."""

import collections
import datetime as dt
import decimal
import fractions
import ipaddress
import json
import math
import pathlib
import re
import time
import types
import uuid
import zoneinfo
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from viva_grader.callee.codec import Decoder as TrustedDecoder
from viva_grader.callee.codec import Encoder as TrustedEncoder
from viva_grader.callee.foreign import Proxies
from viva_runner.codec import Decoder, Encoder
from viva_runner.handles import Handles

ZONES = st.none() | st.sampled_from([
    dt.UTC, dt.timezone(dt.timedelta(hours=5, minutes=30)), zoneinfo.ZoneInfo("Europe/Berlin"),
    zoneinfo.ZoneInfo("Asia/Tokyo"),
])  # fmt: skip
HASHABLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.characters(categories=["Cs"]) | st.decimals(allow_nan=False) | st.fractions()
    | st.dates() | st.datetimes(timezones=ZONES) | st.times() | st.timedeltas() | st.uuids(),
    lambda inner: st.tuples(inner) | st.frozensets(inner, max_size=3),
    max_leaves=4,
)  # fmt: skip
VALUES = st.recursive(
    HASHABLE
    | st.complex_numbers()
    | st.binary().map(bytearray)
    | st.just(decimal.Decimal("sNaN"))
    | st.builds(range, st.integers(-5, 5), st.integers(-5, 5), st.integers(1, 3)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=4).map(collections.OrderedDict)
        | st.sets(HASHABLE, max_size=4)
        | st.lists(inner, max_size=4).map(lambda values: collections.deque(values, maxlen=5))
    ),
    max_leaves=12,
)


def there_and_back(value: Any) -> Any:
    """Through both ends and, each way, through JSON."""
    proxies, handles = Proxies({}, {}), Handles()
    sent = json.loads(json.dumps(TrustedEncoder(proxies).encode(value), allow_nan=False))
    answer = Encoder(handles).encode(Decoder(sent, handles).decode())
    return TrustedDecoder(proxies).decode(json.loads(json.dumps(answer, allow_nan=False)))


def same(left: Any, right: Any) -> bool:  # noqa: PLR0911 - one return for each kind
    """Whether two values are of the same types all through, and equal; NaN is NaN."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        signed = math.copysign(1, left) == math.copysign(1, right)
        return (left == right and signed) or (math.isnan(left) and math.isnan(right))
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    if isinstance(left, dict):
        return len(left) == len(right) and all(
            map(same, [*left.keys(), *left.values()], [*right.keys(), *right.values()])
        )
    if isinstance(left, set | frozenset):
        return len(left) == len(right) and all(any(same(x, y) for y in right) for x in left)
    if isinstance(left, list | tuple | collections.deque):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dt.datetime | dt.time):
        return repr(left) == repr(right) and left.fold == right.fold
    return repr(left) == repr(right) or left == right


@given(VALUES)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_value_comes_back_as_it_went(value: Any) -> None:
    assert same(there_and_back(value), value)


@pytest.mark.parametrize(
    "value",
    [
        2**4000, -(2**70), -0.0, decimal.Decimal("1E+50000"), decimal.Decimal("-0"),
        fractions.Fraction(-7, 3), uuid.UUID(int=5), dt.time(3, 4, fold=1),
        dt.datetime(2024, 10, 27, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"), fold=1),
        dt.timezone(dt.timedelta(hours=2), "named"), dt.UTC, zoneinfo.ZoneInfo("Asia/Tokyo"),
        time.struct_time((2024, 1, 2, 3, 4, 5, 6, 7, 0)), types.SimpleNamespace(a=[1]),
        types.MappingProxyType({"a": 1}), collections.ChainMap({"a": 1}, {}),
        collections.Counter("aab"), pathlib.PurePosixPath("a/b"),
        ipaddress.ip_network("10.0.0.0/8"), ...,
    ],
)  # fmt: skip
def test_a_value_of_the_library_comes_back(value: Any) -> None:
    arrived = there_and_back(value)
    assert type(arrived) is type(value)
    assert repr(arrived) == repr(value)


def test_a_pattern_arrives_over_there() -> None:
    handles = Handles()
    sent = TrustedEncoder(Proxies({}, {})).encode(re.compile("a+", re.IGNORECASE))
    assert Decoder(sent, handles).decode().match("AA")


DTYPES = (
    hnp.boolean_dtypes() | hnp.integer_dtypes(endianness="?") | hnp.floating_dtypes(endianness="?")
    | hnp.complex_number_dtypes(endianness="?") | hnp.unsigned_integer_dtypes(endianness="?")
    | hnp.datetime64_dtypes(endianness="?") | hnp.timedelta64_dtypes(endianness="?")
    | hnp.byte_string_dtypes(min_len=1) | hnp.unicode_string_dtypes(min_len=1)
)  # fmt: skip


@given(hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_array_comes_back_with_dtype_and_shape(array: Any) -> None:
    for sent in (array, np.asfortranarray(array), array.T, array[..., :1] if array.ndim else array):
        arrived = there_and_back(sent)
        assert (arrived.dtype, arrived.shape) == (sent.dtype, sent.shape)
        np.testing.assert_array_equal(arrived, sent)
    if array.size:
        scalar = array.ravel()[0]
        assert type(there_and_back(scalar)) is type(scalar)


STRUCTURE = np.dtype(
    [("p", [("x", ">f8"), ("y", "f4")]), ("v", "i2", (2,)), ("t", "U3")], align=True
)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(2, dtype=STRUCTURE), np.rec.array([(1, 2)], dtype=[("a", int), ("b", int)]),
        np.array([[1, 2]]).view(np.matrix), np.ma.array([1, 2], mask=[True, False]), np.zeros(2, dtype="V3"),
        np.array([[1], "a", None], dtype=object),
    ],
)  # fmt: skip
def test_other_arrays_of_numpy_come_back(array: Any) -> None:
    arrived = there_and_back(array)
    assert type(arrived) is type(array)
    assert arrived.dtype == array.dtype
    assert repr(arrived) == repr(array)
    np.testing.assert_array_equal(arrived, array)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 2], name=("a", 1)), pd.Series(["a", None]), pd.Series([1, None], dtype="Int8"),
        pd.Series([1.5, None], dtype="Float32"), pd.Series([True, None], dtype="boolean"),
        pd.Series(["x", None], dtype="string"), pd.Series([1, 2], dtype="int64[pyarrow]"),
        pd.Series(["x"], dtype=pd.CategoricalDtype(["y", "x"], ordered=True)),
        pd.Series(pd.date_range("2024-01-01", periods=2, tz="Europe/Berlin")),
        pd.Series(pd.period_range("2024-01", periods=2, freq="M")),
        pd.Series(pd.interval_range(0, 2)), pd.Series([0, 0, 1], dtype="Sparse[int]"),
        pd.Series(pd.to_timedelta([1, 2], unit="h")), pd.Series([{1}, [2]]),
    ],
)  # fmt: skip
def test_a_column_comes_back_with_its_dtype(column: Any) -> None:
    pd.testing.assert_series_equal(there_and_back(column), column)
    frame = pd.DataFrame({"a": column, "b": column})
    frame.columns = ["a", "a"]
    frame.attrs["unit"] = ["m"]
    arrived = there_and_back(frame)
    pd.testing.assert_frame_equal(arrived, frame)
    assert arrived.attrs == {"unit": ["m"]}


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(3, name="n"), pd.Index([1, "a", None]), pd.Index([], dtype=object),
        pd.MultiIndex.from_product([[1, 2], ["a", None]], names=["x", None]),
        pd.date_range("2024", periods=3, freq="B"), pd.period_range("2024Q1", periods=2, freq="Q"),
        pd.interval_range(0.5, 2.5, closed="both"), pd.timedelta_range("1h", periods=2, freq="h"),
        pd.CategoricalIndex(["a", "b"], ordered=True), pd.Index([1, None], dtype="Int64"),
    ],
)  # fmt: skip
def test_an_index_comes_back_with_its_names_and_frequency(index: Any) -> None:
    arrived = there_and_back(index)
    pd.testing.assert_index_equal(arrived, index, exact=True)
    assert getattr(arrived, "freq", None) == getattr(index, "freq", None)


@pytest.mark.parametrize(
    "value",
    [
        pd.NA, pd.NaT, pd.Timestamp("2024-01-01 01:02:03.123456789"),
        pd.Timestamp("2024-01-01", tz="Europe/Berlin"), pd.Timedelta("1D 3ns"), pd.Interval(0, 1),
        pd.Period("2024", "Y-MAR"), pd.offsets.MonthEnd(2), pd.Int64Dtype(), pd.CategoricalDtype(["a"]),
        np.dtype("i4"), np.dtype(STRUCTURE), np.datetime64("NaT"), np.longdouble("1.1"),
    ],
)  # fmt: skip
def test_a_scalar_of_pandas_comes_back(value: Any) -> None:
    arrived = there_and_back(value)
    assert type(arrived) is type(value)
    assert repr(arrived) == repr(value)
