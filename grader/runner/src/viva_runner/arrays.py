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

PLAIN_KINDS = "biufcSUMm"
KINDS = frozenset({
    "np", "nd", "ndo", "dtype", "rng", "random", "na", "nat", "timestamp", "pdtimedelta",
    "interval", "period", "cat", "dtz", "masked", "strings", "index", "rangeindex", "multiindex",
    "series", "frame", "intervals", "periods",
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
    if isinstance(value, np.generic) and kind.__module__ == "numpy":
        return _scalar(value)
    if isinstance(value, np.dtype):
        return ["dtype", [value.str], []] if value.kind in PLAIN_KINDS + "O" else None
    if kind is np.random.Generator:
        state = value.bit_generator.state
        text = json.dumps(state, default=_plain_list)
        return ["rng", [state["bit_generator"], text], []]
    if kind.__module__ == "random" and kind.__name__ == "Random":
        return ["random", [], [item(value.getstate())]]
    return _pandas(pd, item, value) if pd is not None else None


def _scalar(value: Any) -> Node | None:
    if value.dtype.kind not in PLAIN_KINDS:
        return None
    return ["np", [value.dtype.str, _text(value.tobytes())], []]


def _array(item: Item, value: Any) -> Node | None:
    if value.dtype.kind in PLAIN_KINDS and value.dtype.names is None:
        return ["nd", [value.dtype.str, list(value.shape), _text(value.tobytes())], []]
    if value.dtype.kind == "O":
        return ["ndo", [list(value.shape)], [item(v) for v in value.ravel().tolist()]]
    return None


def _pandas(pd: Any, item: Item, value: Any) -> Node | None:  # noqa: C901 - as above
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
        return ["series", [], [item(value.array), item(value.index), item(value.name)]]
    if kind is pd.DataFrame:
        columns = [item(value.iloc[:, n].array) for n in range(value.shape[1])]
        return ["frame", [], [item(value.index), item(value.columns), *columns]]
    if isinstance(value, pd.Index):
        return _index(pd, item, value)
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return _extension(pd, item, value)
    return None


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


def _extension(pd: Any, item: Item, value: Any) -> Node | None:
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
    if hasattr(value, "_mask") and hasattr(value, "_data"):
        return ["masked", [str(value.dtype)], [item(value._data), item(value._mask)]]  # noqa: SLF001 - masked arrays name their halves no other way
    return None


def decode(kind: str, constants: list[Any], items: list[Any]) -> Any:
    """Build a numpy or pandas value from its description."""
    if kind in {"np", "nd", "ndo", "dtype", "rng", "random"}:
        return _decode_numpy(kind, constants, items)
    pd = _pd()
    if kind in {"index", "rangeindex", "multiindex", "intervals", "periods"}:
        return _decode_index(pd, kind, constants, items)
    if kind in {"cat", "dtz", "masked", "strings"}:
        return _decode_extension(pd, kind, constants, items)
    if kind == "series":
        return pd.Series(items[0], index=items[1], name=items[2])
    if kind == "frame":
        frame = pd.DataFrame(dict(enumerate(items[2:])), index=items[0])
        frame.columns = items[1]
        return frame
    return _decode_scalar(pd, kind, constants, items)


def _decode_numpy(kind: str, constants: list[Any], items: list[Any]) -> Any:
    np = _np()
    if kind == "dtype":
        return np.dtype(constants[0])
    if kind == "np":
        return np.frombuffer(base64.b64decode(constants[1]), dtype=constants[0])[0]
    if kind == "nd":
        flat = np.frombuffer(base64.b64decode(constants[2]), dtype=constants[0])
        return flat.reshape(constants[1]).copy()
    if kind == "ndo":
        array = np.empty(len(items), dtype=object)
        array[:] = items
        return array.reshape(constants[0])
    if kind == "rng":
        return _rng(np, constants)
    import random

    source = random.Random()  # noqa: S311 - a test's own, passed on
    source.setstate(items[0])
    return source


def _plain_list(array: Any) -> Any:
    return array.tolist()


def _rng(np: Any, constants: list[Any]) -> Any:
    """Give a generator in a state that JSON keeps as lists."""
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


def _decode_scalar(pd: Any, kind: str, constants: list[Any], items: list[Any]) -> Any:
    if kind == "nat":
        return pd.NaT
    if kind == "na":
        return pd.NA
    if kind == "timestamp":
        stamp = pd.Timestamp(_np().datetime64(items[0], constants[1]))
        return stamp.tz_localize("UTC").tz_convert(constants[0]) if constants[0] else stamp
    if kind == "pdtimedelta":
        return pd.Timedelta(_np().timedelta64(items[0], constants[0]))
    if kind == "interval":
        return pd.Interval(items[0], items[1], closed=constants[0])
    return pd.Period(ordinal=constants[1], freq=constants[0])


def _decode_index(pd: Any, kind: str, constants: list[Any], items: list[Any]) -> Any:
    if kind == "rangeindex":
        return pd.RangeIndex(*constants, name=items[0])
    if kind == "multiindex":
        count = constants[0]
        names, levels, codes = items[:count], items[count : 2 * count], items[2 * count :]
        return pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=True)
    if kind == "intervals":
        left, right, name = items
        return pd.IntervalIndex.from_arrays(left, right, closed=constants[0], name=name)
    if kind == "periods":
        return pd.PeriodIndex.from_ordinals(items[0], freq=constants[0], name=items[1])
    made = getattr(pd, constants[0])(items[0], name=items[1])
    if constants[1] is not None and len(made):
        made.freq = constants[1]
    return made


def _decode_extension(pd: Any, kind: str, constants: list[Any], items: list[Any]) -> Any:
    if kind == "cat":
        return pd.Categorical.from_codes(items[0], categories=items[1], ordered=constants[0])
    if kind == "dtz":
        stamps = items[0].view(f"M8[{constants[0]}]")
        return pd.Series(stamps).dt.tz_localize("UTC").dt.tz_convert(constants[1]).array
    if kind == "strings":
        na = _np().nan if constants[1] == "nan" else pd.NA
        storage = constants[0] if "pyarrow" in sys.modules else "python"
        return pd.array(items, dtype=pd.StringDtype(storage, na_value=na))
    array = pd.array(items[0], dtype=constants[0])
    array[items[1]] = pd.NA
    return array
