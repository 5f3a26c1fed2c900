"""Decides what an anchor is: a submission without a person, people's levels, and a model's."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from viva_grader.domain.evaluation import Evaluation, evaluation_from
from viva_grader.domain.grade import Grade, Json
from viva_grader.rubric.shown import without_a_person

ANCHOR_SCHEMA = "viva.anchor/1"
_NOT_FIELDS = frozenset({"schema", "grade_sha256"})
_GRADE = TypeAdapter(Grade)


class Anchor(BaseModel):
    """One submission whose levels people decided, with what the model in use made of it."""

    model_config = ConfigDict(extra="forbid")

    schema_: Literal["viva.anchor/1"] = Field(alias="schema")
    question: str
    levels: dict[str, Annotated[int, Field(ge=1, le=5)]]
    grade: dict[str, Any]
    evaluation: dict[str, Any]

    def graded(self) -> Grade:
        """Read the grade.

        Raises
        ------
        ValueError
            Where it breaks its form.
        """
        fields = {name: each for name, each in self.grade.items() if name not in _NOT_FIELDS}
        return _GRADE.validate_python(fields)

    def evaluated(self) -> Evaluation:
        """Read what the model in use said."""
        return evaluation_from(self.evaluation)


def anchor_document(
    grade: Grade, evaluation: Evaluation, levels: Mapping[str, int], known_names: Sequence[str]
) -> dict[str, Json]:
    """Make an anchor of a stored scoring.

    Parameters
    ----------
    levels : mapping of str to int
        By dimension, what people decided, 1..5.
    known_names : sequence of str
        What is known of the candidate: it is taken out, with all that a pattern finds.
    """
    return {
        "schema": ANCHOR_SCHEMA,
        "question": grade.question,
        "levels": dict(levels),
        "grade": without_a_person(grade, known_names).document(),
        "evaluation": evaluation.document(),
    }
