"""Decides which of an interview's documents leave the store, so that others compute them again."""

from viva_grader.domain.decision import Decided, DimensionDecision
from viva_grader.domain.grade import Json, canonical
from viva_grader.domain.rubric import Rubric
from viva_grader.score.decided import last_decisions
from viva_grader.score.fusion import fuse_shares, share_of_tests

from viva_console.domain.record import Actor
from viva_console.flow.blind import StillBlindError, show_scores
from viva_console.flow.console import Console
from viva_console.flow.report import revealed_by, stored_interview
from viva_console.flow.report_facts import StoredAnswer, interview_facts


def interview_documents(console: Console, interview_id: str, by: Actor) -> dict[str, bytes]:
    """Give files as ``viva grade --out`` writes them, and people's decisions; that is recorded.

    Returns
    -------
    dict of str to bytes
        By name, such as ``late_orders.grade.json``: of each question that was graded the grade,
        the evaluation, the final score, the decisions where there are any, and the submission.

    Raises
    ------
    UnknownError, NotNowError, GoneError
        As :func:`viva_console.flow.report.stored_interview`.
    StillBlindError
        While ``by`` is rating one of its submissions.
    """
    stored = stored_interview(console, interview_id)
    if show_scores(console, interview_id, revealed_by(stored), by):
        raise StillBlindError("You are rating a submission of this interview: rate or decline it.")
    decisions = interview_facts(stored).decisions
    files: dict[str, bytes] = {}
    with console.store.unit() as work:
        for answer in stored.answers:
            if answer.grade is None:
                continue
            slug = answer.submission.question.slug
            for kind, document in _documents(answer, decisions, stored.rubric).items():
                files[f"{slug}.{kind}.json"] = canonical(document) + b"\n"
            content = work.submissions.content(answer.submission.id)
            files[f"{answer.grade.submission_sha256}.ipynb"] = content
        work.record.write(
            console.clock.now(), by, "documents.exported", interview_id, files=len(files)
        )
        work.commit()
    return files


def _documents(
    answer: StoredAnswer, decisions: tuple[DimensionDecision, ...], rubric: Rubric
) -> dict[str, dict[str, Json]]:
    grade, evaluation, final = answer.grade, answer.evaluation, answer.final
    if grade is None:
        return {}
    found = {"grade": grade.document() | {"grade_sha256": grade.sha256}}
    if evaluation is None or final is None:
        return found
    found |= {"evaluation": evaluation.document(), "final": final.document()}
    own = tuple(each for each in decisions if each.question == grade.question)
    if own:
        tests = share_of_tests(grade.deterministic_score, grade.shares)
        fused = fuse_shares(tests, evaluation, rubric, last_decisions(own, grade.question))
        found["decisions"] = Decided(grade.sha256, own, fused.final).document()
    return found
