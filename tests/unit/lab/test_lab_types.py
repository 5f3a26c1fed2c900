"""The panel's TypeScript types follow the console's schema."""

import json

import pytest
from generate_types import SCHEMA, TARGET, render, typescript_type


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
