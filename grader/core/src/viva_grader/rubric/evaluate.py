"""Decides what a scoring by models gives: an evaluation with its whole record, or unscored."""

import secrets
from collections.abc import Callable, Sequence

from viva_grader.domain.evaluation import DimensionScore, Evaluation, Spent
from viva_grader.domain.grade import Grade, GradeStatus, Json
from viva_grader.domain.question import Question
from viva_grader.domain.rubric import Rubric, Twin
from viva_grader.model.port import ChatModel, Judges
from viva_grader.rubric.answers import twin_variants
from viva_grader.rubric.asking import Asking, sha256
from viva_grader.rubric.controls import CONTROLS
from viva_grader.rubric.defence import injected, twin_of
from viva_grader.rubric.judged import judged
from viva_grader.rubric.passes import NoNonceError, Passes
from viva_grader.rubric.prompt import MAX_SUBMISSION_CHARACTERS, PROMPT_VERSION
from viva_grader.rubric.protocol import ORIGINAL, Protocol
from viva_grader.rubric.shown import shown
from viva_grader.rubric.task import task_text, verdicts_text

RECORD_SCHEMA = "viva.evaluation-record/3"
NO_MODEL = "No model is configured, so nothing was scored beyond the tests."
_DATA_NONCE = "The submission holds the random words drawn to fence it in."


def evaluate(
    question: Question,
    grade: Grade,
    rubric: Rubric,
    model: ChatModel | Judges | None,
    *,
    known_names: Sequence[str] = (),
    protocol: Protocol | None = None,
    already: Spent | None = None,
    nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    parallel: int = 1,
) -> Evaluation:
    """Score by models what tests cannot.

    Parameters
    ----------
    grade : Grade
        Of the same question; its ``cells`` are what is read, its evidence the facts.
    model : ChatModel, Judges or None
        One for all passes, or one for each; None where no endpoint is configured: every dimension
        is then unscored.
    known_names : sequence of str
        What is known of the candidate, taken out before a model reads anything.
    already : Spent, optional
        What the same interview spent before.
    nonce : callable
        Draws a random word for the fences around data.
    parallel : int
        ≥ 1; how many samples are asked for at once. It changes nothing in what is stored.

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
    chosen = protocol or Protocol()
    asked = rubric.with_checks(question.judging.checks)
    task = task_text(question)
    variants = {ORIGINAL: data}
    if chosen.twin:
        variants |= {
            each.value: twin_of(data, grade, task, keep_strings=each is Twin.STRINGS)
            for each in twin_variants(asked)
        }
    session = Passes(
        judges=model if isinstance(model, Judges) else Judges(model, model, model),
        rubric=asked,
        protocol=chosen,
        task=task,
        tests=verdicts_text(grade),
        data=variants,
        nonce=nonce,
        asking=Asking(chosen, already or Spent()),
        parallel=parallel,
    )
    try:
        session.run()
    except NoNonceError:
        return unscored(rubric, _DATA_NONCE)
    return judged(_record(question, grade, rubric, session), rubric)


def unscored(rubric: Rubric, reason: str, record: dict[str, Json] | None = None) -> Evaluation:
    """Say that nothing was scored, and why."""
    return Evaluation(
        rubric=rubric.name,
        rubric_sha256=rubric.sha256,
        status="unscored",
        dimensions=tuple(
            DimensionScore(dimension=each.name, score=None, rationale="", reason=reason)
            for each in rubric.scored()
        ),
        rubric_score=None,
        communication_score=None,
        reason=reason,
        record=record or {},
    )


def record_sha256(record: dict[str, Json]) -> str:
    """Hash a record over everything but its timing and the hash itself."""
    kept = {name: value for name, value in record.items() if name not in {"timing", "sha256"}}
    if "calls" in kept:
        kept["calls"] = [
            {name: value for name, value in call.items() if name != "timing"}
            for call in kept["calls"]
        ]
    return sha256(kept)


def _record(question: Question, grade: Grade, rubric: Rubric, session: Passes) -> dict[str, Json]:
    judging = question.judging.document()
    record: dict[str, Json] = {
        "schema": RECORD_SCHEMA,
        "prompt_version": PROMPT_VERSION,
        "question": question.slug,
        "question_sha256": question.sha256,
        "judging": judging,
        "judging_sha256": sha256(judging),
        "grade_sha256": grade.sha256,
        "submission_sha256": grade.submission_sha256,
        "rubric": rubric.name,
        "rubric_sha256": rubric.sha256,
        "protocol": session.protocol.document(),
        "correctness": _correctness(grade),
        "controls": [each.id for each in CONTROLS] if session.controlled else [],
        "injections": injected(session.data[ORIGINAL], grade),
        "data": {name: each.document() for name, each in session.data.items()},
        "calls": session.asking.calls,
        "spent": session.asking.spent(),
    }
    return record | {"sha256": record_sha256(record)}


def _correctness(grade: Grade) -> float | None:
    if grade.auto_score is None or not grade.max_score:
        return None
    return round(grade.auto_score / grade.max_score, 4)
