"""Decides the form in which a model answers: evidence first, then reasons, then a level or null."""

from typing import Final

from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Rubric

SCHEMA_NAME: Final = "rubric_scores"


def answer_schema(rubric: Rubric) -> dict[str, Json]:
    """Build the strict JSON Schema for the dimensions that a model may score.

    Notes
    -----
    Strict mode wants every property required and ignores ranges and lengths, so they are checked
    again in :mod:`viva_grader.rubric.parse`. Properties are answered in the order given here.
    """
    names = [each.name for each in rubric.dimensions if each.by_model]
    return _object(
        {
            "dimensions": _object({name: {"$ref": "#/$defs/dimension"} for name in names}),
        }
    ) | {"$defs": {"dimension": _DIMENSION, "evidence": _EVIDENCE}}


def _object(properties: dict[str, Json]) -> dict[str, Json]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Json]) -> dict[str, Json]:
    return {"type": "array", "items": items}


def _nullable(kind: str, description: str) -> dict[str, Json]:
    return {"type": [kind, "null"], "description": description}


_EVIDENCE: Final[dict[str, Json]] = _object(
    {
        "cell": _nullable("string", "label of the cell, such as c3; null when citing a fact"),
        "start": _nullable("integer", "first line, from 1; null when citing a fact"),
        "end": _nullable("integer", "last line, inclusive; null when citing a fact"),
        "quote": {
            "type": "string",
            "description": "words copied from those lines, without their prefix",
        },
        "fact": _nullable("string", "id of a fact, such as F003; null when citing lines"),
    }
)

_DIMENSION: Final[dict[str, Json]] = _object(
    {
        "evidence": _list({"$ref": "#/$defs/evidence"}),
        "rationale": {"type": "string", "description": "two to four sentences, on the evidence"},
        "score": {
            "type": ["integer", "null"],
            "enum": [1, 2, 3, 4, 5, None],
            "description": "null where the submission does not show this dimension",
        },
        "confidence": {"type": "number", "description": "0 to 1"},
        "red_flags": _list({"type": "string"}),
        "follow_ups": _list({"type": "string"}),
    }
)
