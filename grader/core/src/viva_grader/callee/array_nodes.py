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

Item = Callable[[Any], Any]
Node = list[Any]

PLAIN_KINDS = "biufcSUMm"
MASKED = re.compile(r"(?:U?Int(?:8|16|32|64)|Float(?:32|64)|boolean)")
INDEXES: dict[str, Any] = {
    "Index": pd.Index, "DatetimeIndex": pd.DatetimeIndex, "TimedeltaIndex": pd.TimedeltaIndex,
    "CategoricalIndex": pd.CategoricalIndex,
}  # fmt: skip
EXTENSIONS: Any = pd.api.extensions.ExtensionArray


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def encode(item: Item, value: Any) -> Node | None:
    """Describe a numpy or pandas value; None for anything else and for subclasses."""
    kind = type(value)
    if kind is np.ndarray:
        return _array(item, value)
    if isinstance(value, np.generic):
        plain = value.dtype.kind in PLAIN_KINDS
        return ["np", [value.dtype.str, _b64(value.tobytes())], []] if plain else None
    if isinstance(value, np.dtype):
        dtype = cast("Any", value)
        return ["dtype", [dtype.str], []] if dtype.kind in PLAIN_KINDS + "O" else None
    if kind is np.random.Generator:
        state = value.bit_generator.state
        text = json.dumps(state, default=_plain_list)
        return ["rng", [state["bit_generator"], text], []]
    if kind is random.Random:
        return ["random", [], [item(value.getstate())]]
    return _pandas(item, value)


def _array(item: Item, value: Any) -> Node | None:
    if value.dtype.kind in PLAIN_KINDS and value.dtype.names is None:
        return ["nd", [value.dtype.str, list(value.shape), _b64(value.tobytes())], []]
    if value.dtype.kind == "O":
        return ["ndo", [list(value.shape)], [item(v) for v in value.ravel().tolist()]]
    return None


def _pandas(item: Item, value: Any) -> Node | None:
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
        return ["series", [], [item(value.array), item(value.index), item(value.name)]]
    if kind is pd.DataFrame:
        columns = [item(value.iloc[:, n].array) for n in range(value.shape[1])]
        return ["frame", [], [item(value.index), item(value.columns), *columns]]
    if isinstance(value, pd.Index):
        return _index(item, cast("Any", value))
    return _extension(item, value) if isinstance(value, EXTENSIONS) else None


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


def _extension(item: Item, value: Any) -> Node | None:
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
    if MASKED.fullmatch(str(value.dtype)):
        return ["masked", [str(value.dtype)], [item(value._data), item(value._mask)]]  # noqa: SLF001 - masked arrays name their halves no other way
    return None


def _plain_list(array: Any) -> Any:
    return array.tolist()
