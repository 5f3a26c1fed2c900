"""The panel's TypeScript types follow the console's schema and the room's own messages."""

import json
from typing import Literal

import pytest
from generate_types import (
    SCHEMA,
    TARGET,
    WIRE_TARGET,
    render,
    render_wire,
    type_of_hint,
    typescript_type,
    wire_module,
)


def test_committed_types_are_those_of_the_committed_schema():
    assert TARGET.read_text() == render(json.loads(SCHEMA.read_text())), (
        "run `python extensions/lab/generate_types.py`"
    )


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "minimum": 0}, "number"),
        ({"enum": ["open", "expired"], "type": "string"}, '"open" | "expired"'),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"type": "array", "items": {"$ref": "#/$defs/Receipt"}}, "Receipt[]"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, '("a" | "b")[]'),
    ],
)
def test_type_of_a_schema(schema, expected):
    assert typescript_type(schema) == expected


def test_unknown_schema_is_refused_rather_than_guessed():
    with pytest.raises(ValueError, match="no TypeScript type"):
        typescript_type({"type": "object"})


def test_committed_types_are_those_of_the_rooms_own_messages():
    assert WIRE_TARGET.read_text() == render_wire(wire_module()), (
        "run `python extensions/lab/generate_types.py`"
    )


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (int, "number"),
        (str | None, "string | null"),
        (tuple[str | None, ...], "(string | null)[]"),
        (Literal["a", "b"], '"a" | "b"'),
    ],
)
def test_type_of_a_hint(hint, expected):
    assert type_of_hint(hint) == expected


def test_unknown_hint_is_refused_rather_than_guessed():
    with pytest.raises(ValueError, match="no TypeScript type"):
        type_of_hint(dict[str, int])
