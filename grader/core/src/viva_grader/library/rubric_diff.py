"""Decides how two rubrics differ: one line for each thing that one has and the other has not."""

from collections.abc import Iterator

from viva_grader.domain.rubric import Rubric


def differences(before: Rubric, after: Rubric) -> list[str]:
    """Compare by meaning: what is told to a scorer, and what is computed.

    Returns
    -------
    list of str
        In the order of the rubrics; ``- place: text`` was there, ``+ place: text`` is there.
    """
    old, new = dict(_places(before)), dict(_places(after))
    lines: list[str] = []
    for place in [*old, *(each for each in new if each not in old)]:
        if old.get(place) == new.get(place):
            continue
        if place in old:
            lines.append(f"- {place}: {old[place]}")
        if place in new:
            lines.append(f"+ {place}: {new[place]}")
    return lines


def _places(rubric: Rubric) -> Iterator[tuple[str, str]]:
    yield from (("title", rubric.title), ("role", rubric.role), ("level", rubric.level))
    yield "expects", rubric.expects
    yield from ((f"weights.{share}", f"{value:g}") for share, value in rubric.weights.items())
    yield from ((f"points.{name}", f"{value:g}") for name, value in rubric.deterministic.items())
    yield "least confidence", f"{rubric.least_confidence:g}"
    yield from ((f"verdict.{name}", f"{least:g}") for name, least in rubric.verdicts)
    yield "costs of quality", str(rubric.quality)
    yield "penalties", str(rubric.penalties)
    for each in rubric.dimensions:
        yield f"{each.name}", each.title
        yield f"{each.name}.description", each.description
        yield f"{each.name}.feeds", each.feeds.value
        yield f"{each.name}.weight", f"{each.weight:g}"
        yield f"{each.name}.twin", each.twin.value
        for check in each.checklist:
            yield f"{each.name}.checklist.{check.id}", f"{check.text} (weight {check.weight})"
        for level, text in sorted(each.anchors.items()):
            yield f"{each.name}.anchors.{level}", text
