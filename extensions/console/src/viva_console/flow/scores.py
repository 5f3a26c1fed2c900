"""Decides what an interview's score is: of all its questions, as scored and as people decided."""

from collections.abc import Iterable
from dataclasses import dataclass

from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.final_score import FinalScore
from viva_grader.score.decided import last_decisions
from viva_grader.score.fusion import Fused, combine, fuse_shares, share_of_tests
from viva_grader.score.spread import known_of

from viva_console.domain.interview import Interview
from viva_console.domain.judgement import Judgement
from viva_console.store.port import UnitOfWork


@dataclass(frozen=True, slots=True)
class Scores:
    """An interview's score.

    Attributes
    ----------
    scored : FinalScore or None
        None while a question has none.
    decided : FinalScore or None
        The same with people's levels; None where nobody gave any.
    """

    scored: FinalScore | None = None
    decided: FinalScore | None = None

    @property
    def counting(self) -> FinalScore | None:
        """The one that counts: with people's levels where somebody gave any."""
        return self.decided or self.scored


NO_SCORES = Scores()


def dimension_decisions(
    judgements: Iterable[Judgement], slugs: dict[str, str]
) -> tuple[DimensionDecision, ...]:
    """Give judgements as the arithmetic and the report take them; ``slugs`` by run."""
    return tuple(
        DimensionDecision(
            question=slugs[one.run_id],
            dimension=one.dimension,
            by=one.by,
            at=one.at.isoformat(timespec="seconds"),
            original=one.original,
            level=one.level,
            reason=one.reason,
        )
        for one in judgements
        if one.run_id in slugs
    )


def scores_of(work: UnitOfWork, interview: Interview) -> Scores:
    """Compute an interview's scores from what its newest runs left."""
    if interview.erased_at:
        return NO_SCORES
    submissions = work.submissions.of_interview(interview.id)
    newest = {run.submission_id: run.id for run in work.runs.latest_of_interview(interview.id)}
    slugs = {newest[one.id]: one.question.slug for one in submissions if one.id in newest}
    decisions = dimension_decisions(work.judgements.of_interview(interview.id), slugs)
    plain, decided, rubrics = list[Fused](), list[Fused](), set[str]()
    for run_id, slug in slugs.items():
        grade, evaluation = work.runs.grade(run_id), work.runs.evaluation(run_id)
        final = work.runs.final(run_id)
        if grade is None or evaluation is None or final is None:
            return NO_SCORES
        rubric = work.library.rubric(evaluation.rubric_sha256)
        rubrics.add(rubric.sha256)
        last = last_decisions(decisions, slug)
        plain.append(Fused(final, known_of(evaluation, rubric)))
        tests = share_of_tests(grade.deterministic_score, grade.shares)
        decided.append(fuse_shares(tests, evaluation, rubric, last) if last else plain[-1])
    if len(slugs) < len(submissions) or len(rubrics) != 1:
        return NO_SCORES
    rubric = work.library.rubric(rubrics.pop())
    return Scores(combine(plain, rubric), combine(decided, rubric) if decisions else None)
