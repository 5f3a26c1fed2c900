"""Decides what counts as a strength, a risk or an open point: only what evidence says by itself."""

from collections.abc import Iterator, Sequence
from typing import Final

from viva_grader.report.cited import CitedQuote
from viva_grader.report.document import DimensionReport, Finding, PartReport, QuestionReport

STRONG_LEVEL: Final = 4
WEAK_LEVEL: Final = 2
_FAILED: Final = frozenset({"fail", "candidate_error", "timeout"})
_OPEN: Final = frozenset({"infra_error", "unsupported"})


def strengths(questions: Sequence[QuestionReport]) -> tuple[Finding, ...]:
    """Parts that pass, and dimensions at 4 or 5; by people's levels where they decided."""
    return tuple(_parts(questions, frozenset({"pass"}))) + tuple(
        _dimension(question, each)
        for question, each in _dimensions(questions)
        if each.counting is not None and each.counting >= STRONG_LEVEL
    )


def risks(questions: Sequence[QuestionReport]) -> tuple[Finding, ...]:
    """Parts that lost their points, dimensions at 1 or 2, and red flags of scored ones."""
    weak = [
        _dimension(question, each)
        for question, each in _dimensions(questions)
        if each.counting is not None and each.counting <= WEAK_LEVEL
    ]
    flags = [
        Finding(
            "flag", question.question.slug, each.name, f"Flag: {each.title}", flag, _first(each)
        )
        for question, each in _dimensions(questions)
        for flag in each.red_flags
    ]
    return (*_parts(questions, _FAILED), *weak, *flags)


def open_points(questions: Sequence[QuestionReport]) -> tuple[Finding, ...]:
    """List what nobody has decided: parts without points, dimensions without a score."""
    undecided = [each for each in questions if all(d.counting is None for d in each.dimensions)]
    written = _parts(undecided, frozenset({"unscored"}))  # where a rubric was scored, it read them
    return (*_parts(questions, _OPEN), *written, *_unscored(questions))


def _parts(questions: Sequence[QuestionReport], statuses: frozenset[str]) -> Iterator[Finding]:
    for question in questions:
        for part in question.parts:
            if part.status in statuses:
                yield Finding(
                    kind="part",
                    question=question.question.slug,
                    source=part.part,
                    title=part.title,
                    text=_said(part),
                    quote=CitedQuote("", part.excerpts[0], None) if part.excerpts else None,
                )


def _unscored(questions: Sequence[QuestionReport]) -> Iterator[Finding]:
    """Name each reason once, with all the dimensions that it left without a score."""
    reasons: dict[str, list[tuple[str, DimensionReport]]] = {}
    for question, each in _dimensions(questions):
        if each.counting is None:
            reasons.setdefault(each.reason, []).append((question.question.slug, each))
    for reason, found in reasons.items():
        slugs = {slug for slug, _ in found}
        titles = dict.fromkeys(each.title for _, each in found)
        yield Finding(
            kind="dimension",
            question=slugs.pop() if len(slugs) == 1 else "",
            source=found[0][1].name,
            title=f"Unscored: {', '.join(titles)}",
            text=reason,
        )


def _said(part: PartReport) -> str:
    return part.message or part.status.replace("_", " ")


def _dimensions(
    questions: Sequence[QuestionReport],
) -> Iterator[tuple[QuestionReport, DimensionReport]]:
    return ((question, each) for question in questions for each in question.dimensions)


def _dimension(question: QuestionReport, score: DimensionReport) -> Finding:
    title, text = f"{score.title}: {score.counting} of 5", score.rationale
    said = score.decision
    if said is not None:
        was = "was unscored" if score.level is None else f"was {score.level}"
        how = f"confirmed by {said.by}" if said.confirms else f"decided by {said.by} ({was})"
        title, text = f"{title}, {how}", said.reason
    return Finding(
        kind="dimension",
        question=question.question.slug,
        source=score.name,
        title=title,
        text=text,
        quote=_first(score),
    )


def _first(score: DimensionReport) -> CitedQuote | None:
    return score.quotes[0] if score.quotes else None
