"""Decides which hashes and versions a report names, so that each number can be computed again."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version

from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Rubric
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


def answering_models(evaluation: Evaluation) -> tuple[str, ...]:
    """Name the models that answered, each once, in the order of their calls."""
    answers = (each.get("response") for each in _calls(evaluation.record))
    return tuple(dict.fromkeys(str(each["model_answered"]) for each in answers if each))


def _calls(record: Mapping[str, Json]) -> Sequence[Mapping[str, Json]]:
    """Give a record's calls; before there were passes, the record was the one call itself."""
    return record.get("calls", [record])


def _evaluation(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    record = evaluation.record
    yield f"Rubric {evaluation.rubric} as used, sha256", evaluation.rubric_sha256
    yield "Prompt version", str(record.get("prompt_version") or "")
    for call in _calls(record):
        yield from _call(call)
    spent = evaluation.spent
    if spent["tokens"]:
        yield "Tokens of all calls", str(spent["tokens"])
    yield "Cost of all calls", "" if spent["cost"] is None else f"{spent['cost']:g}"
    yield "Scoring record, sha256", str(record.get("sha256") or "")


def _call(call: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    name = ""
    if "pass" in call:
        name = f"{call['number'] + 1}, pass {call['pass']}, {call['variant']}: "
        yield f"{name}outcome", str(call["outcome"])
    response: Mapping[str, Json] = call.get("response") or {}
    for label, source, key in (
        ("Prompt, sha256", call, "prompt_sha256"),
        ("Model asked", call, "model_asked"),
        ("Attempts", call, "attempts"),
        ("Model answered", response, "model_answered"),
        ("Model fingerprint", response, "fingerprint"),
        ("Request id", response, "request_id"),
        ("Answer, sha256", response, "sha256"),
        ("Tokens in", response, "input_tokens"),
        ("Tokens out", response, "output_tokens"),
    ):
        yield f"{name}{label}", str(source.get(key) or "")
