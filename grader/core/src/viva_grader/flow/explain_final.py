"""Decides how a stored final score is held against the one that was computed again."""

from collections.abc import Mapping, Sequence

from viva_grader.domain.final_score import FIRST_FINAL_SCORE_SCHEMA, FinalScore
from viva_grader.domain.grade import Json, canonical
from viva_grader.domain.rubric import Share
from viva_grader.flow.figure_lines import Line
from viva_grader.score.explain import BOUNDS, DECIDED, INTERVAL, SHARE_TITLES, VERDICT, Step


def final_lines(
    section: str,
    steps: Sequence[Step],
    final: FinalScore,
    stored: Mapping[str, Json],
    place: str = "final",
) -> list[Line]:
    """Show how shares became one score; every field of a stored one is held against it.

    Parameters
    ----------
    steps : sequence of Step
        How ``final`` came about.
    stored : mapping
        Its stored document; empty where there is none.
    place : str
        Where that stands.
    """
    now = final.document()
    kept = stored if stored.get("schema") == FIRST_FINAL_SCORE_SCHEMA else now
    fields = {
        "Overall": "overall",
        INTERVAL: "interval",
        BOUNDS: "bounds",
        "Confidence": "confidence",
        VERDICT: "verdict",
    }
    lines: list[Line] = []
    for step in steps:
        name = fields.pop(step.label.removesuffix(DECIDED))
        held = f"{place}.{name}" if stored and name in kept else ""
        lines.append(Line(section, step, held, now[name], stored.get(name)))
    shown = {each.place for each in lines}
    for name in kept if stored else ():
        held, was = f"{place}.{name}", stored.get(name)
        if name != "schema" and held not in shown and canonical(now[name]) != canonical(was):
            step = Step(_title(name), "again", str(now[name]))
            lines.append(Line(section, step, held, now[name], was))
    return lines


def _title(name: str) -> str:
    return SHARE_TITLES[Share(name)] if name in set(Share) else name.replace("_", " ").capitalize()
