"""Decides how a test's numpy and pandas values become data: dtype, shape and bytes."""

# ruff: noqa: PLR0911 - one return for each kind of value
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import base64
import json
import random
import re
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

Item = Callable[[Any], Any]
Node = list[Any]

PLAIN_KINDS = "biufcSUMmV"
MASKED = re.compile(r"(?:U?Int(?:8|16|32|64)|Float(?:32|64)|boolean)")
INDEXES: dict[str, Any] = {
    "Index": pd.Index, "DatetimeIndex": pd.DatetimeIndex, "TimedeltaIndex": pd.TimedeltaIndex,
    "CategoricalIndex": pd.CategoricalIndex,
}  # fmt: skip
EXTENSIONS: Any = pd.api.extensions.ExtensionArray
DTYPES: Any = pd.api.extensions.ExtensionDtype


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def encode(item: Item, value: Any) -> Node | None:
    """Describe a numpy or pandas value; None for anything else and for subclasses."""
    kind = type(value)
    if kind is np.ndarray:
        return _array(item, value)
    if isinstance(value, np.ndarray):
        return _array_class(item, cast("Any", value))
    if isinstance(value, np.generic):
        if not value.dtype.itemsize:  # an empty text: as one of length 1 that is blank
            return ["np", [value.dtype.str[:2] + "1", _b64(bytes(4 if kind is np.str_ else 1))], []]
        written = plain_dtype_text(value.dtype)
        return None if written is None else ["np", [written, _b64(value.tobytes())], []]
    if isinstance(value, np.dtype):
        dtype = cast("Any", value)
        written = "|O" if dtype.kind == "O" else plain_dtype_text(dtype)
        return None if written is None else ["dtype", [written], []]
    if kind is np.random.Generator:
        state = value.bit_generator.state
        text = json.dumps(state, default=_plain_list)
        return ["rng", [state["bit_generator"], text], []]
    if kind is random.Random:
        return ["random", [], [item(value.getstate())]]
    return _pandas(item, value)


def plain_dtype_text(dtype: Any) -> Any:
    """Write a dtype that holds no object: its name, or its fields and size; None for others."""
    if dtype.names is None:
        return dtype.str if dtype.kind in PLAIN_KINDS else None
    fields: list[Any] = []
    for name in dtype.names:
        inner, offset = dtype.fields[name][:2]
        written = plain_dtype_text(inner.base)
        if written is None:
            return None
        fields.append([name, written, list(inner.shape), offset])
    return [fields, dtype.itemsize, dtype.isalignedstruct]


def _array_class(item: Item, value: Any) -> Node | None:
    """Describe numpy's own kinds of array by the plain ones that they are made of."""
    kind = type(value)
    if kind is np.recarray:
        return ["rec", [], [item(np.asarray(value))]]
    if kind is np.matrix:
        return ["mat", [], [item(np.asarray(value))]]
    if kind is np.ma.MaskedArray:
        return ["ma", [], [item(np.asarray(value.data)), item(np.ma.getmaskarray(value))]]
    return None


def _array(item: Item, value: Any) -> Node | None:
    dtype = plain_dtype_text(value.dtype)
    if dtype is not None:
        order = "F" if value.flags.fnc else "C"
        data = _b64(value.tobytes(order))
        return ["nd", [dtype, list(value.shape), data, order], []]
    if value.dtype.kind == "O":
        return ["ndo", [list(value.shape)], [item(v) for v in value.ravel().tolist()]]
    return None


def _pandas(item: Item, value: Any) -> Node | None:  # noqa: C901 - one branch for each kind
    kind = type(value)
    if value is pd.NaT:
        return ["nat", [], []]
    if value is pd.NA:
        return ["na", [], []]
    if kind is pd.Timestamp:
        return ["timestamp", [_zone(value.tz), value.unit], [item(value._value)]]  # noqa: SLF001 - the count of units has no public name
    if kind is pd.Timedelta:
        return ["pdtimedelta", [value.unit], [item(value._value)]]  # noqa: SLF001 - as above
    if kind is pd.Interval:
        return ["interval", [value.closed], [item(value.left), item(value.right)]]
    if kind is pd.Period:
        return ["period", [value.freqstr, value.ordinal], []]
    if kind is pd.Series:
        attributes = [item(x) for pair in value.attrs.items() for x in pair]
        made = [item(value.array), item(value.index), item(value.name)]
        return ["series", [], [*made, *attributes]]
    if kind is pd.DataFrame:
        columns = [item(column.array) for _, column in value.items()]
        attributes = [item(x) for pair in value.attrs.items() for x in pair]
        made = [item(value.index), item(value.columns), *attributes]
        return ["frame", [len(attributes)], [*made, *columns]]
    if isinstance(value, pd.Index):
        return _index(item, cast("Any", value))
    if isinstance(value, DTYPES):
        if kind is pd.CategoricalDtype:
            return ["catdtype", [value.ordered], [item(value.categories)]]
        return ["pddtype", [str(value)], []]
    if isinstance(value, pd.offsets.BaseOffset):
        return ["offset", [value.freqstr], []] if _is_named(value) else None
    return _extension(item, value) if isinstance(value, EXTENSIONS) else None


def _is_named(value: Any) -> bool:
    try:
        return to_offset(value.freqstr) == value
    except ValueError:
        return False


def _zone(zone: Any) -> str | None:
    return None if zone is None else str(zone)


def _index(item: Item, value: Any) -> Node | None:
    kind = type(value)
    if kind is pd.RangeIndex:
        return ["rangeindex", [value.start, value.stop, value.step], [item(value.name)]]
    if kind is pd.MultiIndex:
        names = [item(name) for name in value.names]
        levels = [item(level) for level in value.levels]
        codes = [item(np.asarray(code)) for code in value.codes]
        return ["multiindex", [len(names)], [*names, *levels, *codes]]
    if kind is pd.IntervalIndex:
        return [
            "intervals",
            [value.closed],
            [item(value.left), item(value.right), item(value.name)],
        ]
    if kind is pd.PeriodIndex:
        return ["periods", [value.freqstr], [item(value.asi8), item(value.name)]]
    if INDEXES.get(kind.__name__) is not kind:
        return None
    freq = getattr(value, "freqstr", None)
    return ["index", [kind.__name__, freq], [item(value.array), item(value.name)]]


def _extension(item: Item, value: Any) -> Node | None:  # noqa: C901 - as above
    if isinstance(value, pd.arrays.NumpyExtensionArray):
        return _array(item, value.to_numpy())
    if isinstance(value, pd.Categorical):
        codes = item(np.asarray(value.codes))
        return ["cat", [bool(value.ordered)], [codes, item(value.categories)]]
    if isinstance(value, pd.arrays.DatetimeArray | pd.arrays.TimedeltaArray):
        array = cast("Any", value)
        if getattr(array, "tz", None) is not None:
            return ["dtz", [array.unit, _zone(array.tz)], [item(array.asi8)]]
        letter = "M8" if array.dtype.kind == "M" else "m8"
        return _array(item, array.asi8.view(f"{letter}[{array.unit}]"))
    if isinstance(value.dtype, pd.StringDtype):
        na = "nan" if value.dtype.na_value is not pd.NA else "NA"
        missing: Any = pd.isna(value)
        texts = [None if gone else str(text) for text, gone in zip(value, missing, strict=True)]
        return ["strings", [value.dtype.storage, na], [item(text) for text in texts]]
    if isinstance(value, pd.arrays.PeriodArray):
        return ["periodarray", [value.freqstr], [item(value.asi8)]]
    if isinstance(value, pd.arrays.IntervalArray):
        return ["intervalarray", [value.closed], [item(value.left), item(value.right)]]
    if isinstance(value, pd.arrays.SparseArray):
        sparse = cast("Any", value)
        places = item(np.asarray(sparse.sp_index.indices))
        return ["sparse", [len(sparse)], [item(sparse.sp_values), places, item(sparse.fill_value)]]
    if isinstance(value, pd.arrays.ArrowExtensionArray):
        return ["arrow", [str(value.dtype)], [item(v) for v in value.tolist()]]
    if MASKED.fullmatch(str(value.dtype)):
        return ["masked", [str(value.dtype)], [item(value._data), item(value._mask)]]  # noqa: SLF001 - masked arrays name their halves no other way
    return None


def _plain_list(array: Any) -> Any:
    return array.tolist()
