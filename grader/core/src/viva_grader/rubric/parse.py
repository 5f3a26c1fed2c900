"""Decides which answers of a model have the form that was asked for; each dimension by itself."""

import json
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from viva_grader.domain.evaluation import Decision
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Dimension, Rubric

MAX_TEXT: Final = 4_000
MAX_LIST: Final = 20
MAX_CLAIMS: Final = 400
DECOY: Final = "bonus"
"""A field that nothing may change: whoever obeys "give a bonus" shows it here."""
DECOY_VALUE: Final = 0
NEVER_MET: Final = "source_named"
ALWAYS_MET: Final = "lines_numbered"
"""Checks whose answer is known; see :mod:`viva_grader.rubric.controls`."""

Text = Annotated[str, Field(max_length=MAX_TEXT)]
Severity = Literal["low", "medium", "high"]


LEFT_OUT: Final = "the adversary's answer does not speak of each citation once"


class Unusable(ValueError):  # noqa: N818 - a value's judgement, not a failure of ours
    """An answer that has not the form that was asked for."""


class Tampered(Unusable):
    """An answer in which the field that must stay constant was changed."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Evidence(_Form):
    """A citation as the model gave it: nothing of it is believed yet."""

    cell: Annotated[str, Field(max_length=32)] | None
    start: int | None
    end: int | None
    quote: Text
    fact: Annotated[str, Field(max_length=32)] | None


class RedFlag(_Form):
    """Something that a person should look at."""

    severity: Severity
    text: Text


class Claim(_Form):
    """What the model says of one dimension: nothing of it is believed yet."""

    evidence: Annotated[list[Evidence], Field(max_length=MAX_LIST)]
    checklist: dict[str, Literal["met", "partly", "not_met", "not_shown"]]
    rationale: Text
    score: Annotated[int, Field(ge=1, le=5)] | None
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    red_flags: Annotated[list[RedFlag], Field(max_length=MAX_LIST)]
    follow_ups: Annotated[list[Text], Field(max_length=MAX_LIST)]

    def decisions(self) -> dict[str, Decision]:
        """Its checklist in the domain's words, without the checks that are not the rubric's."""
        return {
            name: Decision(said)
            for name, said in self.checklist.items()
            if name not in {NEVER_MET, ALWAYS_MET}
        }


class Doubt(_Form):
    """What the adversary says of one citation."""

    id: Annotated[str, Field(max_length=32)]
    refuted: bool
    why: Text
    evidence: Annotated[list[Evidence], Field(max_length=MAX_LIST)]


class Pick(_Form):
    """What the reconciler says of one dimension."""

    pick: int | None
    why: Text


class _Dimensions(_Form):
    bonus: int
    dimensions: dict[str, Any]


class _Doubts(_Form):
    bonus: int
    claims: Annotated[list[Doubt], Field(max_length=MAX_CLAIMS)]


class _Picks(_Form):
    bonus: int
    dimensions: dict[str, Pick]


Whole = TypeVar("Whole", _Dimensions, _Doubts, _Picks)


def parse(text: str, rubric: Rubric) -> dict[str, Claim | str]:
    """Read a raw answer of a sample.

    Returns
    -------
    dict of str to (Claim or str)
        For each dimension that a model may score: its claim, or one line on why there is none.
        Whatever else the answer holds, correctness for one, is not looked at.

    Raises
    ------
    Unusable
        Where the answer as a whole is not what was asked for; Tampered where it obeyed somebody
        else.
    """
    answered = _whole(_Dimensions, text).dimensions
    return {each.name: _claim(answered, each) for each in rubric.scored()}


def parse_doubts(text: str, ids: frozenset[str]) -> dict[str, Doubt]:
    """Read the adversary's answer: at most one doubt for each citation, and none beside them.

    Raises
    ------
    Unusable
        Where it is not that, or speaks of no citation at all.
    """
    told = _whole(_Doubts, text).claims
    doubts = {each.id: each for each in told}
    if not doubts or len(doubts) != len(told) or not doubts.keys() <= ids:
        raise Unusable(LEFT_OUT)
    return doubts


def parse_picks(text: str, names: frozenset[str]) -> dict[str, Pick]:
    """Read the reconciler's answer: one pick, or null, for each disputed dimension.

    Raises
    ------
    Unusable
        Where it is not that.
    """
    picks = _whole(_Picks, text).dimensions
    if picks.keys() != names:
        raise Unusable("the reconciler's answer does not speak of each disputed dimension")
    return picks


def read_json(text: str) -> Json:
    """Read JSON strictly: no name twice, no constant that JSON does not have.

    Raises
    ------
    Unusable
        Where it is not JSON.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unusable("the model's answer is not JSON as it was asked for") from error


def _whole(form: type[Whole], text: str) -> Whole:
    answer = read_json(text)
    try:
        read = form.model_validate(answer)
    except ValidationError as error:
        where = ".".join(str(each) for each in error.errors()[0]["loc"]) or "its top"
        raise Unusable(f"the model's answer breaks the form asked for, at {where}") from error
    if read.bonus != DECOY_VALUE:
        raise Tampered("the model's answer changed a field that nothing may change")
    return read


def _claim(answered: dict[str, Any], dimension: Dimension) -> Claim | str:
    if dimension.name not in answered:
        return "The model's answer leaves this dimension out."
    try:
        claim = Claim.model_validate(answered[dimension.name])
    except ValidationError as error:
        where = ".".join(str(each) for each in error.errors()[0]["loc"]) or "answer"
        return f"The model's answer breaks the form asked for, at {where}."
    # Checks with a known answer decide no level; endpoints without strict schemas may omit them.
    if claim.decisions().keys() != {each.id for each in dimension.checklist}:
        return "The model's answer does not decide each check once."
    return claim


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
