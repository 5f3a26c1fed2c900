"""Decides what one scoring by a model gives: an evaluation with its whole record, or unscored."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict

from viva_grader.domain.grade import Grade, GradeStatus, Json, canonical
from viva_grader.domain.question import Question
from viva_grader.domain.rubric import DimensionScore, Evaluation, Rubric, Share
from viva_grader.model.port import ChatModel, ModelCallError, ModelReply, ModelRequest
from viva_grader.rubric.parse import Unusable, parse
from viva_grader.rubric.prompt import (
    MAX_SUBMISSION_CHARACTERS,
    PROMPT_VERSION,
    draw_nonce,
    messages,
)
from viva_grader.rubric.schema import SCHEMA_NAME, answer_schema
from viva_grader.rubric.shown import shown, shown_from
from viva_grader.rubric.verify import verified_score
from viva_grader.score.levels import share_score

RECORD_SCHEMA = "viva.evaluation-record/1"
NO_MODEL = "No model is configured, so nothing was scored beyond the tests."


def evaluate(
    question: Question,
    grade: Grade,
    rubric: Rubric,
    model: ChatModel | None,
    *,
    known_names: Sequence[str] = (),
    nonce: Callable[[], str] = lambda: secrets.token_hex(16),
) -> Evaluation:
    """Score by a model what tests cannot.

    Parameters
    ----------
    grade : Grade
        Of the same question; its ``cells`` are what the model reads, its evidence the facts.
    model : ChatModel or None
        None where no endpoint is configured: every dimension is then unscored.
    known_names : sequence of str
        Names of the candidate, taken out before the model reads anything.
    nonce : callable
        Draws a random word for the fences around data.

    Returns
    -------
    Evaluation
        Never raises for what an endpoint does: each of its failures ends as ``unscored``.
    """
    if grade.status is GradeStatus.REFUSED:
        return unscored(rubric, "The submission was refused, so there is nothing to score.")
    if model is None:
        return unscored(rubric, NO_MODEL)
    data = shown(grade, known_names)
    if sum(map(len, data.texts)) > MAX_SUBMISSION_CHARACTERS:
        limit = f"{MAX_SUBMISSION_CHARACTERS:,} characters"
        return unscored(rubric, f"The submission is longer than the {limit} of a prompt.")
    fence = draw_nonce(nonce, data.texts)
    if fence is None:
        return unscored(rubric, "The submission holds the random words drawn to fence it in.")
    request = ModelRequest(
        messages=messages(rubric, question, grade, data, fence),
        schema_name=SCHEMA_NAME,
        schema=answer_schema(rubric),
    )
    asked = _asked(question, grade, rubric, request) | {"data": data.document()}
    try:
        reply = model.ask(request)
    except ModelCallError as error:
        outcome: dict[str, Json] = {"outcome": error.failure, "attempts": error.attempts}
        record = _record({**asked, **outcome, "model_asked": model.name}, error.reply)
        return unscored(rubric, f"Nothing was scored: {error.message}.", record)
    return judged(_record({**asked, "outcome": "answered"}, reply), rubric)


def judged(record: dict[str, Json], rubric: Rubric) -> Evaluation:
    """Compute the scores that a record's raw answer gives: the same ones, always."""
    data = shown_from(record["data"])
    try:
        claims = parse(record["response"]["text"], rubric)
    except Unusable as error:
        return unscored(rubric, f"Nothing was scored: {error}.", record)
    scores = tuple(
        DimensionScore(dimension=name, score=None, rationale="", reason=claim)
        if isinstance(claim, str)
        else verified_score(name, claim, data)
        for name, claim in claims.items()
    )
    missing = sum(each.score is None for each in scores)
    status = "unscored" if missing == len(scores) else "partial" if missing else "scored"
    return Evaluation(
        rubric=rubric.name,
        rubric_sha256=rubric.sha256,
        status=status,
        dimensions=scores,
        rubric_score=share_score(rubric, Share.RUBRIC, scores),
        communication_score=share_score(rubric, Share.COMMUNICATION, scores),
        reason=f"{missing} of {len(scores)} dimensions are unscored." if missing else "",
        record=record,
    )


def unscored(rubric: Rubric, reason: str, record: dict[str, Json] | None = None) -> Evaluation:
    """Say that nothing was scored, and why."""
    return Evaluation(
        rubric=rubric.name,
        rubric_sha256=rubric.sha256,
        status="unscored",
        dimensions=tuple(
            DimensionScore(dimension=each.name, score=None, rationale="", reason=reason)
            for each in rubric.dimensions
            if each.by_model
        ),
        rubric_score=None,
        communication_score=None,
        reason=reason,
        record=record or {},
    )


def record_sha256(record: dict[str, Json]) -> str:
    """Hash a record over everything but its timing and the hash itself."""
    kept = {name: value for name, value in record.items() if name not in {"timing", "sha256"}}
    return sha256(kept)


def sha256(document: Json) -> str:
    """Hex digest of the canonical JSON of a document."""
    return hashlib.sha256(canonical(document)).hexdigest()


def _asked(
    question: Question,
    grade: Grade,
    rubric: Rubric,
    request: ModelRequest,
) -> dict[str, Json]:
    prompt = [asdict(each) for each in request.messages]
    return {
        "schema": RECORD_SCHEMA,
        "prompt_version": PROMPT_VERSION,
        "question": question.slug,
        "question_sha256": question.sha256,
        "grade_sha256": grade.sha256,
        "submission_sha256": grade.submission_sha256,
        "rubric": rubric.name,
        "rubric_sha256": rubric.sha256,
        "prompt": prompt,
        "prompt_sha256": sha256(prompt),
        "answer_schema": request.schema,
    }


def _record(asked: dict[str, Json], reply: ModelReply | None) -> dict[str, Json]:
    record = dict(asked)
    if reply is not None:
        response = reply.document()
        record["timing"] = {"latency_ms": response.pop("latency_ms")}
        record["model_asked"] = reply.model_asked
        record["attempts"] = response.pop("attempts")
        record["parameters"] = response.pop("parameters")
        response["sha256"] = hashlib.sha256(reply.text.encode("utf-8", "surrogatepass")).hexdigest()
        record["response"] = response
    record["sha256"] = record_sha256(record)
    return record
