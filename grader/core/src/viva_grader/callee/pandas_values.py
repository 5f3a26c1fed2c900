"""Decides which pandas values may arrive: columns of plain dtypes, as long as their index."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import re
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from viva_grader.callee.array_nodes import EXTENSIONS, INDEXES, MASKED

_UNITS = frozenset({"s", "ms", "us", "ns"})
_MAX_LENGTH = 100_000_000
_ARROW = re.compile(r"[\w, :/+<>\[\]-]{1,100}\[pyarrow\]")
_PANDAS_DTYPE = re.compile(r"[\w, :/+<>\[\]-]{1,100}")


def _timestamp(constants: list[Any], items: list[Any]) -> Any:
    stamp = pd.Timestamp(np.datetime64(whole(items[0]), _unit(constants[1])))
    return (
        stamp if constants[0] is None else stamp.tz_localize("UTC").tz_convert(_name(constants[0]))
    )


def _timedelta(constants: list[Any], items: list[Any]) -> Any:
    return pd.Timedelta(np.timedelta64(whole(items[0]), _unit(constants[0])))


def whole(value: Any) -> int:
    """Give back what is an integer.

    Raises
    ------
    TypeError
        If it is none.
    """
    if type(value) is not int:
        raise TypeError("no integer")
    return value


def _unit(value: Any) -> Any:
    if value not in _UNITS:
        raise ValueError("an unknown unit")
    return value


def _name(value: Any) -> str:
    if type(value) is not str or not re.fullmatch(r"[\w+:/.-]{1,64}", value):
        raise ValueError("an unknown name")
    return value


def _intervals(constants: list[Any], items: list[Any]) -> Any:
    if constants[0] not in {"left", "right", "both", "neither"}:
        raise ValueError("an unknown side")
    left, right = _index_of(items[0]), _index_of(items[1])
    return pd.IntervalIndex.from_arrays(left, right, closed=constants[0], name=items[2])


def _periods(constants: list[Any], items: list[Any]) -> Any:
    ordinals = _column(items[0]).astype("i8")
    return pd.PeriodIndex.from_ordinals(ordinals, freq=_name(constants[0]), name=items[1])


def _column(value: Any) -> Any:
    if (type(value) is np.ndarray and value.ndim == 1) or isinstance(value, EXTENSIONS):
        return value
    raise ValueError("no column")


def _index_of(value: Any) -> Any:
    if not isinstance(value, pd.Index):
        raise TypeError("no index")
    return cast("Any", value)


def _decode_index(constants: list[Any], items: list[Any]) -> Any:
    made = INDEXES[constants[0]](_column(items[0]), name=items[1])
    if constants[1] is not None and len(made):
        made.freq = _name(constants[1])
    return made


def _rangeindex(constants: list[Any], items: list[Any]) -> Any:
    start, stop, step = (whole(value) for value in constants)
    return pd.RangeIndex(start, stop, step, name=items[0])


def _multiindex(constants: list[Any], items: list[Any]) -> Any:
    count = whole(constants[0])
    names, levels, codes = items[:count], items[count : 2 * count], items[2 * count :]
    levels = [_index_of(level) for level in levels]
    return pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=True)


def _cat(constants: list[Any], items: list[Any]) -> Any:
    codes, categories = _column(items[0]), _index_of(items[1])
    return pd.Categorical.from_codes(codes, categories=categories, ordered=bool(constants[0]))


def _dtz(constants: list[Any], items: list[Any]) -> Any:
    stamps = _column(items[0]).astype("i8").view(f"M8[{_unit(constants[0])}]")
    return pd.Series(stamps).dt.tz_localize("UTC").dt.tz_convert(_name(constants[1])).array


def _period_array(constants: list[Any], items: list[Any]) -> Any:
    return _periods(constants, [items[0], None]).array


def _interval_array(constants: list[Any], items: list[Any]) -> Any:
    return _intervals(constants, [*items, None]).array


def _sparse(constants: list[Any], items: list[Any]) -> Any:
    length, places = whole(constants[0]), _column(items[1]).astype("i4")
    if not 0 <= length <= _MAX_LENGTH:
        raise ValueError("a column that is too long")
    sparse: Any = pd.arrays.SparseArray
    return sparse.from_indices(_column(items[0]), places, length, fill_value=items[2])


def _arrow(constants: list[Any], items: list[Any]) -> Any:
    if type(constants[0]) is not str or not _ARROW.fullmatch(constants[0]):
        raise ValueError("an unknown dtype")
    return pd.array(items, dtype=cast("Any", constants[0]))


def _category_dtype(constants: list[Any], items: list[Any]) -> Any:
    categories = None if items[0] is None else _index_of(items[0])
    return pd.CategoricalDtype(categories, None if constants[0] is None else bool(constants[0]))


def _pandas_dtype(constants: list[Any], _items: list[Any]) -> Any:
    if type(constants[0]) is not str or not _PANDAS_DTYPE.fullmatch(constants[0]):
        raise ValueError("an unknown dtype")
    return pd.api.types.pandas_dtype(constants[0])


def _strings(constants: list[Any], items: list[Any]) -> Any:
    if any(type(item) is not str and item is not None for item in items):
        raise TypeError("no text")
    if constants[0] not in {"python", "pyarrow"}:
        raise ValueError("an unknown storage")
    na: Any = np.nan if constants[1] == "nan" else pd.NA
    return pd.array(items, dtype=pd.StringDtype(constants[0], na_value=na))


def _masked(constants: list[Any], items: list[Any]) -> Any:
    if type(constants[0]) is not str or not MASKED.fullmatch(constants[0]):
        raise ValueError("an unknown dtype")
    array: Any = pd.array(_column(items[0]), dtype=cast("Any", constants[0]))
    array[_column(items[1]).astype(bool)] = pd.NA
    return array


def _series(_constants: list[Any], items: list[Any]) -> Any:
    column, index = _column(items[0]), _index_of(items[1])
    if len(column) != len(index):
        raise ValueError("a series and its index differ in length")
    series = pd.Series(column, index=index, name=items[2])
    series.attrs.update(zip(items[3::2], items[4::2], strict=True))
    return series


def _frame(constants: list[Any], items: list[Any]) -> Any:
    index, columns = _index_of(items[0]), _index_of(items[1])
    first = 2 + whole(constants[0])
    data = [_column(item) for item in items[first:]]
    if any(len(column) != len(index) for column in data) or len(columns) != len(data):
        raise ValueError("a frame and its index differ in length")
    frame = pd.DataFrame(dict(enumerate(data)), index=index)
    frame.columns = columns
    frame.attrs.update(zip(items[2:first:2], items[3:first:2], strict=True))
    return frame


DECODE: dict[str, Callable[[list[Any], list[Any]], Any]] = {
    "na": lambda _c, _i: pd.NA, "nat": lambda _c, _i: pd.NaT, "timestamp": _timestamp,
    "pdtimedelta": _timedelta,
    "interval": lambda c, i: pd.Interval(i[0], i[1], closed=c[0]),
    "period": lambda c, _i: pd.Period(ordinal=whole(c[1]), freq=_name(c[0])),
    "cat": _cat, "dtz": _dtz, "masked": _masked, "strings": _strings, "index": _decode_index,
    "rangeindex": _rangeindex, "multiindex": _multiindex, "series": _series, "frame": _frame,
    "intervals": _intervals, "periods": _periods,
    "periodarray": _period_array, "intervalarray": _interval_array, "sparse": _sparse,
    "arrow": _arrow, "catdtype": _category_dtype, "pddtype": _pandas_dtype,
    "offset": lambda c, _i: to_offset(_name(c[0])),
}  # fmt: skip
