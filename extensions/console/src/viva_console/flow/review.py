"""Decides what staff see of interviews, and how a named human has the last word."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from viva_grader.domain.final_score import FinalScore

from viva_console.domain.interview import Interview
from viva_console.domain.judgement import NOTHING_JUDGED
from viva_console.domain.rating import Standing
from viva_console.domain.record import (
    Actor,
    BrokenRecordError,
    Override,
    checked_verdict,
    first_broken_link,
)
from viva_console.domain.run import RunState
from viva_console.domain.views import GradingLine, InterviewPage, InterviewRow
from viva_console.domain.written import checked_reason
from viva_console.flow.blind import are_hidden, hides, judged_submissions
from viva_console.flow.comment import comments_of, subjects_of
from viva_console.flow.console import Console
from viva_console.flow.invite import invite_url
from viva_console.flow.judge import judging_of, revealing
from viva_console.flow.scores import NO_SCORES, scores_of
from viva_console.flow.submit import new_run
from viva_console.store.port import UnitOfWork


def list_interviews(console: Console, by: Actor | None = None) -> list[InterviewRow]:
    """Give every interview, newest first.

    Scores are those that ``by`` has seen: whoever has not read a report, nor rated or declined to,
    is shown none. Without ``by`` all are given.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        interviews = work.interviews.all()
        lines = work.runs.lines([interview.id for interview in interviews])
        standings = work.ratings.standings(by.name) if by else None
        return [_listed(work, one, lines.get(one.id, []), standings, now) for one in interviews]


def interview_page(console: Console, interview_id: str, by: Actor | None = None) -> InterviewPage:
    """Give all that staff see of one interview.

    Levels, a model's and people's, and what others wrote are left out until ``by`` has rated blind,
    declined to, or read the report.

    Raises
    ------
    UnknownError
        When there is none.
    """
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id)
        lines = work.runs.lines([interview_id]).get(interview_id, [])
        overrides = work.record.overrides(interview_id)
        audit = work.record.of_interview(interview_id)
        judging = judging_of(work, interview)
        seen = revealing(work, interview, judging)
        hidden = by is not None and are_hidden(work, seen, by)
        subjects = {} if interview.erased_at else subjects_of(work, interview)
        comments = comments_of(work, interview, subjects)
        scores = NO_SCORES if hidden else scores_of(work, interview)
    if hidden:
        lines = [replace(one, rubric_score=None, overall=None, verdict=None) for one in lines]
        judging = NOTHING_JUDGED
        comments = tuple(one for one in comments if by and one.comment.by == by.name)
    link = (
        None if interview.state.is_over or interview.erased_at else invite_url(console, interview)
    )
    return InterviewPage(
        _row(interview, lines, overrides, console.clock.now(), scores.counting, hidden=hidden),
        interview,
        link,
        tuple(lines),
        tuple(overrides),
        tuple(audit),
        report_ready=any(_scored(line) for line in lines) and not interview.erased_at,
        scores_hidden=hidden,
        judging=judging,
        comments=comments,
        subjects=subjects,
        scored=scores.scored,
        decided=scores.decided,
    )


def decide(console: Console, interview_id: str, verdict: str, reason: str, by: Actor) -> Override:
    """Record a named human's verdict: confirming the recommendation or overriding it.

    Parameters
    ----------
    verdict : str
        ``Strong Hire``, ``Hire``, ``Borderline`` or ``Needs Improvement``.
    reason : str
        10 to 2000 characters.

    Raises
    ------
    BadRequestError
        For another verdict or a reason that is none.
    NotNowError
        Before the interview was submitted.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id, lock=True)
        interview.must_be_submitted()
        scores = scores_of(work, interview)
        override = Override(
            console.ids.new(),
            interview_id,
            by.name,
            now,
            scores.scored.verdict if scores.scored else None,
            checked_verdict(verdict),
            checked_reason(reason),
            scores.decided.verdict if scores.decided else None,
        )
        work.record.add_override(override)
        work.record.write(
            now,
            by,
            "verdict.confirmed" if override.confirms else "verdict.overridden",
            interview_id,
            recommended=override.recommended,
            as_decided=override.as_decided,
            verdict=override.verdict,
        )
        work.commit()
    return override


def regrade(console: Console, interview_id: str, by: Actor) -> list[str]:
    """Order a new run of every submission, by the questions as the library holds them now.

    Returns
    -------
    list of str
        The ids of the new runs.

    Raises
    ------
    NotNowError
        Unless submitted.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id, lock=True)
        work.interviews.save(interview.reopen_grading())
        runs: list[str] = []
        for submission in work.submissions.of_interview(interview_id):
            if submission.sha256 is None:
                continue
            question = console.grader.question(submission.question.slug)
            work.library.remember_question(question, now)
            run = new_run(console, submission, question.sha256)
            work.runs.add(run)
            runs.append(run.id)
        work.record.write(now, by, "interview.regraded", interview_id, runs=runs)
        work.commit()
    for run_id in runs:
        console.queue.grade(run_id)
    return runs


def erase_candidate(console: Console, interview_id: str, by: Actor) -> None:
    """Destroy the candidate's key: alias, notebooks, outputs and model calls are gone for good.

    Scores, hashes and the audit stay; they name nobody.

    Raises
    ------
    NotNowError
        While the candidate is at work.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id, lock=True)
        work.interviews.save(interview.erase(now))
        work.interviews.destroy_key(interview, now)
        work.record.write(now, by, "candidate.erased", interview_id)
        work.commit()
    if not interview.room_ended_at:  # a room may have been made ahead, without any start
        console.queue.end_room(interview_id)


def check_record(console: Console) -> int:
    """Follow the audit trail from its first entry; give how many entries it has.

    Raises
    ------
    BrokenRecordError
        When an entry was changed, removed or put in: it does not follow from the one before.
    """
    with console.store.unit() as work:
        entries = work.record.all()
    broken = first_broken_link(entries)
    if broken is not None:
        raise BrokenRecordError(
            f"Entry {broken + 1} of {len(entries)} of the audit trail does not follow from the one "
            "before it: it, or its neighbour, was changed outside Viva."
        )
    return len(entries)


def saw_staff(console: Console, by: Actor) -> None:
    """Note a staff user's login."""
    now = console.clock.now()
    with console.store.unit() as work:
        work.record.saw_user(by.name, now)
        work.record.write(now, by, "staff.entered")
        work.commit()


def _listed(
    work: UnitOfWork,
    interview: Interview,
    lines: list[GradingLine],
    standings: Mapping[str, Standing] | None,
    now: datetime,
) -> InterviewRow:
    """Give a line of the list; ``standings`` are of whoever looks, None where all is shown.

    The list is looked at often, and scores are sealed: only what is shown is computed.
    """
    overrides = work.record.overrides(interview.id)
    hidden, scores = False, NO_SCORES
    if interview.erased_at:
        return _row(interview, lines, overrides, now, None, hidden=False)
    if lines and standings is not None and not overrides:
        judged = judged_submissions(work, interview.id)
        hidden = hides(
            standings,
            {
                one.submission_id: one.rubric_score is not None
                or one.overall is not None
                or one.submission_id in judged
                for one in lines
            },
        )
    if lines and not hidden and (standings is None or not overrides):
        scores = scores_of(work, interview)
    return _row(interview, lines, overrides, now, scores.counting, hidden=hidden)


def _scored(line: GradingLine) -> bool:
    return line.run_state in {RunState.SCORED, RunState.DONE}


def _row(
    interview: Interview,
    lines: list[GradingLine],
    overrides: list[Override],
    now: datetime,
    score: FinalScore | None,
    *,
    hidden: bool,
) -> InterviewRow:
    decided = overrides[-1].verdict if overrides else None
    recommended = score.verdict if score is not None else None
    return InterviewRow(
        id=interview.id,
        alias=interview.alias,
        role=interview.role,
        state=interview.state,
        questions=tuple(question.title for question in interview.questions),
        minutes=interview.allotted_minutes,
        created_by=interview.created_by,
        created_at=interview.created_at,
        ends_at=interview.deadline(now),
        submitted_at=interview.submitted_at,
        auto_score=_sum([line.auto_score for line in lines]),
        max_score=_sum([line.max_score for line in lines]),
        overall=score.overall if score is not None else None,
        verdict=decided or recommended,
        decided=decided is not None,
        failed_runs=sum(line.run_state is RunState.FAILED for line in lines),
        hidden=hidden,
    )


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None
