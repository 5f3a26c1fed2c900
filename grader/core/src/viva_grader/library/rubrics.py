"""Decides which files are rubrics: their form, their sums, and the hash that locks each version."""

import hashlib
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from viva_grader.domain.errors import BadRubricError
from viva_grader.domain.grade import canonical
from viva_grader.domain.rubric import Check, Dimension, PenaltyCosts, QualityCosts, Rubric
from viva_grader.library.rubric_forms import (
    FamilyForm,
    Form,
    LevelForm,
    RubricForm,
    contradictions,
    level_contradictions,
)

LOCK_FILE: Final = "lock.toml"
FAMILIES: Final = "families"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}/[a-z0-9][a-z0-9._-]{0,31}")

AnyForm = TypeVar("AnyForm", bound=Form)


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

    def family(wanted: str) -> bytes:
        try:
            return (root / FAMILIES / f"{wanted}.toml").read_bytes()
        except OSError as error:
            raise BadRubricError(f"{name}.toml: there is no family {wanted}") from error

    rubric = parse_rubric(source, origin=f"{name}.toml", family=family)
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


def _no_family(name: str) -> bytes:
    raise BadRubricError(f"there is no family {name}")


def parse_rubric(source: bytes, origin: str, family: Callable[[str], bytes] = _no_family) -> Rubric:
    """Read a rubric from its TOML.

    Parameters
    ----------
    source : bytes
        UTF-8.
    origin : str
        What to call the file in messages.
    family : callable
        Gives the bytes of the family that a level names.

    Returns
    -------
    Rubric
        Its hash covers the meaning, its family's too: comments and layout do not change it, any
        word does.

    Raises
    ------
    BadRubricError
        With the first thing that is wrong, in one line.
    """
    document = _toml(source, origin)
    if document.get("schema") == "viva.rubric/2":
        level = _read(LevelForm, document, origin)
        where = f"{FAMILIES}/{level.family}.toml"
        shared = _toml(family(level.family), where)
        return _of_family(
            level, _read(FamilyForm, shared, where), _sha256({**document, "family": shared}), origin
        )
    form = _read(RubricForm, document, origin)
    for wrong in contradictions(form):
        raise BadRubricError(f"{origin}: {wrong}")
    return Rubric(
        slug=form.slug,
        version=form.version,
        title=form.title,
        dimensions=tuple(
            Dimension(
                name=each.name,
                title=each.title,
                description=each.description,
                feeds=each.feeds,
                weight=each.weight,
                anchors={int(level): text for level, text in each.anchors.items()},
                checklist=tuple(
                    Check(f"check_{number}", text) for number, text in enumerate(each.checklist, 1)
                ),
            )
            for each in form.dimensions
        ),
        weights=dict(form.weights),
        deterministic={str(name): points for name, points in form.deterministic.items()},
        verdicts=tuple((each.name, each.at_least) for each in form.verdict.levels),
        sha256=_sha256(document),
        least_confidence=form.verdict.least_confidence,
        quality=QualityCosts(**form.quality.model_dump()) if form.quality else QualityCosts(),
        penalties=PenaltyCosts(**form.penalties.model_dump()) if form.penalties else PenaltyCosts(),
    )


def _of_family(level: LevelForm, family: FamilyForm, sha256: str, origin: str) -> Rubric:
    for wrong in level_contradictions(level, family):
        raise BadRubricError(f"{origin}: {wrong}")
    return Rubric(
        slug=level.slug,
        version=level.version,
        title=level.title,
        dimensions=tuple(
            Dimension(
                name=each.name,
                title=each.title,
                description=each.description,
                feeds=each.feeds,
                weight=level.dimension_weights[each.name],
                anchors={int(number): text for number, text in each.anchors.items()},
                checklist=tuple(Check(**check.model_dump()) for check in each.checklist),
                twin=each.twin,
            )
            for each in family.dimensions
            if each.name in level.dimension_weights
        ),
        weights=dict(level.weights),
        deterministic={str(name): points for name, points in family.deterministic.items()},
        verdicts=tuple((each.name, each.at_least) for each in level.verdict.levels),
        sha256=sha256,
        least_confidence=level.verdict.least_confidence,
        quality=QualityCosts(**family.quality.model_dump()),
        penalties=PenaltyCosts(**family.penalties.model_dump()),
        role=family.role,
        level=level.level,
        expects=level.expects,
    )


def _toml(source: bytes, origin: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRubricError(f"{origin} is not TOML: {error}".replace("\n", " ")) from error


def _read(form: type[AnyForm], document: dict[str, Any], origin: str) -> AnyForm:
    try:
        return form.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(each) for each in first["loc"])
        raise BadRubricError(f"{origin}: {where}: {first['msg']}") from error


def _sha256(document: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(document)).hexdigest()


def _lock(root: Path) -> dict[str, str]:
    path = root / LOCK_FILE
    try:
        return {str(name): str(sha) for name, sha in tomllib.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError) as error:
        raise BadRubricError(f"the rubrics' {LOCK_FILE} is missing or is not TOML") from error
