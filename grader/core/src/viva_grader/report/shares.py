"""Decides how a report shows what the tests' score is made of: shares, findings, penalties."""

from collections.abc import Mapping, Sequence

from viva_grader.domain.grade import Json
from viva_grader.report.cited import FindingLine
from viva_grader.report.document import PenaltyReport, ShareReport
from viva_grader.report.evidence import other_facts
from viva_grader.score.explain import SHARE_WORDS

_PLACED = frozenset({"finding", "forbidden_use"})
"""Kinds of evidence that are one line of the submission each."""


def share_reports(grade: Mapping[str, Json]) -> tuple[ShareReport, ...]:
    """Show each share of a grade's deterministic score."""
    return tuple(
        ShareReport(
            name=str(name),
            title=SHARE_WORDS.get(str(name), str(name)),
            weight=float(share["weight"]),
            value=share["value"],
            measured=share.get("measured"),
            said=str(share.get("said", "")),
            lines=_lines(facts := _facts(grade, share)),
            facts=other_facts([fact for fact in facts if fact["kind"] not in _PLACED]),
        )
        for name, share in grade["shares"].items()
    )


def penalty_reports(grade: Mapping[str, Json]) -> tuple[PenaltyReport, ...]:
    """Show each penalty of a grade with the lines that it stands on."""
    return tuple(
        PenaltyReport(float(each["points"]), str(each["why"]), _lines(_facts(grade, each)))
        for each in grade.get("penalties", ())
    )


def _facts(grade: Mapping[str, Json], holder: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    evidence = {str(each["id"]): each for each in grade["evidence"]}
    return [evidence[each] for each in holder.get("evidence", ()) if each in evidence]


def _lines(facts: Sequence[Mapping[str, Json]]) -> tuple[FindingLine, ...]:
    return tuple(
        FindingLine(
            cell=str(fact["data"]["cell"]),
            line=int(fact["data"]["line"]),
            text=str(fact["data"].get("message") or f"uses {fact['data'].get('what')}"),
            rule=str(fact["data"].get("rule", "")),
            kind=str(fact["data"].get("kind", "")),
        )
        for fact in facts
        if fact["kind"] in _PLACED
    )
