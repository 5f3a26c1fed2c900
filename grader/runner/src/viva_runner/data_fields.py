"""Decides what is told of a data class: its fields, in order, and how it was made."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import sys
from typing import Any

from viva_runner import hints
from viva_runner.plain_facts import is_plain

MAX_FIELDS = 255
_KINDS = {"_FIELD": 0, "_FIELD_CLASSVAR": 1, "_FIELD_INITVAR": 2}
_PARAMETERS = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")


def facts_of(kind: type) -> tuple[dict[str, Any], list[Any]]:
    """Tell the fields of a class that was itself made a data class.

    Returns
    -------
    dict
        ``data``: for each field its name, its kind (0 a field, 1 the class's, 2 for ``__init__``
        alone), ``init``, ``repr``, ``hash``, ``compare``, ``kw_only``, and whether it has a
        default: 0 no, 1 a plain one, 2 another, 3 one that is made anew; ``made``: how it was
        made.
    list
        For each field its type, its plain metadata, then its default if that is plain.
    """
    held: Any = kind.__dict__.get("__dataclass_fields__")
    made: Any = kind.__dict__.get("__dataclass_params__")
    if type(held) is not dict or made is None or len(held) > MAX_FIELDS:
        return {}, []
    missing: Any = sys.modules["dataclasses"].__dict__["MISSING"]
    rows: list[list[Any]] = []
    told: list[Any] = []
    for name, field in held.items():
        default = 0 if field.default is missing else 2 - is_plain(field.default)
        default = 3 if field.default_factory is not missing else default
        facts = [field.init, field.repr, field.hash, field.compare, field.kw_only is True]
        kind_of_field = _KINDS[field._field_type.name]  # noqa: SLF001 - it has no public name
        rows.append([name, kind_of_field, *facts, default])
        metadata = dict(field.metadata)
        told += [field.type if hints.crosses(field.type) else None]
        told += [tuple(metadata.items()) if is_plain(metadata) else ()]
        told += [field.default] if default == 1 else []
    return {"data": rows, "made": {n: getattr(made, n) is True for n in _PARAMETERS}}, told
