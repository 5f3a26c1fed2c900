"""Decides what may stand in a question's ``judging.toml``: own checks, other good answers."""

from typing import Annotated, Literal

from pydantic import Field

from viva_grader.domain.judging import Judging
from viva_grader.domain.rubric import Check
from viva_grader.library.rubric_forms import CheckForm, Form, Line, Slug


class JudgingFile(Form):
    """The whole of ``judging.toml``."""

    schema_: Annotated[Literal["viva.judging/1"], Field(alias="schema")]
    alternatives: list[Line] = Field(default_factory=list[str])
    checks: dict[Slug, Annotated[list[CheckForm], Field(min_length=1)]] = Field(
        default_factory=dict[str, list[CheckForm]]
    )

    def judging(self) -> Judging:
        """As the domain has it."""
        return Judging(
            {
                name: tuple(Check(**each.model_dump()) for each in checks)
                for name, checks in self.checks.items()
            },
            tuple(self.alternatives),
        )
