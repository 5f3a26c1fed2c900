"""Decides where things stand in the calibration's pictures: plain numbers for inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viva_grader.calibration.drift import Month

CELL = 44
"""Pixels of one field of the heat map, before it is scaled."""
WIDTH, HEIGHT = 320, 140
_MARGIN = 24
_REACH = 2.0  # levels of bias that the drift line shows in each direction


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the heat map; ``share`` is 0..1 of the fullest one."""

    x: int
    y: int
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Dot:
    """One month of the drift line; ``low`` and ``high`` are the ends of its interval."""

    x: float
    y: float
    low: float
    high: float
    month: str


def heat_map(counts: Sequence[Sequence[int]]) -> list[Field]:
    """Place a table's counts: the model's level downwards, a human's to the right."""
    most = max((count for row in counts for count in row), default=0) or 1
    return [
        Field(CELL * (column + 1), CELL * (row + 1), count, round(count / most, 2))
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
    ]


def drift_line(months: "Sequence[Month]") -> list[Dot]:
    """Place the months that have a figure, from left to right; others leave their gap."""
    step = (WIDTH - 2 * _MARGIN) / max(len(months) - 1, 1)
    dots: list[Dot] = []
    for at, month in enumerate(months):
        figure = month.bias
        if figure.value is not None:
            low = figure.value if figure.low is None else figure.low
            high = figure.value if figure.high is None else figure.high
            x = round(_MARGIN + at * step, 1)
            dots.append(Dot(x, height(figure.value), height(low), height(high), month.month))
    return dots


def height(value: float) -> float:
    """Give where a bias stands, in pixels from the top; beyond two levels it stays at the edge."""
    inside = min(_REACH, max(-_REACH, value))
    return round(HEIGHT / 2 - inside / _REACH * (HEIGHT / 2 - 12), 1)
