"""Decides how stored results become a report: nothing is computed anew but sums that it shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Rubric
from viva_grader.report.dimensions import Decisions, dimension_reports, dimension_summary
from viva_grader.report.document import PartReport, QuestionReport, Report
from viva_grader.report.evidence import cells_of, excerpt, other_facts, sql_differences
from viva_grader.report.facts import Answer, InterviewFacts, Remark
from viva_grader.report.findings import open_points, risks, strengths
from viva_grader.report.provenance import answering_models, question_provenance, shared_provenance
from viva_grader.report.shares import penalty_reports, share_reports
from viva_grader.score.decided import last_decisions
from viva_grader.score.explain import (
    VERDICT,
    VERDICT_DECIDED,
    Step,
    explain,
    explain_combined,
    explain_combined_decided,
    explain_decided,
)
from viva_grader.score.fusion import (
    Fused,
    combine,
    fuse_shares,
    share_of_tests,
    verdicts_within,
)
from viva_grader.score.spread import known_of
from viva_grader.score.undecided import undecided_in

NOT_GRADED = "not_graded"


@dataclass(frozen=True, slots=True)
class _Scored:
    """An answer with all three of its documents, and its scores with and without decisions."""

    grade: Mapping[str, Json]
    evaluation: Evaluation
    plain: Fused
    decided: Fused
    last: Mapping[str, DimensionDecision]


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
    interview : InterviewFacts
        Decisions on a question whose scores are not given are left out: they name those scores.
    answers : sequence of Answer
        One per question, in the interview's order; a question not graded yet is one of them too.
    rubric : Rubric
        The one that the evaluations were made by.
    made_at : str
        ISO 8601; the caller's clock.
    versions : mapping of str to str, optional
        Whatever else the report depends on, such as image digests, for its provenance.

    Raises
    ------
    RefusedDecisionError
        For a decision on what tests decide, or outside of the rubric.
    """
    scored = [_scored(each, rubric, interview.decisions) for each in answers]
    shown = {each.question.slug for each, one in zip(answers, scored, strict=True) if one}
    decisions = tuple(each for each in interview.decisions if each.question in shown)
    questions = tuple(
        _question(each, one, rubric, decisions, alone=len(answers) == 1)
        for each, one in zip(answers, scored, strict=True)
    )
    titles = [each.question.title for each in answers]
    final, steps = _combined(titles, scored, rubric)
    decided, decided_steps = _combined(titles, scored, rubric, decided=True)
    points = [each.auto_score for each in questions]
    return Report(
        interview=replace(interview, decisions=decisions),
        made_at=made_at,
        rubric=rubric.name,
        final=final,
        auto_score=None if None in points else sum(each or 0.0 for each in points),
        max_score=sum(each.max_score or 0.0 for each in questions),
        dimensions=tuple(dimension_summary(each, questions) for each in rubric.dimensions),
        strengths=strengths(questions),
        risks=risks(questions),
        open_points=open_points(questions),
        questions=questions,
        steps=steps,
        remarks=tuple(remarks),
        provenance=shared_provenance(rubric, versions or {}),
        within=verdicts_within(final, rubric) if final is not None else (),
        decided=decided,
        decided_steps=decided_steps,
    )


def _scored(
    answer: Answer, rubric: Rubric, decisions: Sequence[DimensionDecision]
) -> _Scored | None:
    grade, evaluation, final = answer.grade, answer.evaluation, answer.final
    if grade is None or evaluation is None or final is None:
        return None
    last = last_decisions(decisions, answer.question.slug)
    plain = Fused(final, known_of(evaluation, rubric), undecided_in(evaluation))
    decided = plain
    if last:
        tests = share_of_tests(grade["deterministic_score"], grade["shares"])
        decided = fuse_shares(tests, evaluation, rubric, last)
    return _Scored(grade, evaluation, plain, decided, last)


def _combined(
    titles: Sequence[str],
    scored: Sequence[_Scored | None],
    rubric: Rubric,
    *,
    decided: bool = False,
) -> tuple[FinalScore | None, tuple[Step, ...]]:
    """Combine all questions; nothing where one has no scores, or nobody decided any."""
    known = [each for each in scored if each is not None]
    if not known or len(known) < len(scored) or (decided and not any(each.last for each in known)):
        return None, ()
    fused = [each.decided if decided else each.plain for each in known]
    final = combine(fused, rubric)
    if len(known) == 1:
        return final, ()
    pairs = list(zip(titles, fused, strict=True))
    how = explain_combined_decided if decided else explain_combined
    return final, how(pairs, final, rubric)


def _question(
    answer: Answer,
    scored: _Scored | None,
    rubric: Rubric,
    decisions: Sequence[DimensionDecision],
    *,
    alone: bool,
) -> QuestionReport:
    grade, evaluation = answer.grade, answer.evaluation
    explained, decided_steps = _explained(scored, rubric, alone=alone)
    decided = scored.decided.final if scored is not None and scored.last else None
    own = _by_dimension(each for each in decisions if each.question == answer.question.slug)
    return QuestionReport(
        question=answer.question,
        status=str(grade["status"]) if grade is not None else NOT_GRADED,
        auto_score=grade["auto_score"] if grade is not None else None,
        max_score=grade["max_score"] if grade is not None else None,
        final=answer.final,
        judged_by=_judged_by(evaluation),
        parts=_parts(grade, answer.question.part_titles) if grade is not None else (),
        dimensions=(
            dimension_reports(evaluation, rubric, cells_of(grade), own)
            if grade and evaluation
            else ()
        ),
        steps=explained,
        receipt=answer.receipt,
        provenance=question_provenance(answer),
        shares=share_reports(grade) if grade is not None else (),
        penalties=penalty_reports(grade) if grade is not None else (),
        decided=decided,
        decided_steps=decided_steps,
    )


def _explained(
    scored: _Scored | None, rubric: Rubric, *, alone: bool
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    if scored is None:
        return (), ()
    steps = explain(scored.grade, scored.evaluation, scored.plain.final, rubric)
    decided: tuple[Step, ...] = ()
    if scored.last:
        decided = explain_decided(scored.evaluation, scored.last, scored.decided.final, rubric)
    if alone:
        return steps, decided
    # a recommendation is made once, over all questions
    return tuple(step for step in steps if step.label != VERDICT), tuple(
        step for step in decided if step.label != VERDICT_DECIDED
    )


def _by_dimension(decisions: Iterable[DimensionDecision]) -> Decisions:
    found: dict[str, tuple[DimensionDecision, ...]] = {}
    for each in decisions:
        found[each.dimension] = (*found.get(each.dimension, ()), each)
    return found


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


def _judged_by(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return "The rubric has not been scored yet."
    models = answering_models(evaluation)
    if models:
        said = f"Scored by {', '.join(models)} with rubric {evaluation.rubric}."
        return f"{said} {evaluation.reason}".strip()
    return evaluation.reason
