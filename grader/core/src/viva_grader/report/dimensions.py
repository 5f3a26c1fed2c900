"""Decides what a report says of a dimension: its level, what that rests on, who decided it."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.evaluation import DimensionScore, Evaluation, Quote
from viva_grader.domain.judging import judging_from
from viva_grader.domain.rubric import Dimension, Rubric
from viva_grader.report.cited import CitedQuote
from viva_grader.report.document import (
    CheckLine,
    DimensionReport,
    DimensionSummary,
    QuestionReport,
)
from viva_grader.report.evidence import Cells, excerpt
from viva_grader.score.levels import percent

Decisions = Mapping[str, tuple[DimensionDecision, ...]]


def dimension_reports(
    evaluation: Evaluation, rubric: Rubric, cells: Cells, decisions: Decisions
) -> tuple[DimensionReport, ...]:
    """Show each dimension of one question.

    Parameters
    ----------
    decisions : mapping of str to tuple of DimensionDecision
        By dimension, oldest first.
    """
    scores = {each.dimension: each for each in evaluation.dimensions}
    judging = evaluation.record.get("judging")
    asked = rubric.with_checks(judging_from(judging).checks) if judging else rubric
    return tuple(
        _dimension(each, scores[each.name], cells, decisions.get(each.name, ()))
        for each in asked.dimensions
        if each.name in scores
    )


def _dimension(
    dimension: Dimension,
    score: DimensionScore,
    cells: Cells,
    decisions: tuple[DimensionDecision, ...],
) -> DimensionReport:
    return DimensionReport(
        name=dimension.name,
        title=dimension.title,
        feeds=dimension.feeds.value,
        weight=dimension.weight,
        level=score.score,
        anchor=dimension.anchor(score.score) if score.score is not None else "",
        confidence=score.confidence,
        rationale=score.rationale,
        reason=score.reason,
        quotes=tuple(_quote(each, cells) for each in score.quotes),
        red_flags=score.red_flags,
        follow_ups=score.follow_ups,
        checks=tuple(
            CheckLine(each.id, each.text, each.weight, score.checklist[each.id])
            for each in dimension.checklist
            if each.id in score.checklist
        ),
        samples=score.samples,
        twin=score.twin,
        contradictions=score.contradictions,
        for_person=score.for_person,
        decisions=decisions,
    )


def _quote(quote: Quote, cells: Cells) -> CitedQuote:
    where = quote.citation
    found = excerpt(cells, where.cell, where.start, where.end) if where is not None else None
    return CitedQuote(text=quote.quote, excerpt=found, fact=quote.fact)


def dimension_summary(
    dimension: Dimension, questions: Sequence[QuestionReport]
) -> DimensionSummary:
    """Show one dimension over all questions."""
    if not dimension.by_model:
        return _tests_summary(dimension, questions)
    found = [
        (question.question.slug, each)
        for question in questions
        for each in question.dimensions
        if each.name == dimension.name
    ]
    levels = [each.level for _, each in found if each.level is not None]
    counting = [each.counting for _, each in found if each.counting is not None]
    sure = [each.confidence or 0.0 for _, each in found if each.level is not None]
    reasons = list(dict.fromkeys(each.reason for _, each in found if each.reason))
    level = fmean(levels) if levels else None
    decided = fmean(counting) if any(each.decisions for _, each in found) else None
    return DimensionSummary(
        name=dimension.name,
        title=dimension.title,
        description=dimension.description,
        feeds=dimension.feeds.value,
        by_tests=False,
        level=level,
        percent=percent(level) if level is not None else None,
        confidence=fmean(sure) if sure else None,
        reason="" if levels else " ".join(reasons) or "Nothing has been scored yet.",
        questions=tuple((slug, each.level) for slug, each in found),
        decided=decided,
        decided_percent=percent(decided) if decided is not None else None,
    )


def _tests_summary(dimension: Dimension, questions: Sequence[QuestionReport]) -> DimensionSummary:
    points = [each.auto_score for each in questions]
    total = sum(each.max_score or 0.0 for each in questions)
    decided = bool(points) and None not in points and total > 0
    return DimensionSummary(
        name=dimension.name,
        title=dimension.title,
        description=dimension.description,
        feeds=dimension.feeds.value,
        by_tests=True,
        level=None,
        percent=100.0 * sum(each or 0.0 for each in points) / total if decided else None,
        confidence=None,
        reason="" if decided else "At least one automatic part has no points yet.",
        questions=(),
    )
