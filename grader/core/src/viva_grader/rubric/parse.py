"""Decides which answers of a model have the form that was asked for; each dimension by itself."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Rubric

_MAX_TEXT: Final = 4_000
_MAX_LIST: Final = 20

Text = Annotated[str, Field(max_length=_MAX_TEXT)]


class Unusable(ValueError):  # noqa: N818 - a value's judgement, not a failure of ours
    """An answer that has not the form that was asked for."""


class Evidence(BaseModel):
    """A citation as the model gave it: nothing of it is believed yet."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    cell: Annotated[str, Field(max_length=32)] | None
    start: int | None
    end: int | None
    quote: Text
    fact: Annotated[str, Field(max_length=32)] | None


class Claim(BaseModel):
    """What the model says of one dimension: nothing of it is believed yet."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    evidence: Annotated[list[Evidence], Field(max_length=_MAX_LIST)]
    rationale: Text
    score: Annotated[int, Field(ge=1, le=5)] | None
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    red_flags: Annotated[list[Text], Field(max_length=_MAX_LIST)]
    follow_ups: Annotated[list[Text], Field(max_length=_MAX_LIST)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    dimensions: dict[str, Any]


def parse(text: str, rubric: Rubric) -> dict[str, Claim | str]:
    """Read a raw answer.

    Returns
    -------
    dict of str to (Claim or str)
        For each dimension that a model may score: its claim, or one line on why there is none.
        Whatever else the answer holds, correctness for one, is not looked at.

    Raises
    ------
    Unusable
        Where the answer as a whole is not what was asked for.
    """
    answered = _dimensions(text)
    return {each.name: _claim(answered, each.name) for each in rubric.dimensions if each.by_model}


def _dimensions(text: str) -> Mapping[str, Json]:
    try:
        answer: Json = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        return _Answer.model_validate(answer).dimensions
    except ValidationError as error:
        raise Unusable("the model's answer has no dimensions") from error
    except (ValueError, RecursionError) as error:
        raise Unusable("the model's answer is not JSON as it was asked for") from error


def _claim(answered: Mapping[str, Json], name: str) -> Claim | str:
    if name not in answered:
        return "The model's answer leaves this dimension out."
    try:
        return Claim.model_validate(answered[name])
    except ValidationError as error:
        where = ".".join(str(each) for each in error.errors()[0]["loc"]) or "answer"
        return f"The model's answer breaks the form asked for, at {where}."


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
