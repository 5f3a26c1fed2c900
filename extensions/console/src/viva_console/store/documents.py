"""Decides how grades, evaluations and final scores become stored JSON, and come back the same."""

import json
from typing import Any

from pydantic import TypeAdapter
from viva_grader.domain.evaluation import Evaluation, evaluation_from
from viva_grader.domain.grade import Grade, canonical
from viva_grader.domain.question import Part, Question
from viva_grader.domain.rubric import Rubric

from viva_console.domain.lost_time import Credit
from viva_console.domain.words import QuestionRef

_GRADE = TypeAdapter(Grade)
_RUBRIC = TypeAdapter(Rubric)
_PARTS = TypeAdapter(tuple[Part, ...])
_REFS = TypeAdapter(tuple[QuestionRef, ...])
_REF = TypeAdapter(QuestionRef)
_CREDITS = TypeAdapter(tuple[Credit, ...])


def grade_bytes(grade: Grade) -> bytes:
    """Give the canonical JSON that the grade's hash is over."""
    return canonical(grade.document())


def grade_from(stored: bytes) -> Grade:
    """Read :func:`grade_bytes` back."""
    return _GRADE.validate_json(stored)


def evaluation_bytes(evaluation: Evaluation) -> bytes:
    """Give an evaluation as canonical JSON."""
    return canonical(evaluation.document())


def evaluation_read(stored: bytes) -> Evaluation:
    """Read :func:`evaluation_bytes` back."""
    return evaluation_from(json.loads(stored))


def rubric_document(rubric: Rubric) -> dict[str, Any]:
    """Give a rubric as JSON."""
    return _RUBRIC.dump_python(rubric, mode="json")


def rubric_from(document: dict[str, Any]) -> Rubric:
    """Read :func:`rubric_document` back, also as it was while a check was a line without an id."""
    dimensions = [
        {
            **each,
            "checklist": [
                {"id": f"check_{number}", "text": check} if isinstance(check, str) else check
                for number, check in enumerate(each["checklist"], start=1)
            ],
        }
        for each in document["dimensions"]
    ]
    return _RUBRIC.validate_python({**document, "dimensions": dimensions})


def question_document(question: Question) -> dict[str, Any]:
    """Give what a report says of a question; its source is kept beside it."""
    return {
        "slug": question.slug,
        "title": question.title,
        "kind": question.kind,
        "level": question.level,
        "skills": list(question.skills),
        "minutes": question.minutes,
        "brief": question.brief,
        "fixture": question.fixture,
        "rubric": question.rubric,
        "sha256": question.sha256,
        "parts": _PARTS.dump_python(question.parts, mode="json"),
    }


def refs_document(refs: tuple[QuestionRef, ...]) -> list[dict[str, Any]]:
    """Give an interview's questions as JSON."""
    return _REFS.dump_python(refs, mode="json")


def refs_from(document: list[dict[str, Any]]) -> tuple[QuestionRef, ...]:
    """Read :func:`refs_document` back."""
    return _REFS.validate_python(document)


def ref_document(ref: QuestionRef) -> dict[str, Any]:
    """Give one question of an interview as JSON."""
    return _REF.dump_python(ref, mode="json")


def ref_from(document: dict[str, Any]) -> QuestionRef:
    """Read :func:`ref_document` back."""
    return _REF.validate_python(document)


def credits_document(added: tuple[Credit, ...]) -> list[dict[str, Any]]:
    """Give the time that was added as JSON."""
    return _CREDITS.dump_python(added, mode="json")


def credits_from(document: list[dict[str, Any]]) -> tuple[Credit, ...]:
    """Read :func:`credits_document` back."""
    return _CREDITS.validate_python(document)
