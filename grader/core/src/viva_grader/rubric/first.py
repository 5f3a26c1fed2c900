"""Decides what a scoring of one call, stored before there were passes, still gives."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from viva_grader.domain.evaluation import FIRST_EVALUATION_SCHEMA, DimensionScore, Evaluation
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Rubric, Share
from viva_grader.rubric.parse import MAX_LIST, Evidence, Text, Unusable, read_json
from viva_grader.rubric.shown import Shown, shown_from
from viva_grader.rubric.verify import verified
from viva_grader.score.levels import share_score

FIRST_RECORD_SCHEMA = "viva.evaluation-record/1"


class _Claim(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    evidence: Annotated[list[Evidence], Field(max_length=MAX_LIST)]
    rationale: Text
    score: Annotated[int, Field(ge=1, le=5)] | None
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    red_flags: Annotated[list[Text], Field(max_length=MAX_LIST)]
    follow_ups: Annotated[list[Text], Field(max_length=MAX_LIST)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    dimensions: dict[str, Any]


def first_judged(record: dict[str, Json], rubric: Rubric) -> Evaluation:
    """Compute the scores that a record's one raw answer gave: the model's own, where cited."""
    data = shown_from(record["data"])
    try:
        answered = _Answer.model_validate(read_json(record["response"]["text"])).dimensions
    except (Unusable, ValidationError) as error:
        wrong = "the model's answer has no dimensions"
        said = str(error) if isinstance(error, Unusable) else wrong
        return _put_together(record, rubric, (), f"Nothing was scored: {said}.")
    scores = tuple(_score(each.name, answered, data) for each in rubric.scored())
    missing = sum(each.score is None for each in scores)
    reason = f"{missing} of {len(scores)} dimensions are unscored." if missing else ""
    return _put_together(record, rubric, scores, reason)


def _put_together(
    record: dict[str, Json], rubric: Rubric, scores: tuple[DimensionScore, ...], reason: str
) -> Evaluation:
    found = scores or tuple(_unscored(each.name, reason) for each in rubric.scored())
    missing = sum(each.score is None for each in found)
    return Evaluation(
        rubric=rubric.name,
        rubric_sha256=rubric.sha256,
        status="unscored" if missing == len(found) else "partial" if missing else "scored",
        dimensions=found,
        rubric_score=share_score(rubric, Share.RUBRIC, found),
        communication_score=share_score(rubric, Share.COMMUNICATION, found),
        reason=reason,
        record=record,
        schema=FIRST_EVALUATION_SCHEMA,
    )


def _unscored(name: str, reason: str) -> DimensionScore:
    return DimensionScore(dimension=name, score=None, rationale="", reason=reason)


def _score(name: str, answered: dict[str, Any], data: Shown) -> DimensionScore:
    if name not in answered:
        return _unscored(name, "The model's answer leaves this dimension out.")
    try:
        claim = _Claim.model_validate(answered[name])
    except ValidationError as error:
        where = ".".join(str(each) for each in error.errors()[0]["loc"]) or "answer"
        return _unscored(name, f"The model's answer breaks the form asked for, at {where}.")
    quotes = tuple(quote for each in claim.evidence if (quote := verified(each, data)) is not None)
    score, confidence, reason = claim.score, None, ""
    if claim.score is None:
        reason = "The model saw nothing in the submission to score this by."
    elif not quotes:
        score = None
        reason = (
            f"None of the model's {len(claim.evidence)} citations stands in the submission."
            if claim.evidence
            else "The model cited nothing."
        )
    else:
        confidence = round(claim.confidence * len(quotes) / len(claim.evidence), 4)
    return DimensionScore(
        dimension=name,
        score=score,
        rationale=claim.rationale,
        quotes=quotes,
        confidence=confidence,
        red_flags=tuple(claim.red_flags),
        follow_ups=tuple(claim.follow_ups),
        reason=reason,
    )
