"""Decides how stored results become a report: nothing is computed anew but sums that it shows."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from viva_grader.domain.evaluation import DimensionScore, Evaluation, Quote
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Dimension, Rubric
from viva_grader.report.document import (
    CitedQuote,
    DimensionReport,
    DimensionSummary,
    PartReport,
    QuestionReport,
    Report,
)
from viva_grader.report.evidence import Cells, cells_of, excerpt, other_facts, sql_differences
from viva_grader.report.facts import Answer, InterviewFacts, Remark
from viva_grader.report.findings import open_points, risks, strengths
from viva_grader.report.provenance import answering_models, question_provenance, shared_provenance
from viva_grader.report.shares import penalty_reports, share_reports
from viva_grader.score.explain import VERDICT, Step, explain, explain_combined
from viva_grader.score.fusion import combine
from viva_grader.score.levels import percent

NOT_GRADED = "not_graded"


def build_report(
    interview: InterviewFacts,
    answers: Sequence[Answer],
    rubric: Rubric,
    *,
    made_at: str,
    remarks: Sequence[Remark] = (),
    versions: Mapping[str, str] | None = None,
) -> Report:
    """Build one interview's report from what is stored.

    Parameters
    ----------
    answers : sequence of Answer
        One per question, in the interview's order; a question not graded yet is one of them too.
    rubric : Rubric
        The one that the evaluations were made by.
    made_at : str
        ISO 8601; the caller's clock.
    versions : mapping of str to str, optional
        Whatever else the report depends on, such as image digests, for its provenance.
    """
    questions = tuple(_question(each, rubric, alone=len(answers) == 1) for each in answers)
    finals = [(each.question.title, each.final) for each in answers if each.final is not None]
    final, steps = None, ()
    if answers and len(finals) == len(answers):
        final = combine([each for _, each in finals], rubric)
        steps = explain_combined(finals, final, rubric) if len(finals) > 1 else ()
    points = [each.auto_score for each in questions]
    return Report(
        interview=interview,
        made_at=made_at,
        rubric=rubric.name,
        final=final,
        auto_score=None if None in points else sum(each or 0.0 for each in points),
        max_score=sum(each.max_score or 0.0 for each in questions),
        dimensions=tuple(_summary(each, questions) for each in rubric.dimensions),
        strengths=strengths(questions),
        risks=risks(questions),
        open_points=open_points(questions),
        questions=questions,
        steps=steps,
        remarks=tuple(remarks),
        provenance=shared_provenance(rubric, versions or {}),
    )


def _question(answer: Answer, rubric: Rubric, *, alone: bool) -> QuestionReport:
    grade, evaluation, final = answer.grade, answer.evaluation, answer.final
    explained: tuple[Step, ...] = ()
    if grade is not None and evaluation is not None and final is not None:
        explained = explain(grade, evaluation, final, rubric)
    if not alone:  # a recommendation is made once, over all questions
        explained = tuple(step for step in explained if step.label != VERDICT)
    return QuestionReport(
        question=answer.question,
        status=str(grade["status"]) if grade is not None else NOT_GRADED,
        auto_score=grade["auto_score"] if grade is not None else None,
        max_score=grade["max_score"] if grade is not None else None,
        final=final,
        judged_by=_judged_by(evaluation),
        parts=_parts(grade, answer.question.part_titles) if grade is not None else (),
        dimensions=_dimensions(evaluation, rubric, cells_of(grade)) if grade and evaluation else (),
        steps=explained,
        receipt=answer.receipt,
        provenance=question_provenance(answer),
        shares=share_reports(grade) if grade is not None else (),
        penalties=penalty_reports(grade) if grade is not None else (),
    )


def _parts(grade: Mapping[str, Json], titles: Mapping[str, str]) -> tuple[PartReport, ...]:
    cells = cells_of(grade)
    evidence = {str(each["id"]): each for each in grade["evidence"]}
    parts: list[PartReport] = []
    for item in grade["items"]:
        facts = [evidence[each] for each in item["evidence"] if each in evidence]
        parts.append(
            PartReport(
                part=item["part"],
                title=titles.get(item["part"]) or item["part"],
                kind=item["kind"],
                status=item["status"],
                points=item["points"],
                max_points=item["max_points"],
                message=item["message"],
                excerpts=tuple(
                    excerpt(cells, each["cell"], each["start"], each["end"])
                    for each in item["citations"]
                ),
                differences=sql_differences(facts),
                facts=other_facts(facts),
            )
        )
    return tuple(parts)


def _dimensions(
    evaluation: Evaluation, rubric: Rubric, cells: Cells
) -> tuple[DimensionReport, ...]:
    scores = {each.dimension: each for each in evaluation.dimensions}
    return tuple(
        _dimension(each, scores[each.name], cells)
        for each in rubric.dimensions
        if each.name in scores
    )


def _dimension(dimension: Dimension, score: DimensionScore, cells: Cells) -> DimensionReport:
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
    )


def _quote(quote: Quote, cells: Cells) -> CitedQuote:
    where = quote.citation
    found = excerpt(cells, where.cell, where.start, where.end) if where is not None else None
    return CitedQuote(text=quote.quote, excerpt=found, fact=quote.fact)


def _summary(dimension: Dimension, questions: Sequence[QuestionReport]) -> DimensionSummary:
    if not dimension.by_model:
        return _tests_summary(dimension, questions)
    found = [
        (question.question.slug, each)
        for question in questions
        for each in question.dimensions
        if each.name == dimension.name
    ]
    levels = [each.level for _, each in found if each.level is not None]
    sure = [each.confidence or 0.0 for _, each in found if each.level is not None]
    reasons = list(dict.fromkeys(each.reason for _, each in found if each.reason))
    level = fmean(levels) if levels else None
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


def _judged_by(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return "The rubric has not been scored yet."
    models = answering_models(evaluation)
    if models:
        said = f"Scored by {', '.join(models)} with rubric {evaluation.rubric}."
        return f"{said} {evaluation.reason}".strip()
    return evaluation.reason
