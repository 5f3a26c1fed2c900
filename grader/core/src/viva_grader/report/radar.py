"""Decides how dimensions are drawn as a radar: what is unscored has no point, and breaks the line.

A point on the innermost ring is a level of 1, or no automatic point; the outermost is a 5, or all.
Nothing is drawn below the innermost ring, so no missing point can be taken for a low one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Final

from viva_grader.report.document import DimensionSummary
from viva_grader.score.explain import UNSCORED, figure

WIDTH: Final = 500
HEIGHT: Final = 340
RINGS: Final = (0, 25, 50, 75, 100)
"""In percent: levels 1 to 5."""
_LEAST_AXES: Final = 3
_CENTRE: Final = (WIDTH / 2, HEIGHT / 2 + 4)
_INNER: Final = 16.0
_OUTER: Final = 112.0
_LABEL: Final = 18.0
_LINE_CHARACTERS: Final = 15
_LINE_HEIGHT: Final = 16.0
_SIDE: Final = 0.25

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension.

    Attributes
    ----------
    lines : tuple of str
        Its title, broken where it is long.
    anchor : str
        ``start``, ``middle`` or ``end``: where the label hangs.
    label, begin, end : (x, y)
        Where the label's first line stands, and from where to where the axis goes.
    point, decided : (x, y) or None
        As scored, and as people decided; None where unscored, or where nobody decided.
    said : str
        The same in words.
    """

    lines: tuple[str, ...]
    anchor: str
    label: Point
    begin: Point
    end: Point
    point: Point | None
    decided: Point | None
    said: str


@dataclass(frozen=True, slots=True)
class Radar:
    """What is drawn.

    Attributes
    ----------
    rings : tuple of str
        Points of a polygon for each level, the innermost first.
    outline, decided : str
        SVG paths; with gaps where a dimension is unscored, empty where there is no line.
    closed, decided_closed : bool
        Whether the path goes all the way round.
    said : str
        The picture in words.
    """

    axes: tuple[Axis, ...]
    rings: tuple[str, ...]
    outline: str
    closed: bool
    decided: str
    decided_closed: bool
    said: str
    width: int = WIDTH
    height: int = HEIGHT


def radar(dimensions: Sequence[DimensionSummary]) -> Radar | None:
    """Draw dimensions, clockwise from the top; None for fewer than three, which are no shape."""
    count = len(dimensions)
    if count < _LEAST_AXES:
        return None
    spoken = any(each.decided is not None for each in dimensions)
    axes = tuple(_axis(each, n, count, spoken=spoken) for n, each in enumerate(dimensions))
    points = [each.point for each in axes]
    decided = [each.decided for each in axes] if spoken else []
    return Radar(
        axes=axes,
        rings=tuple(
            " ".join("{:.1f},{:.1f}".format(*_place(n, count, each)) for n in range(count))
            for each in RINGS
        ),
        outline=_path(points),
        closed=None not in points,
        decided=_path(decided),
        decided_closed=bool(decided) and None not in decided,
        said=" ".join(f"{each.said}." for each in axes),
    )


def _axis(dimension: DimensionSummary, number: int, count: int, *, spoken: bool) -> Axis:
    lines = _broken(dimension.title)
    x, y = _at(number, count, _OUTER + _LABEL)
    across, down = _direction(number, count)
    rise = (len(lines) - 1) * _LINE_HEIGHT
    if down < -_SIDE:
        y -= rise
    elif abs(down) <= _SIDE:
        y -= rise / 2
    percent = dimension.percent
    decided = dimension.decided_percent if dimension.decided is not None else percent
    return Axis(
        lines=lines,
        anchor="middle" if abs(across) < _SIDE else "start" if across > 0 else "end",
        label=(x, y + 4),
        begin=_at(number, count, _INNER),
        end=_at(number, count, _OUTER),
        point=None if percent is None else _place(number, count, percent),
        decided=None if decided is None or not spoken else _place(number, count, decided),
        said=_said(dimension),
    )


def _said(dimension: DimensionSummary) -> str:
    if dimension.by_tests:
        value = UNSCORED if dimension.percent is None else f"{figure(dimension.percent)} percent"
    else:
        value = UNSCORED if dimension.level is None else f"{figure(dimension.level)} of 5"
    if dimension.decided is not None:
        value += f", {figure(dimension.decided)} as decided"
    return f"{dimension.title}: {value}"


def _path(points: Sequence[Point | None]) -> str:
    """Join neighbours that both have a point; the last one's neighbour is the first."""
    known = [each for each in points if each is not None]
    if known and len(known) == len(points):
        return "M" + "L".join("{:.1f} {:.1f}".format(*each) for each in known) + "Z"
    pieces: list[str] = []
    for here, after in zip(points, [*points[1:], *points[:1]], strict=True):
        if here is not None and after is not None:
            pieces.append("M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*here, *after))
    return "".join(pieces)


def _place(number: int, count: int, percent: float) -> Point:
    return _at(number, count, _INNER + (_OUTER - _INNER) * percent / 100)


def _at(number: int, count: int, radius: float) -> Point:
    across, down = _direction(number, count)
    return _CENTRE[0] + radius * across, _CENTRE[1] + radius * down


def _direction(number: int, count: int) -> Point:
    angle = radians(360 * number / count - 90)
    return cos(angle), sin(angle)


def _broken(title: str) -> tuple[str, ...]:
    """Break a title between words; a third line is cut."""
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _LINE_CHARACTERS:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    kept = [each[: _LINE_CHARACTERS + 3] for each in lines[:2]]
    return (*kept[:-1], f"{kept[-1]}…") if len(lines) > len(kept) else tuple(kept)
