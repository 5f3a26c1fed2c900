"""Decides which files are rubrics: their form, their sums, and the hash that locks each version."""

import hashlib
import itertools
import math
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from viva_grader.domain.errors import BadRubricError
from viva_grader.domain.grade import canonical
from viva_grader.domain.rubric import Dimension, PenaltyCosts, QualityCosts, Rubric, Share

LOCK_FILE: Final = "lock.toml"
_LEVELS: Final = ("1", "2", "3", "4", "5")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}/[a-z0-9][a-z0-9._-]{0,31}")
_DETERMINISTIC_POINTS: Final = 100.0

Line = Annotated[str, Field(min_length=1, max_length=2_000)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Percent = Annotated[float, Field(ge=0, le=100)]
Part = Annotated[float, Field(ge=0, le=1)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Dimension(_Form):
    name: Slug
    title: Line
    description: Line
    feeds: Share
    weight: Annotated[float, Field(gt=0)]
    checklist: list[Line]
    anchors: dict[Literal["1", "2", "3", "4", "5"], Line]


class _Level(_Form):
    name: Line
    at_least: Percent


class _Verdict(_Form):
    least_confidence: Part
    levels: Annotated[list[_Level], Field(min_length=1)]


class _Quality(_Form):
    fault: Part
    trap: Part
    untidy: Part
    rule_cap: Part
    total_cap: Part


class _Penalties(_Form):
    errors: Percent
    errors_above: Part


class _Rubric(_Form):
    schema_: Annotated[Literal["viva.rubric/1"], Field(alias="schema")]
    slug: Slug
    version: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,31}$")]
    title: Line
    weights: dict[Share, Part]
    deterministic: dict[
        Literal["correctness", "performance", "quality", "reproducibility"], Percent
    ]
    quality: _Quality | None = None
    penalties: _Penalties | None = None
    verdict: _Verdict
    dimensions: Annotated[list[_Dimension], Field(min_length=1)]


def load_rubric(root: Path, name: str) -> Rubric:
    """Load one locked rubric.

    Parameters
    ----------
    root : Path
        The folder of rubrics, with its ``lock.toml``.
    name : str
        ``<slug>/<version>``, such as ``senior_ds/1``.

    Raises
    ------
    BadRubricError
        Where there is no such rubric, it breaks its form, or it is not what was locked.
    """
    if not _NAME.fullmatch(name):
        raise BadRubricError(f"{name!r} is no rubric's name: write <slug>/<version>")
    try:
        source = (root / f"{name}.toml").read_bytes()
    except OSError as error:
        known = ", ".join(rubric_names(root)) or "none"
        raise BadRubricError(f"there is no rubric {name}; known are: {known}") from error
    rubric = parse_rubric(source, origin=f"{name}.toml")
    if rubric.name != name:
        raise BadRubricError(f"{name}.toml calls itself {rubric.name}")
    locked = _lock(root).get(name)
    if locked is None:
        raise BadRubricError(
            f'rubric {name} is not locked: add "{name}" = "{rubric.sha256}" to {LOCK_FILE}'
        )
    if locked != rubric.sha256:
        raise BadRubricError(
            f"rubric {name} was changed after it was locked: make it a new version"
            f" (locked {locked[:12]}, found {rubric.sha256[:12]})"
        )
    return rubric


def rubric_names(root: Path) -> list[str]:
    """Name the rubrics in a folder, sorted."""
    return sorted(f"{path.parent.name}/{path.stem}" for path in root.glob("*/*.toml"))


def parse_rubric(source: bytes, origin: str) -> Rubric:
    """Read a rubric from its TOML.

    Parameters
    ----------
    source : bytes
        UTF-8.
    origin : str
        What to call the file in messages.

    Returns
    -------
    Rubric
        Its hash covers the meaning: comments and layout do not change it, any word does.

    Raises
    ------
    BadRubricError
        With the first thing that is wrong, in one line.
    """
    try:
        document: dict[str, Any] = tomllib.loads(source.decode("utf-8"))
        form = _Rubric.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(each) for each in first["loc"])
        raise BadRubricError(f"{origin}: {where}: {first['msg']}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRubricError(f"{origin} is not TOML: {error}".replace("\n", " ")) from error
    for wrong in _contradictions(form):
        raise BadRubricError(f"{origin}: {wrong}")
    return Rubric(
        slug=form.slug,
        version=form.version,
        title=form.title,
        dimensions=tuple(_dimension(each) for each in form.dimensions),
        weights=dict(form.weights),
        deterministic={str(name): points for name, points in form.deterministic.items()},
        verdicts=tuple((each.name, each.at_least) for each in form.verdict.levels),
        sha256=hashlib.sha256(canonical(document)).hexdigest(),
        least_confidence=form.verdict.least_confidence,
        quality=QualityCosts(**form.quality.model_dump()) if form.quality else QualityCosts(),
        penalties=PenaltyCosts(**form.penalties.model_dump()) if form.penalties else PenaltyCosts(),
    )


def _dimension(form: _Dimension) -> Dimension:
    return Dimension(
        name=form.name,
        title=form.title,
        description=form.description,
        feeds=form.feeds,
        weight=form.weight,
        anchors={int(level): text for level, text in form.anchors.items()},
        checklist=tuple(form.checklist),
    )


def _contradictions(form: _Rubric) -> list[str]:
    """Say in sentences what no single field shows."""
    names = [each.name for each in form.dimensions]
    least = [each.at_least for each in form.verdict.levels]
    fed = {each.feeds for each in form.dimensions}
    checks = [
        (set(form.weights) == set(Share), "weights must name all three shares"),
        (math.isclose(sum(form.weights.values()), 1.0), "weights must sum to 1"),
        (
            math.isclose(sum(form.deterministic.values()), _DETERMINISTIC_POINTS),
            "the deterministic score's points must sum to 100",
        ),
        (len(set(names)) == len(names), "two dimensions have the same name"),
        (fed == set(Share), "each share must be fed by at least one dimension"),
        (
            all(set(each.anchors) == set(_LEVELS) for each in form.dimensions),
            "each dimension needs an anchor for each level from 1 to 5",
        ),
        (
            all(high > low for high, low in itertools.pairwise(least)),
            "verdicts must stand best first",
        ),
        (least[-1] == 0, "the last verdict must begin at 0"),
    ]
    return [sentence for holds, sentence in checks if not holds]


def _lock(root: Path) -> dict[str, str]:
    path = root / LOCK_FILE
    try:
        return {str(name): str(sha) for name, sha in tomllib.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError) as error:
        raise BadRubricError(f"the rubrics' {LOCK_FILE} is missing or is not TOML") from error
