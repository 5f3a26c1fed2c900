"""Decides how the tests' score of a stored grade is computed again: points, shares, penalties.

What was counted is taken as it was stored: counting again is what ``viva verify`` does. Whatever
follows from it by arithmetic is computed.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from viva_grader.domain.grade import Evidence, Grade, GradeStatus, Item, Json, Status
from viva_grader.domain.outcome import Measure, Penalty
from viva_grader.domain.rubric import QualityCosts, Rubric
from viva_grader.flow.explain_effort import Performance, performance_again
from viva_grader.flow.figure_lines import ROUNDING, Line, number_line
from viva_grader.score.deterministic import Share, correctness, deterministic_score
from viva_grader.score.explain import SHARE_WORDS, Step, explain_tests, figure

TESTS: Final = "Tests"
_DECIMALS: Final = 6
_FULL: Final = frozenset({Status.PASS})
_NOTHING: Final = frozenset({Status.CANDIDATE_ERROR, Status.TIMEOUT})
_WRITTEN: Final = "written"
_QUERY: Final = "query"
_CORRECTNESS: Final = "correctness"
_PERFORMANCE: Final = "performance"
_BY_CORRECTNESS: Final = ("quality", "reproducibility")


def tests_lines(
    grade: Grade, own_sha256: str, said_sha256: str, rubric: Rubric | None
) -> list[Line]:
    """Compute again what a grade says of the tests.

    Parameters
    ----------
    own_sha256, said_sha256 : str
        The hash that the document has, and the one that it names.
    rubric : Rubric or None
        The one that its coefficients come from; None where it is not at hand.
    """
    evidence = {each.id: each for each in grade.evidence}
    hashed = Step("Grade's hash", "sha256 of the document without it", own_sha256[:12])
    return [
        Line(TESTS, hashed, "grade.grade_sha256", own_sha256, said_sha256),
        *(_item(number, each, evidence) for number, each in enumerate(grade.items)),
        *_points(grade),
        *(line for name in grade.shares for line in _share(name, grade, evidence, rubric)),
        *_penalties(grade, evidence, rubric),
        _score(grade),
    ]


def _item(number: int, item: Item, evidence: Mapping[str, Evidence]) -> Line:
    """Hold a part's points against its verdict, and against its cases where it has any."""
    expected = None if item.points is None else min(max(item.points, 0.0), item.max_points)
    why = "as the test gave"
    if not item.status.has_points:
        expected, why = None, "decides no points"
    elif item.status in _FULL:
        expected, why = item.max_points, "all points"
    elif item.status in _NOTHING and item.kind != _QUERY:  # a query may be right on some data
        expected, why = 0.0, "no points"
    cases = _cases(item, evidence)
    if cases and item.status.has_points:
        whole = sum(each["weight"] for each in cases)
        passed = sum(each["weight"] for each in cases if each["status"] == Status.PASS)
        expected = round(item.max_points * passed / whole, _DECIMALS)
        why = f"{item.max_points:g} × {passed:g} / {whole:g} of the cases' weights"
    return number_line(
        TESTS,
        item.part,
        f"{item.status.value}: {why}, of {item.max_points:g}",
        expected,
        place=f"grade.items[{number}].points",
        stored=item.points,
    )


def _cases(item: Item, evidence: Mapping[str, Evidence]) -> list[dict[str, Json]]:
    """Give a part's cases; where its signature is wrong they do not count, whatever they gave."""
    facts = [evidence[name] for name in item.evidence if name in evidence]
    if any(each.kind == "signature" for each in facts):
        return []
    none: list[dict[str, Json]] = []
    return next((each.data["cases"] for each in facts if each.data.get("cases")), none)


def _points(grade: Grade) -> list[Line]:
    automatic = [each for each in grade.items if each.kind != _WRITTEN]
    points = [each.points for each in automatic]
    known = None not in points and bool(automatic)
    total = round(sum((each or 0.0 for each in points), 0.0), _DECIMALS) if known else None
    said = " + ".join(figure(each) for each in points) or "no automatic part"
    most = float(sum(each.max_points for each in automatic))
    greatest = " + ".join(f"{each.max_points:g}" for each in automatic)
    lines = [
        number_line(
            TESTS, "Automatic points", said, total,
            place="grade.auto_score", stored=grade.auto_score,
        )
    ]  # fmt: skip
    if automatic:
        lines.append(
            number_line(
                TESTS, "Greatest points", greatest, most,
                place="grade.max_score", stored=grade.max_score, near=ROUNDING,
            )
        )  # fmt: skip
    return lines


def _share(
    name: str, grade: Grade, evidence: Mapping[str, Evidence], rubric: Rubric | None
) -> Iterator[Line]:
    """Compute a share: its weight, what was measured where its evidence says all, what counts."""
    share, title, place = grade.shares[name], SHARE_WORDS.get(name, name), f"grade.shares.{name}"
    if rubric is not None:
        yield number_line(
            TESTS, f"{title}: weight", f"by {rubric.name}",
            float(rubric.deterministic.get(name, 0.0)),
            place=f"{place}.weight", stored=share["weight"], near=ROUNDING,
        )  # fmt: skip
    if name == _PERFORMANCE and (again := performance_again(grade, share)) is not None:
        yield from _performance(title, place, share, again)
        return
    found = _measured(name, share, evidence, rubric)
    if found is not None:
        yield number_line(
            TESTS, f"{title}: measured", found[1], found[0],
            place=f"{place}.measured", stored=share["measured"], near=ROUNDING,
        )  # fmt: skip
    expected, how = _counts(name, share, grade)
    yield number_line(
        TESTS, f"{title}: counts", how, expected,
        place=f"{place}.value", stored=share["value"], near=ROUNDING,
    )  # fmt: skip


def _performance(
    title: str, place: str, share: Mapping[str, Json], again: Performance
) -> Iterator[Line]:
    """Show each part's counts, and what they make together."""
    for each in again.parts:
        yield number_line(TESTS, f"{title}: {each.item.part}", each.how, each.value)
    yield number_line(
        TESTS, f"{title}: measured", again.measured_how(), again.measured,
        place=f"{place}.measured", stored=share["measured"], near=ROUNDING,
    )  # fmt: skip
    yield number_line(
        TESTS, f"{title}: counts", again.value_how(), again.value,
        place=f"{place}.value", stored=share["value"], near=ROUNDING,
    )  # fmt: skip


def _counts(name: str, share: Mapping[str, Json], grade: Grade) -> tuple[float | None, str]:
    """Compute what counts of a share from what was measured of it."""
    value, measured, said = share["value"], share.get("measured"), str(share.get("said", ""))
    right = correctness(grade.auto_score, grade.max_score).value
    if name == _CORRECTNESS:
        points = f"{figure(grade.auto_score)} of {grade.max_score:g} points"
        return None if right is None else round(right, _DECIMALS), points
    if measured is None:
        return (None, said) if "measured" in share else (value, said)
    if name in _BY_CORRECTNESS:
        how = f"{measured:.4g} × the share of points that were earned: {said}"
        return None if right is None else round(measured * right, _DECIMALS), how
    how = f"{measured:.4g}, each part by the points it earned: {said}"
    return None if value is None else min(max(value, 0.0), measured), how


def _measured(
    name: str, share: Mapping[str, Json], evidence: Mapping[str, Evidence], rubric: Rubric | None
) -> tuple[float, str] | None:
    facts = [evidence[each] for each in share.get("evidence", ()) if each in evidence]
    if share.get("measured") is None:
        return None
    if name == "reproducibility":
        return _reproduced(facts)
    if name == "quality" and rubric is not None:
        return _quality(facts, str(share.get("said", "")), rubric.quality)
    return None


def _reproduced(facts: list[Evidence]) -> tuple[float, str] | None:
    cells = [cell for each in facts if each.kind == "reproduction" for cell in each.data["cells"]]
    if not cells:
        return None
    good = sum(cell["status"] == "same" for cell in cells)
    return good / len(cells), f"{good} of {len(cells)} cells the same twice"


def _quality(facts: list[Evidence], said: str, costs: QualityCosts) -> tuple[float, str] | None:
    """Add up findings; nothing where some are not listed, or cells could not be read."""
    kinds = {each.kind for each in facts}
    if kinds & {"more_findings", "unreadable"} or "cannot be read" in said:
        return None
    rules: dict[str, list[str]] = {}
    for each in facts:
        if each.kind == "finding":
            rules.setdefault(str(each.data["rule"]), []).append(str(each.data["kind"]))
    lost = {
        rule: min(costs.rule_cap, costs.of(found[0]) * len(found)) for rule, found in rules.items()
    }
    terms = " + ".join(f"{each:g} ({rule})" for rule, each in sorted(lost.items())) or "0"
    value = 1.0 - min(costs.total_cap, sum(lost[rule] for rule in sorted(lost)))
    return value, f"1 − the lesser of {costs.total_cap:g} and {terms}"


def _penalties(grade: Grade, evidence: Mapping[str, Evidence], rubric: Rubric | None) -> list[Line]:
    lines: list[Line] = []
    for number, penalty in enumerate(grade.penalties):
        expected, how = float(penalty["points"]), str(penalty["why"])
        facts = [evidence[each] for each in penalty.get("evidence", ()) if each in evidence]
        for fact in facts:
            if fact.kind == "errors" and rubric is not None:
                errors, cases, above = (fact.data[name] for name in ("errors", "cases", "above"))
                expected = rubric.penalties.errors if errors > above * cases else 0.0
                how = (
                    f"{errors} errors > {above:g} × {cases} cases: {figure(expected)} by its rubric"
                )
        lines.append(
            number_line(
                TESTS, "Penalty", how, expected,
                place=f"grade.penalties[{number}].points", stored=penalty["points"], near=ROUNDING,
            )
        )  # fmt: skip
    return lines


def _score(grade: Grade) -> Line:
    """Compute the score from its shares; where our side failed there is none until it is graded."""
    shares = {
        name: Share(Measure(each.get("measured"), ""), each["value"])
        for name, each in grade.shares.items()
    }
    weights = {name: float(each["weight"]) for name, each in grade.shares.items()}
    penalties = [Penalty(float(each["points"]), str(each["why"])) for each in grade.penalties]
    expected = deterministic_score(shares, weights, penalties)
    if grade.status is not GradeStatus.GRADED:
        expected = None
    step = explain_tests(grade.document())[-1]
    expression = step.expression if grade.status is GradeStatus.GRADED else grade.status.value
    return number_line(
        TESTS, step.label, expression, expected,
        place="grade.deterministic_score", stored=grade.deterministic_score,
    )  # fmt: skip
