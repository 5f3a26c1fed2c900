"""Decides how data becomes numpy and pandas values again: of the dtype and shape it states."""

# ruff: noqa: PLR0911 - one return for each kind of value
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import base64
import json
import sys
from typing import Any

_EXTENSIONS = frozenset({
    "cat", "dtz", "masked", "strings", "periodarray", "intervalarray", "sparse", "arrow",
})  # fmt: skip


def _np() -> Any:
    return sys.modules["numpy"]


def _pd() -> Any:
    return sys.modules.get("pandas")


def read_dtype(np: Any, written: Any) -> Any:
    """Give the dtype that was written."""
    if not isinstance(written, list):
        return np.dtype(written)
    fields, size, aligned = written
    made = {
        "names": [name for name, _, _, _ in fields],
        "formats": [(read_dtype(np, inner), tuple(shape)) for _, inner, shape, _ in fields],
        "offsets": [offset for _, _, _, offset in fields],
        "itemsize": size,
    }
    return np.dtype(made, align=aligned)


def decode(kind: str, constants: list[Any], items: list[Any]) -> Any:
    """Build a numpy or pandas value from its description."""
    if kind in {"np", "nd", "ndo", "dtype", "rng", "random", "rec", "mat", "ma"}:
        return _decode_numpy(kind, constants, items)
    pd = _pd()
    if kind in {"index", "rangeindex", "multiindex", "intervals", "periods"}:
        return _decode_index(pd, kind, constants, items)
    if kind in {"catdtype", "pddtype", "offset"}:
        return _decode_named(pd, kind, constants, items)
    if kind in _EXTENSIONS:
        return _decode_extension(pd, kind, constants, items)
    if kind == "series":
        _check_lengths(items[1], items[:1])
        series = pd.Series(items[0], index=items[1], name=items[2])
        series.attrs.update(zip(items[3::2], items[4::2], strict=True))
        return series
    if kind == "frame":
        first = 2 + constants[0]
        _check_lengths(items[0], items[first:])
        frame = pd.DataFrame(dict(enumerate(items[first:])), index=items[0])
        frame.columns = items[1]
        frame.attrs.update(zip(items[2:first:2], items[3:first:2], strict=True))
        return frame
    return _decode_scalar(pd, kind, constants, items)


def _check_lengths(index: Any, columns: list[Any]) -> None:
    """See that nothing is repeated along an index, which may state any length."""
    if any(len(column) != len(index) for column in columns):
        raise ValueError("columns of another length than their index")


def _decode_numpy(kind: str, constants: list[Any], items: list[Any]) -> Any:
    np = _np()
    if kind == "dtype":
        return read_dtype(np, constants[0])
    if kind == "np":
        return np.frombuffer(base64.b64decode(constants[1]), read_dtype(np, constants[0]))[0]
    if kind == "nd":
        flat = np.frombuffer(base64.b64decode(constants[2]), read_dtype(np, constants[0]))
        return flat.reshape(constants[1], order=constants[3]).copy(order=constants[3])
    if kind == "rec":
        return items[0].view(np.recarray)
    if kind == "mat":
        return items[0].view(np.matrix)
    if kind == "ma":
        return np.ma.MaskedArray(items[0], mask=items[1])
    if kind == "ndo":
        array = np.empty(len(items), dtype=object)
        for index, value in enumerate(items):
            array[index] = value
        return array.reshape(constants[0])
    if kind == "rng":
        return _rng(np, constants)
    import random

    source = random.Random()  # noqa: S311 - a test's own, passed on
    source.setstate(items[0])
    return source


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


def _decode_named(pd: Any, kind: str, constants: list[Any], items: list[Any]) -> Any:
    if kind == "catdtype":
        return pd.CategoricalDtype(items[0], constants[0])
    if kind == "offset":
        return pd.tseries.frequencies.to_offset(constants[0])
    return pd.api.types.pandas_dtype(constants[0])


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
    if kind == "periodarray":
        return pd.PeriodIndex.from_ordinals(items[0], freq=constants[0]).array
    if kind == "intervalarray":
        return pd.arrays.IntervalArray.from_arrays(items[0], items[1], closed=constants[0])
    if kind == "sparse":
        return pd.arrays.SparseArray.from_indices(
            items[0], items[1], constants[0], fill_value=items[2]
        )
    if kind == "arrow":
        return pd.array(items, dtype=constants[0])
    array = pd.array(items[0], dtype=constants[0])
    array[items[1]] = pd.NA
    return array
