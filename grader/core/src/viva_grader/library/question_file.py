"""Decides what may stand in a ``question.toml``: every key, its type and its range."""

import tomllib
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from viva_grader.domain.errors import BadQuestionError
from viva_grader.domain.question import Case, EffortRule, Forbidden, Limits, PartKind, QueryRule

Line = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\n]+$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Tolerance = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)]

_DEFAULT = Limits()


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitsEntry(_Form):
    """``[limits]``: what one submission may use; what is not named keeps its default."""

    call_s: Seconds = _DEFAULT.call_s
    part_s: Seconds = _DEFAULT.part_s
    total_s: Seconds = _DEFAULT.total_s
    memory_mib: Annotated[int, Field(ge=64, le=16_384)] = _DEFAULT.memory_mib
    pids: Annotated[int, Field(ge=1, le=4096)] = _DEFAULT.pids
    disk_mib: Annotated[int, Field(ge=1, le=16_384)] = _DEFAULT.disk_mib
    message_mib: Annotated[int, Field(ge=1, le=512)] = _DEFAULT.message_mib

    def limits(self) -> Limits:
        """As the domain has them."""
        return Limits(**self.model_dump())


class QueryEntry(_Form):
    """``[parts.query]``: when two result sets are the same answer."""

    solution: Line
    order_by: list[Line] = Field(default_factory=list[str])
    column_order: bool = False
    tolerance: dict[str, Tolerance] = Field(default_factory=dict[str, float])
    credit: Literal["all", "by_variant"] = "all"
    changes: bool = False
    statements: Literal["one", "several"] = "one"
    look: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list[str])

    @model_validator(mode="after")
    def _looks_where_it_changes(self) -> Self:
        if self.changes is not bool(self.look):
            raise ValueError("changes = true and look = [...] belong together")
        return self

    def rule(self) -> QueryRule:
        """As the domain has it."""
        return QueryRule(
            solution=self.solution,
            order_by=tuple(self.order_by),
            column_order=self.column_order,
            tolerance=dict(self.tolerance),
            credit=self.credit,
            changes=self.changes,
            statements=self.statements,
            look=tuple(self.look),
        )


class CaseEntry(_Form):
    """``[[parts.cases]]``: one call with what it must give."""

    name: Line
    call: Line
    expected: Annotated[str, Field(min_length=1)] | None = None
    tolerance: Tolerance = 0.0
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    call_s: Seconds | None = None
    memory_mib: Annotated[int, Field(ge=64, le=16_384)] | None = None

    def case(self) -> Case:
        """As the domain has it."""
        return Case(**self.model_dump())


class EffortEntry(_Form):
    """``[parts.effort]``: on which inputs a part's work is counted."""

    call: Line
    setup: str = ""
    sizes: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=3)]

    def rule(self) -> EffortRule:
        """As the domain has it."""
        return EffortRule(self.call, self.setup, tuple(self.sizes))


class ForbiddenEntry(_Form):
    """``[[forbidden]]``: what answers may not use, and what it costs."""

    imports: list[Line] = Field(default_factory=list[str])
    calls: list[Line] = Field(default_factory=list[str])
    points: Annotated[float, Field(ge=0, le=100)]
    why: Line

    def forbidden(self) -> Forbidden:
        """As the domain has it."""
        return Forbidden(tuple(self.imports), tuple(self.calls), self.points, self.why)


class PartEntry(_Form):
    """``[[parts]]``: what the notebook's metadata cannot say of a cell with points."""

    name: Line
    title: Line
    kind: PartKind
    solutions: list[Line] = Field(default_factory=list[str])
    query: QueryEntry | None = None
    cases: list[CaseEntry] = Field(default_factory=list[CaseEntry])
    signature: Annotated[str, Field(max_length=500)] = ""
    effort: EffortEntry | None = None


class QuestionFile(_Form):
    """The whole of ``question.toml``; points stand in the notebook alone."""

    title: Line
    kind: Literal["python", "sql"]
    level: Line
    skills: list[Line]
    minutes: Annotated[int, Field(ge=1, le=480)]
    brief: Annotated[str, Field(min_length=1, max_length=4000)]
    fixture: Slug | None = None
    rubric: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*/[a-z0-9][a-z0-9._-]*$")] | None = None
    files: list[Line] = Field(default_factory=list[str])
    hints: list[Line] = Field(default_factory=list[str])
    follow_ups: list[Line] = Field(default_factory=list[str])
    limits: LimitsEntry = Field(default_factory=LimitsEntry)
    parts: list[PartEntry]
    forbidden: list[ForbiddenEntry] = Field(default_factory=list[ForbiddenEntry])


class SolutionExpectation(_Form):
    """One solution in ``expected.toml``: its score, and the verdict and points of each part."""

    why: Line
    auto_score: float | None
    parts: dict[str, tuple[str, float | None]]


class SolutionFile(_Form):
    """``solutions/<name>.toml``: the cells that differ from the author's own."""

    cells: dict[str, str]


class ExpectedFile(_Form):
    """``solutions/expected.toml``."""

    solutions: dict[Slug, SolutionExpectation]


class EquivalentEntry(_Form):
    """``[[equivalent]]``: mutants that always give the right answer, and why."""

    mutants: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-Z]+-[0-9a-f]{8}$")]], Field(min_length=1)
    ]
    why: Line


class MutantsFile(_Form):
    """``mutants.toml``: what hidden tests need not notice."""

    equivalent: list[EquivalentEntry]


Form = TypeVar("Form", bound=BaseModel)


def parse(form: type[Form], text: bytes, name: str) -> Form:
    """Read TOML into its form.

    Raises
    ------
    BadQuestionError
        With one line for the first thing that is wrong, and the number of the others.
    """
    try:
        document: dict[str, Any] = tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadQuestionError(f"{name}: {error}") from error
    try:
        return form.model_validate(document)
    except ValidationError as error:
        problems = error.errors()
        place = ".".join(str(step) for step in problems[0]["loc"])
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise BadQuestionError(f"{name}: {place}: {problems[0]['msg']}{more}") from error
