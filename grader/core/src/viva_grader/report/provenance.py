"""Decides which hashes and versions a report names, so that each number can be computed again."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version

from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Evaluation, Rubric
from viva_grader.report.facts import Answer

Rows = tuple[tuple[str, str], ...]


def shared_provenance(rubric: Rubric, versions: Mapping[str, str]) -> Rows:
    """Name what all questions of a report share."""
    return (
        ("viva-grader", version("viva-grader")),
        (f"Rubric {rubric.name}, sha256", rubric.sha256),
        *sorted(versions.items()),
    )


def question_provenance(answer: Answer) -> Rows:
    """Name what one question's scores depend on."""
    return tuple((label, value) for label, value in _rows(answer) if value)


def _rows(answer: Answer) -> Iterator[tuple[str, str]]:
    if answer.receipt is not None:
        yield "Received notebook, sha256", answer.receipt.sha256
    if answer.grade is not None:
        yield "Graded submission, sha256", str(answer.grade["submission_sha256"])
        yield f"Question {answer.question.slug}, sha256", str(answer.grade["question_sha256"])
        yield "Grade, sha256", answer.grade_sha256
        for name, value in sorted(answer.grade["environment"].items()):
            yield name, str(value)
    if answer.evaluation is not None:
        yield from _evaluation(answer.evaluation)


def _evaluation(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    record = evaluation.record
    yield f"Rubric {evaluation.rubric} as used, sha256", evaluation.rubric_sha256
    for label, name in (
        ("Prompt version", "prompt_version"),
        ("Prompt, sha256", "prompt_sha256"),
        ("Model asked", "model_asked"),
        ("Attempts", "attempts"),
    ):
        yield label, str(record.get(name) or "")
    response: Mapping[str, Json] = record.get("response") or {}
    for label, name in (
        ("Model answered", "model_answered"),
        ("Model fingerprint", "fingerprint"),
        ("Request id", "request_id"),
        ("Answer, sha256", "sha256"),
        ("Tokens in", "input_tokens"),
        ("Tokens out", "output_tokens"),
    ):
        yield label, str(response.get(name) or "")
    yield "Scoring record, sha256", str(record.get("sha256") or "")
