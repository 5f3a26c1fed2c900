"""Decides that a radar never draws what is unscored, least of all as a low score."""

from dataclasses import replace
from math import dist

from viva_grader.report.document import DimensionSummary
from viva_grader.report.radar import radar

CENTRE = (250.0, 174.0)


def summary(name: str, level: float | None, decided: float | None = None) -> DimensionSummary:
    def percent(value: float | None) -> float | None:
        return None if value is None else 25 * (value - 1)

    return DimensionSummary(
        name=name,
        title=name,
        description="",
        feeds="rubric",
        by_tests=False,
        level=level,
        percent=percent(level),
        confidence=None,
        reason="",
        questions=(),
        decided=decided,
        decided_percent=percent(decided),
    )


FOUR = [summary("a", 5), summary("b", 3), summary("c", 1), summary("d", 2)]


def test_levels_lie_on_their_rings_and_a_1_is_not_the_centre() -> None:
    drawn = radar(FOUR)
    assert drawn is not None
    away = [dist(axis.point, CENTRE) for axis in drawn.axes if axis.point]
    assert [round(each) for each in away] == [112, 64, 16, 40]
    assert drawn.closed
    assert drawn.outline.endswith("Z")


def test_unscored_axis_has_no_point_and_breaks_the_line() -> None:
    drawn = radar([*FOUR[:2], summary("c", None), FOUR[3]])
    assert drawn is not None
    assert [axis.point is None for axis in drawn.axes] == [False, False, True, False]
    assert not drawn.closed
    assert drawn.outline.count("M") == 2  # d to a, a to b: nothing leads to c or past it
    assert "c: unscored." in drawn.said


def test_decisions_are_a_second_line_over_the_levels_that_stand() -> None:
    drawn = radar([summary("a", 5, 2), summary("b", None, 4), *FOUR[2:]])
    assert drawn is not None
    assert (drawn.closed, drawn.decided_closed) == (False, True)
    assert drawn.axes[1].point is None
    assert drawn.axes[1].decided is not None
    assert drawn.axes[2].decided == drawn.axes[2].point
    assert "b: unscored, 4 as decided." in drawn.said


def test_nobody_decided_draws_no_second_line() -> None:
    drawn = radar(FOUR)
    assert drawn is not None
    assert (drawn.decided, drawn.decided_closed) == ("", False)


def test_fewer_than_three_dimensions_are_no_shape() -> None:
    assert radar(FOUR[:2]) is None


def test_long_titles_are_broken_and_cut() -> None:
    named = [
        replace(each, title="Efficiency and scalability of everything at once") for each in FOUR
    ]
    drawn = radar(named)
    assert drawn is not None
    assert drawn.axes[0].lines == ("Efficiency and", "scalability of…")
