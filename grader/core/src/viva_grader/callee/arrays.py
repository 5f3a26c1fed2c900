"""Decides which numpy and pandas values may arrive: plain dtypes, of the size that they state."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import base64
import binascii
import json
import math
import random
import re
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pandas as pd

from viva_grader.callee.array_nodes import EXTENSIONS, INDEXES, MASKED

KINDS = frozenset({
    "np", "nd", "ndo", "dtype", "rng", "random", "na", "nat", "timestamp", "pdtimedelta",
    "interval", "period", "cat", "dtz", "masked", "strings", "index", "rangeindex", "multiindex",
    "series", "frame", "intervals", "periods",
})  # fmt: skip
_DTYPE = re.compile(r"[<>|=]?(?:[biufc]\d{1,2}|[SU]\d{1,7}|[Mm]8(?:\[\d{0,6}[a-zA-Z]{1,7}\])?)")
_UNITS = frozenset({"s", "ms", "us", "ns"})
_BIT_GENERATORS = frozenset({"PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"})
_MAX_DIMENSIONS = 32


def decode(kind: str, constants: list[Any], items: list[Any]) -> Any:
    """Build a numpy or pandas value from its description.

    Raises
    ------
    Exception
        Of any class, if the description is not one that this module writes.
    """
    return _DECODE[kind](constants, items)


def plain_dtype(text: Any) -> np.dtype[Any]:
    """Give a dtype that holds no object and no field.

    Raises
    ------
    ValueError
        For any other.
    """
    if type(text) is not str or not _DTYPE.fullmatch(text):
        raise ValueError("an unknown dtype")
    dtype: np.dtype[Any] = np.dtype(text)
    if dtype.itemsize == 0 or dtype.hasobject:
        raise ValueError("an unknown dtype")
    return dtype


def _data(text: Any) -> bytes:
    if type(text) is not str:
        raise TypeError("no base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def _shape(raw: Any) -> list[int]:
    shape = cast("list[Any]", raw)
    if type(raw) is not list or len(shape) > _MAX_DIMENSIONS:
        raise ValueError("no shape")
    if any(type(n) is not int or n < 0 for n in shape):
        raise ValueError("no shape")
    return shape


def _nd(constants: list[Any], _items: list[Any]) -> Any:
    dtype, shape, data = plain_dtype(constants[0]), _shape(constants[1]), _data(constants[2])
    if math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError("an array of another size than it says")
    return np.frombuffer(data, dtype=dtype).reshape(shape).copy()


def _ndo(constants: list[Any], items: list[Any]) -> Any:
    array = np.empty(len(items), dtype=object)
    for index, value in enumerate(items):
        array[index] = value
    return array.reshape(_shape(constants[0]))


def _np(constants: list[Any], _items: list[Any]) -> Any:
    return np.frombuffer(_data(constants[1]), dtype=plain_dtype(constants[0]))[0]


def _dtype(constants: list[Any], _items: list[Any]) -> Any:
    return np.dtype(object) if constants[0] == "|O" else plain_dtype(constants[0])


def _rng(constants: list[Any], _items: list[Any]) -> Any:
    """Give a generator in a state that JSON keeps as lists."""
    if constants[0] not in _BIT_GENERATORS:
        raise ValueError("an unknown bit generator")
    word = np.uint32 if constants[0] == "MT19937" else np.uint64
    state = json.loads(constants[1])
    inner = state["state"]
    for holder in (state, inner):
        for name, value in holder.items():
            if type(value) is list:
                holder[name] = np.array(value, dtype=word)
    generator = np.random.Generator(getattr(np.random, constants[0])())
    generator.bit_generator.state = state
    return generator


def _random(_constants: list[Any], items: list[Any]) -> Any:
    source = random.Random()  # noqa: S311 - a test's own, come back
    source.setstate(items[0])
    return source


def _timestamp(constants: list[Any], items: list[Any]) -> Any:
    stamp = pd.Timestamp(np.datetime64(_whole(items[0]), _unit(constants[1])))
    return (
        stamp if constants[0] is None else stamp.tz_localize("UTC").tz_convert(_name(constants[0]))
    )


def _timedelta(constants: list[Any], items: list[Any]) -> Any:
    return pd.Timedelta(np.timedelta64(_whole(items[0]), _unit(constants[0])))


def _whole(value: Any) -> int:
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
    start, stop, step = (_whole(value) for value in constants)
    return pd.RangeIndex(start, stop, step, name=items[0])


def _multiindex(constants: list[Any], items: list[Any]) -> Any:
    count = _whole(constants[0])
    names, levels, codes = items[:count], items[count : 2 * count], items[2 * count :]
    levels = [_index_of(level) for level in levels]
    return pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=True)


def _cat(constants: list[Any], items: list[Any]) -> Any:
    codes, categories = _column(items[0]), _index_of(items[1])
    return pd.Categorical.from_codes(codes, categories=categories, ordered=bool(constants[0]))


def _dtz(constants: list[Any], items: list[Any]) -> Any:
    stamps = _column(items[0]).astype("i8").view(f"M8[{_unit(constants[0])}]")
    return pd.Series(stamps).dt.tz_localize("UTC").dt.tz_convert(_name(constants[1])).array


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
    return pd.Series(column, index=index, name=items[2])


def _frame(_constants: list[Any], items: list[Any]) -> Any:
    index, columns = _index_of(items[0]), _index_of(items[1])
    data = [_column(item) for item in items[2:]]
    if any(len(column) != len(index) for column in data) or len(columns) != len(data):
        raise ValueError("a frame and its index differ in length")
    frame = pd.DataFrame(dict(enumerate(data)), index=index)
    frame.columns = columns
    return frame


_DECODE: dict[str, Callable[[list[Any], list[Any]], Any]] = {
    "np": _np, "nd": _nd, "ndo": _ndo, "dtype": _dtype, "rng": _rng, "random": _random,
    "na": lambda _c, _i: pd.NA, "nat": lambda _c, _i: pd.NaT, "timestamp": _timestamp,
    "pdtimedelta": _timedelta,
    "interval": lambda c, i: pd.Interval(i[0], i[1], closed=c[0]),
    "period": lambda c, _i: pd.Period(ordinal=_whole(c[1]), freq=_name(c[0])),
    "cat": _cat, "dtz": _dtz, "masked": _masked, "strings": _strings, "index": _decode_index,
    "rangeindex": _rangeindex, "multiindex": _multiindex, "series": _series, "frame": _frame,
    "intervals": _intervals, "periods": _periods,
}  # fmt: skip
