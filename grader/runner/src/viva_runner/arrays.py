"""Decides how numpy and pandas values become data: dtype, shape and bytes."""

# ruff: noqa: PLR0911 - one return for each kind of value
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import base64
import json
import sys
from collections.abc import Callable
from typing import Any

Item = Callable[[Any], Any]
Node = list[Any]

PLAIN_KINDS = "biufcSUMmV"
KINDS = frozenset({
    "np", "nd", "ndo", "dtype", "rng", "random", "na", "nat", "timestamp", "pdtimedelta",
    "interval", "period", "cat", "dtz", "masked", "strings", "index", "rangeindex", "multiindex",
    "series", "frame", "intervals", "periods", "rec", "mat", "ma", "periodarray", "intervalarray",
    "sparse", "arrow", "offset", "catdtype", "pddtype",
})  # fmt: skip


def loaded() -> bool:
    """Whether this process has numpy: without it there is nothing to encode."""
    return "numpy" in sys.modules


def _np() -> Any:
    return sys.modules["numpy"]


def _pd() -> Any:
    return sys.modules.get("pandas")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def encode(item: Item, value: Any) -> Node | None:
    """Describe a numpy or pandas value; None for anything else and for subclasses."""
    np, pd = _np(), _pd()
    kind: Any = type(value)
    if kind is np.ndarray:
        return _array(item, value)
    if isinstance(value, np.ndarray) and kind.__module__.startswith("numpy"):
        return _array_class(np, item, value)
    if isinstance(value, np.generic) and kind.__module__ == "numpy":
        return _scalar(value)
    if isinstance(value, np.dtype):
        written = "|O" if value.kind == "O" else plain_dtype_text(value)
        return None if written is None else ["dtype", [written], []]
    if kind is np.random.Generator:
        state = value.bit_generator.state
        text = json.dumps(state, default=_plain_list)
        return ["rng", [state["bit_generator"], text], []]
    if kind.__module__ == "random" and kind.__name__ == "Random":
        return ["random", [], [item(value.getstate())]]
    return _pandas(pd, item, value) if pd is not None else None


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


def _scalar(value: Any) -> Node | None:
    if not value.dtype.itemsize:  # an empty text: as one of length 1 that is blank
        size = 4 if value.dtype.kind == "U" else 1
        return ["np", [value.dtype.str[:2] + "1", _text(bytes(size))], []]
    written = plain_dtype_text(value.dtype)
    return None if written is None else ["np", [written, _text(value.tobytes())], []]


def _array_class(np: Any, item: Item, value: Any) -> Node | None:
    """Describe numpy's own kinds of array by the plain ones that they are made of."""
    kind: Any = type(value)
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
        data = _text(value.tobytes(order))
        return ["nd", [dtype, list(value.shape), data, order], []]
    if value.dtype.kind == "O":
        return ["ndo", [list(value.shape)], [item(v) for v in value.ravel().tolist()]]
    return None


def _pandas(  # noqa: C901, PLR0912 - one branch for each kind of value
    pd: Any, item: Item, value: Any
) -> Node | None:
    kind: Any = type(value)
    if value is pd.NaT:
        return ["nat", [], []]
    if value is pd.NA:
        return ["na", [], []]
    if kind is pd.Timestamp:
        count = value._value  # noqa: SLF001 - the count of units has no public name
        return ["timestamp", [_zone(value.tz), value.unit], [item(count)]]
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
        return _index(pd, item, value)
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return _extension(pd, item, value)
    if isinstance(value, pd.api.extensions.ExtensionDtype):
        if kind is pd.CategoricalDtype:
            return ["catdtype", [value.ordered], [item(value.categories)]]
        return ["pddtype", [str(value)], []]
    if isinstance(value, pd.offsets.BaseOffset):
        return _offset(pd, value)
    return None


def _offset(pd: Any, value: Any) -> Node | None:
    try:
        named = pd.tseries.frequencies.to_offset(value.freqstr)
    except ValueError:
        return None
    return ["offset", [value.freqstr], []] if named == value else None


def _zone(zone: Any) -> str | None:
    return None if zone is None else str(zone)


def _index(pd: Any, item: Item, value: Any) -> Node | None:
    kind: Any = type(value)
    if kind is pd.RangeIndex:
        return ["rangeindex", [value.start, value.stop, value.step], [item(value.name)]]
    if kind is pd.MultiIndex:
        names = [item(name) for name in value.names]
        levels = [item(level) for level in value.levels]
        codes = [item(_np().asarray(code)) for code in value.codes]
        return ["multiindex", [len(names)], [*names, *levels, *codes]]
    if kind is pd.IntervalIndex:
        return [
            "intervals",
            [value.closed],
            [item(value.left), item(value.right), item(value.name)],
        ]
    if kind is pd.PeriodIndex:
        return ["periods", [value.freqstr], [item(value.asi8), item(value.name)]]
    if kind not in {pd.Index, pd.DatetimeIndex, pd.TimedeltaIndex, pd.CategoricalIndex}:
        return None
    freq = getattr(value, "freqstr", None)
    return ["index", [kind.__name__, freq], [item(value.array), item(value.name)]]


def _extension(pd: Any, item: Item, value: Any) -> Node | None:  # noqa: C901 - as above
    arrays = pd.arrays
    if isinstance(value, arrays.NumpyExtensionArray):
        return _array(item, value.to_numpy())
    if isinstance(value, pd.Categorical):
        return [
            "cat",
            [bool(value.ordered)],
            [item(_np().asarray(value.codes)), item(value.categories)],
        ]
    if isinstance(value, arrays.DatetimeArray | arrays.TimedeltaArray):
        stamps = value.asi8
        if value.dtype.kind == "M" and getattr(value, "tz", None) is not None:
            return ["dtz", [value.unit, _zone(value.tz)], [item(stamps)]]
        letter = "M8" if value.dtype.kind == "M" else "m8"
        return _array(item, stamps.view(f"{letter}[{value.unit}]"))
    if isinstance(value.dtype, pd.StringDtype):
        na = "nan" if value.dtype.na_value is not pd.NA else "NA"
        missing = pd.isna(value)
        texts = [None if gone else str(text) for text, gone in zip(value, missing, strict=True)]
        return ["strings", [value.dtype.storage, na], [item(text) for text in texts]]
    if isinstance(value, arrays.PeriodArray):
        return ["periodarray", [value.freqstr], [item(value.asi8)]]
    if isinstance(value, arrays.IntervalArray):
        return ["intervalarray", [value.closed], [item(value.left), item(value.right)]]
    if isinstance(value, arrays.SparseArray):
        places = _np().asarray(value.sp_index.indices)
        kept = [item(value.sp_values), item(places), item(value.fill_value)]
        return ["sparse", [len(value)], kept]
    if isinstance(value, arrays.ArrowExtensionArray):
        return ["arrow", [str(value.dtype)], [item(v) for v in value.tolist()]]
    if hasattr(value, "_mask") and hasattr(value, "_data"):
        return ["masked", [str(value.dtype)], [item(value._data), item(value._mask)]]  # noqa: SLF001 - masked arrays name their halves no other way
    return None


def _plain_list(array: Any) -> Any:
    return array.tolist()
