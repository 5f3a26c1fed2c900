"""Decides how a score is explained: each step of its arithmetic, with the figures that went in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Rubric, Share
from viva_grader.score.decided import as_decided
from viva_grader.score.fusion import Fused, deterministic_rows
from viva_grader.score.levels import percent
from viva_grader.score.spread import Known, Spread, known_of, spread_of

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
INTERVAL = "Interval"
BOUNDS = "Bounds"
DECIDED = ", as decided"
VERDICT_DECIDED = VERDICT + DECIDED
SHARES_FIRST = 2
"""Steps of the two shares that a model or people feed, before those of the overall score."""


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
        *explain_tests(grade),
        *_dimensions(evaluation, rubric),
        *explain_overall(evaluation, final, rubric),
    )


def explain_overall(evaluation: Evaluation, final: FinalScore, rubric: Rubric) -> tuple[Step, ...]:
    """Show how an evaluation's two shares, which come first, and the tests' became one score."""
    known = [known_of(evaluation, rubric)]
    return (*_shares(evaluation, final, rubric), *_overall(final, rubric, known))


def explain_decided(
    evaluation: Evaluation,
    decisions: Mapping[str, DimensionDecision],
    final: FinalScore,
    rubric: Rubric,
) -> tuple[Step, ...]:
    """Show what people's decisions on one question change.

    Parameters
    ----------
    evaluation : Evaluation
        As it was made.
    decisions : mapping of str to DimensionDecision
        By dimension, those that count.
    final : FinalScore
        With the decided levels.
    """
    counting = as_decided(evaluation, rubric, decisions)
    steps = [
        Step(
            each.title,
            f"{said.by}: level {said.level}, {_instead(said)}: 100 × ({said.level} − 1) / 4",
            figure(percent(said.level)),
        )
        for each in rubric.dimensions
        if (said := decisions.get(each.name)) is not None
    ]
    known = known_of(counting, rubric, frozenset(decisions))
    return _as_decided(
        (*steps, *_shares(counting, final, rubric), *_overall(final, rubric, [known]))
    )


def explain_combined(
    scores: Sequence[tuple[str, Fused]], combined: FinalScore, rubric: Rubric
) -> tuple[Step, ...]:
    """Show how several questions of equal weight, each with its title, became one score."""
    steps = [
        Step(
            f"{SHARE_TITLES[share]}, all questions",
            "mean of "
            + ", ".join(
                f"{title} {figure(each.final.document()[share.value])}" for title, each in scores
            ),
            figure(combined.document()[share.value]),
        )
        for share in Share
    ]
    return (*steps, *_overall(combined, rubric, [each.known for _, each in scores]))


def explain_combined_decided(
    scores: Sequence[tuple[str, Fused]], combined: FinalScore, rubric: Rubric
) -> tuple[Step, ...]:
    """Show the same with people's levels."""
    return _as_decided(explain_combined(scores, combined, rubric))


def figure(value: float | None) -> str:
    """Write a number with at most two decimals, or the word ``unscored``."""
    return UNSCORED if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def span(low: float, high: float) -> str:
    """Write an interval."""
    return f"{figure(low)} to {figure(high)}"


def explain_tests(grade: Mapping[str, Json]) -> list[Step]:
    """Show what the tests' score of a grade's document was computed from."""
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


def _shares(evaluation: Evaluation, final: FinalScore, rubric: Rubric) -> tuple[Step, Step]:
    return (
        _share(evaluation, rubric, Share.RUBRIC, final.rubric),
        _share(evaluation, rubric, Share.COMMUNICATION, final.communication),
    )


def _share(evaluation: Evaluation, rubric: Rubric, share: Share, value: float | None) -> Step:
    levels = {each.dimension: each.score for each in evaluation.dimensions}
    feeding = [each for each in rubric.dimensions if each.feeds is share]
    scored = [
        (each.weight, percent(level))
        for each in feeding
        if (level := levels.get(each.name)) is not None
    ]
    title = f"{SHARE_TITLES[share]} score"
    if evaluation.withheld:
        return Step(title, f"none yet: {evaluation.withheld}", UNSCORED)
    if not scored:
        return Step(title, "none of its dimensions is scored", UNSCORED)
    terms = " + ".join(f"{figure(weight)} × {figure(value)}" for weight, value in scored)
    total = figure(sum(weight for weight, _ in scored))
    left_out = len(feeding) - len(scored)
    note = f"; {left_out} of {len(feeding)} left out as unscored" if left_out else ""
    return Step(title, f"({terms}) / {total}{note}", figure(value))


def _overall(final: FinalScore, rubric: Rubric, known: Sequence[Known]) -> list[Step]:
    if final.overall is None:
        return [Step("Overall", final.rule, UNSCORED)]
    values = {share: final.document()[share.value] for share in Share}
    having = {share: value for share, value in values.items() if value is not None}
    terms = " + ".join(
        f"{figure(rubric.weights[share])} × {figure(value)}" for share, value in having.items()
    )
    if len(having) < len(values):
        total = figure(sum(rubric.weights[share] for share in having))
        missing = ", ".join(
            SHARE_TITLES[share].lower() for share, value in values.items() if value is None
        )
        terms = f"({terms}) / {total}; left out as unscored: {missing}"
    sure = " + ".join(
        f"{figure(rubric.weights[share])} × {figure(final.confidences.get(share.value, 0.0))}"
        for share in Share
    )
    spread = spread_of(final.overall, final.weights, known)
    steps = [Step("Overall", terms, figure(final.overall)), _interval(spread)]
    if final.bounds is not None:
        said = "overall with everything unscored at level 1, and at level 5"
        steps.append(Step(BOUNDS, said, span(final.bounds.low, final.bounds.high)))
    return [
        *steps,
        Step("Confidence", sure, figure(final.confidence)),
        Step(VERDICT, final.rule, final.verdict or "none"),
    ]


def _interval(spread: Spread) -> Step:
    if spread.interval is None:
        return Step(INTERVAL, spread.said, "none")
    halves = f"{figure(spread.student)} by Student's t, {figure(spread.floor)} by the rule of three"
    return Step(
        INTERVAL,
        f"{figure(spread.middle)} ± the greater of {halves}. {spread.said}",
        span(spread.interval.low, spread.interval.high),
    )


def _instead(decision: DimensionDecision) -> str:
    if decision.original is None:
        return "where it was unscored"
    return "as scored" if decision.confirms else f"instead of {decision.original}"


def _as_decided(steps: Sequence[Step]) -> tuple[Step, ...]:
    return tuple(replace(each, label=f"{each.label}{DECIDED}") for each in steps)
