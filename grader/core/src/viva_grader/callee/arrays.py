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

from viva_grader.callee.pandas_values import DECODE, whole

_DTYPE = re.compile(r"[<>|=]?(?:[biufc]\d{1,2}|[SUV]\d{1,7}|[Mm]8(?:\[\d{0,6}[a-zA-Z]{1,7}\])?)")
_BIT_GENERATORS = frozenset({"PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"})
_MAX_DIMENSIONS = 32
_MAX_FIELDS = 256
_MAX_ITEM_BYTES = 1 << 24


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
    if type(text) is list:
        return _structured(cast("list[Any]", text))
    if type(text) is not str or not _DTYPE.fullmatch(text):
        raise ValueError("an unknown dtype")
    dtype: np.dtype[Any] = np.dtype(text)
    if dtype.itemsize == 0 or dtype.hasobject:
        raise ValueError("an unknown dtype")
    return dtype


def _structured(written: list[Any]) -> np.dtype[Any]:
    """Give a dtype with fields, none of which may reach over its end or hold an object."""
    fields, size, aligned = written
    if not 0 < len(fields) <= _MAX_FIELDS or not 0 < whole(size) <= _MAX_ITEM_BYTES:
        raise ValueError("an unknown dtype")
    names = [name for name, _, _, _ in fields]
    if any(type(name) is not str for name in names):
        raise TypeError("an unknown dtype")
    formats = [(plain_dtype(inner), tuple(_shape(shape))) for _, inner, shape, _ in fields]
    offsets = [whole(offset) for _, _, _, offset in fields]
    made = {"names": names, "formats": formats, "offsets": offsets, "itemsize": size}
    return np.dtype(cast("Any", made), align=aligned is True)


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
    order: Any = constants[3]
    if order not in {"C", "F"}:
        raise ValueError("an unknown order")
    return np.frombuffer(data, dtype=dtype).reshape(shape, order=order).copy(order=order)


def _ndo(constants: list[Any], items: list[Any]) -> Any:
    array = np.empty(len(items), dtype=object)
    for index, value in enumerate(items):
        array[index] = value
    return array.reshape(_shape(constants[0]))


def _np(constants: list[Any], _items: list[Any]) -> Any:
    return np.frombuffer(_data(constants[1]), dtype=plain_dtype(constants[0]))[0]


def _dtype(constants: list[Any], _items: list[Any]) -> Any:
    return np.dtype(object) if constants[0] == "|O" else plain_dtype(constants[0])


def _masked_array(_constants: list[Any], items: list[Any]) -> Any:
    data, mask = _plain_array(items[0]), _plain_array(items[1])
    if mask.dtype != bool or mask.shape != data.shape:
        raise ValueError("a mask of another shape")
    return np.ma.MaskedArray(data, mask=mask)


def _plain_array(value: Any) -> Any:
    if type(value) is not np.ndarray:
        raise TypeError("no array")
    return value


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


def _record_array(_constants: list[Any], items: list[Any]) -> Any:
    return _plain_array(items[0]).view(np.recarray)


def _matrix(_constants: list[Any], items: list[Any]) -> Any:
    return _plain_array(items[0]).view(np.matrix)


_DECODE: dict[str, Callable[[list[Any], list[Any]], Any]] = DECODE | {
    "np": _np, "nd": _nd, "ndo": _ndo, "dtype": _dtype, "rng": _rng, "random": _random,
    "ma": _masked_array,
    "rec": _record_array, "mat": _matrix,
}  # fmt: skip
KINDS = frozenset(_DECODE)
