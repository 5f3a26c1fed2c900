"""Decides what ``viva rubrics`` and ``viva rubric`` do: compare rubrics, replay and regress."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import ValidationError

from viva_grader.bootstrap import Grader, GraderSettings, build_grader
from viva_grader.calibration.change import Triple, change_of
from viva_grader.domain.errors import BadEvaluationError
from viva_grader.domain.evaluation import Evaluation, evaluation_from
from viva_grader.domain.grade import canonical
from viva_grader.library.rubric_diff import differences
from viva_grader.library.rubrics import load_rubric, rubric_names
from viva_grader.rubric.anchor import Anchor
from viva_grader.rubric.replay import BrokenRecordError

rubrics = typer.Typer(name="rubrics", help="Rubrics: list and compare them.", no_args_is_help=True)
rubric = typer.Typer(
    name="rubric", help="Scoring by rubrics: replay it, try another model.", no_args_is_help=True
)
_UNUSABLE: Final = 2
_LEAST_ANCHORS: Final = 2


@rubrics.command("list")
def list_rubrics() -> None:
    """List every rubric: name, level, title, and the start of its hash."""
    root = GraderSettings().library_root / "rubrics"
    for name in rubric_names(root):
        one = load_rubric(root, name)
        typer.echo("  ".join((name, one.level or "–", one.title, one.sha256[:12])))


@rubrics.command("diff")
def diff(
    before: Annotated[str, typer.Argument(help="Such as senior_ds/2.")],
    after: Annotated[str, typer.Argument(help="Such as senior_ds/3.")],
) -> None:
    """Print what two rubrics say differently, a line for each thing.

    Exit status 1 where they differ.
    """
    root = GraderSettings().library_root / "rubrics"
    lines = differences(load_rubric(root, before), load_rubric(root, after))
    for line in lines:
        typer.echo(line)
    raise typer.Exit(1 if lines else 0)


@rubric.command("replay")
def replay(
    evaluations: Annotated[
        list[Path], typer.Argument(help="Stored evaluations: what viva grade --out wrote.")
    ],
) -> None:
    """Compute stored scores again from stored answers: identical, or what differs.

    No model is asked. Exit status 1 where one differs or was changed, 2 where one cannot be read.
    """
    status = 0
    with build_grader() as grader:
        for path in evaluations:
            said, worse = _replayed(grader, path)
            typer.echo(f"{path}: {said}")
            status = max(status, worse)
    raise typer.Exit(status)


@rubric.command("regress")
def regress(
    *,
    model: Annotated[str, typer.Option(help="The model to try, at the judge's endpoint.")],
    anchors: Annotated[Path, typer.Option(help="A folder of anchors, *.anchor.json.")],
) -> None:
    """Score a fixed set again by another model, and compare its agreement with people.

    Exit status 1 where agreement fell by an interval that excludes 0, or nothing can be compared.
    """
    from viva_grader.model.tasks import judges_of  # openai takes a second to import

    settings = GraderSettings()
    judges = judges_of(settings, model)
    found = [_anchor(path) for path in sorted(anchors.glob("*.anchor.json"))]
    if len(found) < _LEAST_ANCHORS:
        raise BadEvaluationError(f"{anchors}: a comparison takes at least {_LEAST_ANCHORS} anchors")
    with build_grader(settings, judges=judges) as grader:
        triples = [_triples(grader, each) for each in found]
    told = sum(len(each) for each in triples)
    wanted = sum(_old_levels(each) for each in found)
    typer.echo(f"{told} of {wanted} levels that the model in use gave can be compared")
    if not told:
        typer.echo("blocked: nothing can be compared")
        raise typer.Exit(1)
    change = change_of(triples)
    typer.echo(
        f"agreement with people: {change.old:.3f} before, {change.new:.3f} by {model},"
        f" difference {change.new - change.old:+.3f} [{change.low:+.3f}, {change.high:+.3f}]"
    )
    typer.echo("blocked: agreement fell" if change.fell else "no fall that the anchors can show")
    raise typer.Exit(1 if change.fell else 0)


def _replayed(grader: Grader, path: Path) -> tuple[str, int]:
    try:
        stored = json.loads(path.read_bytes())
        evaluation = evaluation_from(stored)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return "no stored evaluation", _UNUSABLE
    if not evaluation.record:
        return "no model was asked, so there is nothing to compute", 0
    try:
        again = grader.replay(evaluation)
    except BrokenRecordError as error:
        return f"changed: {error.message}", 1
    if canonical(again.document()) == canonical(stored):
        return "identical", 0
    return f"differs: {'; '.join(_differing(evaluation, again)) or 'elsewhere than in scores'}", 1


def _differing(stored: Evaluation, again: Evaluation) -> list[str]:
    was = {each.dimension: each.score for each in stored.dimensions}
    now = {each.dimension: each.score for each in again.dimensions}
    lines = [
        f"{name} was {was.get(name)}, is {level}"
        for name, level in now.items()
        if was.get(name) != level
    ]
    for name in ("rubric_score", "communication_score"):
        before, after = getattr(stored, name), getattr(again, name)
        if before != after:
            lines.append(f"{name} was {before}, is {after}")
    return lines


def _anchor(path: Path) -> Anchor:
    try:
        return Anchor.model_validate_json(path.read_bytes())
    except ValidationError as error:
        where = ".".join(str(each) for each in error.errors()[0]["loc"])
        raise BadEvaluationError(f"{path.name} is no anchor, at {where or 'its top'}") from error


def _old_levels(anchor: Anchor) -> int:
    old = anchor.evaluated().dimensions
    return sum(each.score is not None and each.dimension in anchor.levels for each in old)


def _triples(grader: Grader, anchor: Anchor) -> Sequence[Triple]:
    grade, old = anchor.graded(), anchor.evaluated()
    question = grader.question(anchor.question)
    if grader.rubric_of(question).sha256 != old.rubric_sha256:
        raise BadEvaluationError(
            f"an anchor of {anchor.question} was scored by {old.rubric}, its rubric no more"
        )
    fresh = grader.evaluate(b"", question, grade)
    sys.stderr.write(f"{anchor.question} {grade.submission_sha256[:12]}: {fresh.status}\n")
    new = {each.dimension: each.score for each in fresh.dimensions}
    return [
        (anchor.levels[each.dimension], each.score, level)
        for each in old.dimensions
        if each.dimension in anchor.levels
        and each.score is not None
        and (level := new.get(each.dimension)) is not None
    ]
