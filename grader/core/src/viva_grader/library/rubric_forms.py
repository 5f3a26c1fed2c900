"""Decides what may stand in a rubric's file, and in the family that several levels share."""

import itertools
import math
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from viva_grader.domain.rubric import Share, Twin

_DETERMINISTIC_POINTS: Final = 100.0
_ALL_LEVELS: Final = 5
_ANCHORED_LEVELS: Final = frozenset({"1", "3", "5"})

Line = Annotated[str, Field(min_length=1, max_length=2_000)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Version = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,31}$")]
Percent = Annotated[float, Field(ge=0, le=100)]
Part = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(gt=0)]
Points = dict[Literal["correctness", "performance", "quality", "reproducibility"], Percent]


class Form(BaseModel):
    """What every table here has in common: no key that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DimensionForm(Form):
    """``[[dimensions]]`` of a rubric of the first form: with its weight and five anchors."""

    name: Slug
    title: Line
    description: Line
    feeds: Share
    weight: Weight
    checklist: list[Line]
    anchors: dict[Literal["1", "2", "3", "4", "5"], Line]


class CheckForm(Form):
    """``[[dimensions.checklist]]``: one decision."""

    id: Slug
    text: Line
    weight: Annotated[int, Field(ge=1, le=5)] = 1


class FamilyDimensionForm(Form):
    """``[[dimensions]]`` of a family: the same at every level, which weighs it."""

    name: Slug
    title: Line
    description: Line
    feeds: Share
    twin: Twin = Twin.NONE
    checklist: list[CheckForm]
    anchors: dict[Literal["1", "2", "3", "4", "5"], Line]


class VerdictLevelForm(Form):
    """``[[verdict.levels]]``."""

    name: Line
    at_least: Percent


class VerdictForm(Form):
    """``[verdict]``."""

    least_confidence: Part
    levels: Annotated[list[VerdictLevelForm], Field(min_length=1)]


class QualityForm(Form):
    """``[quality]``."""

    fault: Part
    trap: Part
    untidy: Part
    rule_cap: Part
    total_cap: Part


class PenaltiesForm(Form):
    """``[penalties]``."""

    errors: Percent
    errors_above: Part


class RubricForm(Form):
    """A rubric of the first form: all in one file."""

    schema_: Annotated[Literal["viva.rubric/1"], Field(alias="schema")]
    slug: Slug
    version: Version
    title: Line
    weights: dict[Share, Part]
    deterministic: Points
    quality: QualityForm | None = None
    penalties: PenaltiesForm | None = None
    verdict: VerdictForm
    dimensions: Annotated[list[DimensionForm], Field(min_length=1)]


class LevelForm(Form):
    """A rubric of the second form: one level of a role, by its family's dimensions."""

    schema_: Annotated[Literal["viva.rubric/2"], Field(alias="schema")]
    slug: Slug
    version: Version
    title: Line
    family: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}/[a-z0-9][a-z0-9._-]{0,31}$")]
    level: Slug
    expects: Line
    weights: dict[Share, Part]
    dimension_weights: Annotated[dict[Slug, Weight], Field(min_length=1)]
    verdict: VerdictForm


class FamilyForm(Form):
    """What all levels of a role share."""

    schema_: Annotated[Literal["viva.rubric-family/1"], Field(alias="schema")]
    role: Slug
    version: Version
    deterministic: Points
    quality: QualityForm
    penalties: PenaltiesForm
    dimensions: Annotated[list[FamilyDimensionForm], Field(min_length=1)]


def contradictions(form: RubricForm) -> list[str]:
    """Say in sentences what no single field of a rubric shows."""
    checks = [
        *_sums(form.weights, form.deterministic, form.verdict),
        (_unique([each.name for each in form.dimensions]), "two dimensions have the same name"),
        (
            {each.feeds for each in form.dimensions} == set(Share),
            "each share must be fed by at least one dimension",
        ),
        (
            all(len(each.anchors) == _ALL_LEVELS for each in form.dimensions),
            "each dimension needs an anchor for each level from 1 to 5",
        ),
    ]
    return [sentence for holds, sentence in checks if not holds]


def level_contradictions(form: LevelForm, family: FamilyForm) -> list[str]:
    """Say the same of a level and its family together."""
    dimensions = family.dimensions
    known = {each.name: each for each in dimensions}
    weighed = [known[name] for name in form.dimension_weights if name in known]
    checks = [
        *_sums(form.weights, family.deterministic, form.verdict),
        (_unique([each.name for each in dimensions]), "two dimensions have the same name"),
        (
            len(weighed) == len(form.dimension_weights),
            "dimension_weights names a dimension that its family does not have",
        ),
        (
            {each.feeds for each in weighed} == set(Share),
            "each share must be fed by at least one dimension that has a weight",
        ),
        (
            all(set(each.anchors) >= _ANCHORED_LEVELS for each in dimensions),
            "each dimension needs an anchor for 1, 3 and 5",
        ),
        (
            all(each.checklist or each.feeds is Share.DETERMINISTIC for each in dimensions),
            "a dimension that a model scores needs a checklist",
        ),
        (
            all(_unique([check.id for check in each.checklist]) for each in dimensions),
            "two checks of one dimension have the same id",
        ),
    ]
    return [sentence for holds, sentence in checks if not holds]


def _sums(
    weights: dict[Share, float], deterministic: Points, verdict: VerdictForm
) -> list[tuple[bool, str]]:
    least = [each.at_least for each in verdict.levels]
    return [
        (set(weights) == set(Share), "weights must name all three shares"),
        (math.isclose(sum(weights.values()), 1.0), "weights must sum to 1"),
        (
            math.isclose(sum(deterministic.values()), _DETERMINISTIC_POINTS),
            "the deterministic score's points must sum to 100",
        ),
        (
            all(high > low for high, low in itertools.pairwise(least)),
            "verdicts must stand best first",
        ),
        (least[-1] == 0, "the last verdict must begin at 0"),
    ]


def _unique(names: list[str]) -> bool:
    return len(set(names)) == len(names)
