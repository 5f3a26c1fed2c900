"""Decides how a score is explained: each step of its arithmetic, with the figures that went in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Rubric, Share
from viva_grader.score.fusion import deterministic_rows
from viva_grader.score.levels import percent

SHARE_TITLES: dict[Share, str] = {
    Share.DETERMINISTIC: "Tests",
    Share.RUBRIC: "Rubric",
    Share.COMMUNICATION: "Communication",
}
SHARE_WORDS = {
    "correctness": "Correctness",
    "performance": "Performance",
    "quality": "Quality",
    "reproducibility": "Reproducibility",
}
"""How the shares of the tests' own score are called."""
UNSCORED = "unscored"
VERDICT = "Verdict"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of arithmetic.

    Attributes
    ----------
    label : str
        What is computed.
    expression : str
        From which figures; as a person would write it.
    result : str
        What comes out, or the word ``unscored``.
    """

    label: str
    expression: str
    result: str


def explain(
    grade: Mapping[str, Json], evaluation: Evaluation, final: FinalScore, rubric: Rubric
) -> tuple[Step, ...]:
    """Show one question's whole arithmetic.

    Parameters
    ----------
    grade : mapping
        A grade's document.
    """
    return (
        *_tests(grade),
        *_dimensions(evaluation, rubric),
        _share(evaluation, rubric, Share.RUBRIC, final.rubric),
        _share(evaluation, rubric, Share.COMMUNICATION, final.communication),
        *_overall(final, rubric),
    )


def explain_combined(
    scores: Sequence[tuple[str, FinalScore]], combined: FinalScore, rubric: Rubric
) -> tuple[Step, ...]:
    """Show how several questions of equal weight, each with its title, became one score."""
    steps = [
        Step(
            f"{SHARE_TITLES[share]}, all questions",
            "mean of "
            + ", ".join(
                f"{title} {figure(each.document()[share.value])}" for title, each in scores
            ),
            figure(combined.document()[share.value]),
        )
        for share in Share
    ]
    return (*steps, *_overall(combined, rubric))


def figure(value: float | None) -> str:
    """Write a number with at most two decimals, or the word ``unscored``."""
    return UNSCORED if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _tests(grade: Mapping[str, Json]) -> list[Step]:
    automatic = [each for each in grade["items"] if each["kind"] != "written"]
    points = " + ".join(figure(each["points"]) for each in automatic) or "no automatic part"
    steps = [
        Step(
            "Automatic points",
            points,
            f"{figure(grade['auto_score'])} of {figure(grade['max_score'])}",
        )
    ]
    steps += _limited(grade)
    rows = deterministic_rows(grade["shares"])
    known = [(name, weight, value) for name, weight, value in rows if value is not None]
    missing = [name for name, _, value in rows if value is None]
    expression = " + ".join(
        f"{figure(weight)} × {value:.4g} ({name})" for name, weight, value in known
    )
    if missing and known:
        total = figure(sum(weight for _, weight, _ in known))
        expression = f"100 / {total} × ({expression})"
    for each in grade.get("penalties", ()):
        expression += f" − {figure(each['points'])} ({each['why']})"
    if missing and known:
        expression += f"; not measured: {', '.join(missing)}"
    steps.append(
        Step(
            "Tests' score",
            expression if known else "nothing measured yet",
            figure(grade["deterministic_score"]),
        )
    )
    return steps


def _limited(grade: Mapping[str, Json]) -> list[Step]:
    """Show which shares count less than was measured, because the answer is not all right."""
    steps: list[Step] = []
    for name, share in grade["shares"].items():
        value, measured = share["value"], share.get("measured")
        if value is None or measured is None or value == measured:
            continue
        points = f"{grade['shares']['correctness']['value']:.4g} of the points"
        each = "as measured, each part by the points it earned"
        by = each if name == "performance" else f"as measured × {points}"
        title = SHARE_WORDS.get(name, name)
        steps.append(Step(title, f"{measured:.4g} {by}", f"{value:.4g}"))
    return steps


def _dimensions(evaluation: Evaluation, rubric: Rubric) -> list[Step]:
    scores = {each.dimension: each for each in evaluation.dimensions}
    steps: list[Step] = []
    for dimension in rubric.dimensions:
        score = scores.get(dimension.name)
        if score is None:
            continue
        if score.score is None:
            steps.append(Step(dimension.title, score.reason, UNSCORED))
        else:
            steps.append(
                Step(
                    dimension.title,
                    f"level {score.score}: 100 × ({score.score} − 1) / 4",
                    figure(percent(score.score)),
                )
            )
    return steps


def _share(evaluation: Evaluation, rubric: Rubric, share: Share, value: float | None) -> Step:
    levels = {each.dimension: each.score for each in evaluation.dimensions}
    feeding = [each for each in rubric.dimensions if each.feeds is share]
    scored = [
        (each.weight, percent(level))
        for each in feeding
        if (level := levels.get(each.name)) is not None
    ]
    title = f"{SHARE_TITLES[share]} score"
    if not scored:
        return Step(title, "none of its dimensions is scored", UNSCORED)
    terms = " + ".join(f"{figure(weight)} × {figure(value)}" for weight, value in scored)
    total = figure(sum(weight for weight, _ in scored))
    left_out = len(feeding) - len(scored)
    note = f"; {left_out} of {len(feeding)} left out as unscored" if left_out else ""
    return Step(title, f"({terms}) / {total}{note}", figure(value))


def _overall(final: FinalScore, rubric: Rubric) -> list[Step]:
    if final.overall is None:
        return [Step("Overall", final.rule, UNSCORED)]
    values = {share: final.document()[share.value] for share in Share}
    known = {share: value for share, value in values.items() if value is not None}
    terms = " + ".join(
        f"{figure(rubric.weights[share])} × {figure(value)}" for share, value in known.items()
    )
    if len(known) < len(values):
        total = figure(sum(rubric.weights[share] for share in known))
        missing = ", ".join(
            SHARE_TITLES[share].lower() for share, value in values.items() if value is None
        )
        terms = f"({terms}) / {total}; left out as unscored: {missing}"
    sure = " + ".join(
        f"{figure(rubric.weights[share])} × {figure(final.confidences.get(share.value, 0.0))}"
        for share in Share
    )
    return [
        Step("Overall", terms, figure(final.overall)),
        Step("Confidence", sure, figure(final.confidence)),
        Step(VERDICT, final.rule, final.verdict or "none"),
    ]
