import pytest
from viva_console.domain.errors import BadRequestError, GoneError, NotNowError
from viva_console.domain.record import Actor, first_broken_link, staff
from viva_console.domain.run import MAX_ATTEMPTS, RunState
from viva_console.domain.views import InterviewRow
from viva_console.domain.words import State
from viva_console.flow.grade import GradeAgainError, grade_run, sweep_runs
from viva_console.flow.judge import judge
from viva_console.flow.report import report_json, stored_interview
from viva_console.flow.review import (
    decide,
    erase_candidate,
    interview_page,
    list_interviews,
    regrade,
    saw_staff,
)
from viva_console.flow.submit import submitted_notebook
from viva_grader.domain.errors import SandboxUnavailableError
from viva_grader.domain.evaluation import Spent

from tests.fakes.console_interviews import REVIEWER, again, graded, handed_in, invited, opened
from tests.fakes.console_parts import Parts

REASON = "The reasoning in part B was sound."


def lines_of(parts: Parts, interview_id: str) -> list:
    return list(interview_page(parts.console, interview_id).lines)


def test_run_passes_every_stage_once(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    assert interview.state is State.GRADED
    first = [state.value for run, state in parts.stages if run == parts.stages[0][0]]
    assert first == ["claimed", "executed", "evaluated", "scored", "done"]
    assert [line.auto_score for line in lines_of(parts, interview.id)] == [4.0, 1.0]
    assert [line.overall for line in lines_of(parts, interview.id)] == [None, None]


def test_model_is_to_read_without_what_is_known_of_the_candidate(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    assert parts.grader.names_taken_out == ["Kestrel", interview.hub_user] * 2


def test_what_staff_know_of_a_candidate_is_taken_out_of_what_a_model_reads(parts: Parts) -> None:
    told = "Ottilie Vanterpool\no.v@x.example"
    interview = graded(parts, b"++++", b"+", known=told)
    assert (
        parts.grader.names_taken_out
        == [
            *("Kestrel", interview.hub_user, *told.split("\n")),
        ]
        * 2
    )
    with parts.console.store.unit() as work:
        assert "Vanterpool" not in repr(work.record.all())
    assert "Vanterpool" not in report_json(parts.console, interview.id, REVIEWER).decode()


def test_model_is_to_know_what_the_interviews_other_questions_cost(parts: Parts) -> None:
    parts.grader.record = {"spent": {"tokens": 1200, "cost": 0.25, "estimated": False}}
    graded(parts, b"++++", b"+")
    assert parts.grader.spent_before == [Spent(0, 0.0), Spent(1200, 0.25)]


def test_finished_run_is_not_graded_again(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    calls = list(parts.grader.calls)
    for line in lines_of(parts, interview.id):
        assert grade_run(parts.console, line.run_id).state is RunState.DONE
    assert parts.grader.calls == calls


def test_interview_is_graded_when_its_last_run_is_over(parts: Parts) -> None:
    interview = handed_in(parts, b"+", b"+")
    grade_run(parts.console, parts.queue.grades[0])
    assert again(parts, interview).state is State.SUBMITTED
    grade_run(parts.console, parts.queue.grades[1])
    assert again(parts, interview).state is State.GRADED


def test_our_own_trouble_is_tried_again_and_never_scores(parts: Parts) -> None:
    interview = handed_in(parts, b"++++")
    run_id = parts.queue.grades[0]
    parts.grader.trouble = SandboxUnavailableError("No sandbox can be started here.")
    for _ in range(MAX_ATTEMPTS - 1):
        with pytest.raises(GradeAgainError):
            grade_run(parts.console, run_id)
    run = grade_run(parts.console, run_id)
    assert (run.state, run.failure) == (RunState.FAILED, "No sandbox can be started here.")
    assert lines_of(parts, interview.id)[0].auto_score is None


def test_infra_error_is_tried_again_and_ends_without_points(parts: Parts) -> None:
    interview = handed_in(parts, b"infra")
    run_id = parts.queue.grades[0]
    for _ in range(MAX_ATTEMPTS - 1):
        with pytest.raises(GradeAgainError):
            grade_run(parts.console, run_id)
    assert grade_run(parts.console, run_id).state is RunState.DONE
    assert lines_of(parts, interview.id)[0].auto_score is None


def test_unreadable_notebook_fails_with_its_reason(parts: Parts) -> None:
    interview = graded(parts, b"broken", b"+")
    line = lines_of(parts, interview.id)[0]
    assert (line.run_state, line.failure) == (RunState.FAILED, "This is no notebook.")
    assert again(parts, interview).state is State.GRADED


def test_changed_question_is_said_and_a_new_run_takes_it_as_it_is(parts: Parts) -> None:
    interview = handed_in(parts, b"+++", b"+")
    parts.grader.change_question("top_customers")
    run = grade_run(parts.console, parts.queue.grades[0])
    assert run.state is RunState.FAILED
    assert "has changed" in run.failure
    parts.queue.grades.clear()
    runs = regrade(parts.console, interview.id, REVIEWER)
    assert parts.queue.grades == runs
    for run_id in runs:
        assert grade_run(parts.console, run_id).state is RunState.DONE
    assert [line.auto_score for line in lines_of(parts, interview.id)] == [3.0, 1.0]


def test_regrade_before_submission_is_refused(parts: Parts) -> None:
    with pytest.raises(NotNowError):
        regrade(parts.console, opened(parts).id, REVIEWER)


def test_run_without_a_job_is_queued_again(parts: Parts) -> None:
    handed_in(parts, b"+", b"+")
    lost = parts.queue.grades.pop()
    assert sweep_runs(parts.console) == [lost]
    assert sweep_runs(parts.console) == []


def test_list_shows_newest_first_with_points(parts: Parts) -> None:
    older = graded(parts, b"++++", b"+")
    parts.clock.forward(minutes=1)
    newer = invited(parts, "late_orders")
    rows = list_interviews(parts.console)
    assert [row.id for row in rows] == [newer.id, older.id]
    assert (rows[1].auto_score, rows[1].max_score, rows[1].overall) == (5.0, 8.0, None)
    assert rows[0].auto_score is None


def test_list_recommends_by_all_questions_once_the_report_was_read(parts: Parts) -> None:
    parts.grader.level = 2
    interview = graded(parts, b"++++", b"+")

    def row(by: Actor | None) -> InterviewRow:
        return list_interviews(parts.console, by)[0]

    assert (row(REVIEWER).hidden, row(REVIEWER).overall, row(REVIEWER).verdict) == (
        True,
        None,
        None,
    )
    assert row(None).overall is not None  # a terminal is trusted
    report_json(parts.console, interview.id, REVIEWER)
    page = interview_page(parts.console, interview.id, REVIEWER)
    assert page.scored is not None
    assert not row(REVIEWER).hidden
    assert (row(REVIEWER).overall, row(REVIEWER).verdict) == (
        page.scored.overall,
        page.scored.verdict,
    )
    assert row(REVIEWER).verdict is not None
    assert row(staff("grace")).hidden
    decide(parts.console, interview.id, "Strong Hire", REASON, REVIEWER)
    decided = row(staff("grace"))
    assert (decided.verdict, decided.decided, decided.overall) == ("Strong Hire", True, None)


def give_clarity_five(parts: Parts, interview_id: str) -> None:
    with parts.console.store.unit() as work:
        run = work.runs.latest_of_interview(interview_id)[0].id
    judge(
        parts.console, interview_id, by=REVIEWER, run_id=run, dimension="clarity", level="5",
        reason=REASON,
    )  # fmt: skip


def test_list_recommends_by_the_levels_that_people_gave(parts: Parts) -> None:
    parts.grader.level = 2
    interview = graded(parts, b"++++", b"+")
    report_json(parts.console, interview.id, REVIEWER)
    before = list_interviews(parts.console, REVIEWER)[0].overall or 0.0
    give_clarity_five(parts, interview.id)
    page = interview_page(parts.console, interview.id, REVIEWER)
    assert page.decided is not None
    after = list_interviews(parts.console, REVIEWER)[0].overall
    assert after == page.decided.overall
    assert (after or 0.0) > before


def test_list_goes_on_where_a_judged_candidate_was_erased(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    give_clarity_five(parts, interview.id)
    erase_candidate(parts.console, interview.id, REVIEWER)
    row = list_interviews(parts.console, staff("grace"))[0]
    assert (row.alias, row.hidden, row.overall, row.verdict) == ("", False, None, None)


def test_nothing_is_kept_back_where_nobody_scored(parts: Parts) -> None:
    graded(parts, b"++++", b"+")
    row = list_interviews(parts.console, REVIEWER)[0]
    assert (row.hidden, row.overall, row.verdict) == (False, None, None)


def test_page_has_a_link_only_while_it_is_of_use(parts: Parts) -> None:
    assert interview_page(parts.console, invited(parts).id).invite_url
    page = interview_page(parts.console, graded(parts, b"+", b"+").id)
    assert page.invite_url is None
    assert page.report_ready
    assert page.audit[0].action == "interview.created"


def test_named_human_decides_with_a_reason(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"++++")
    override = decide(parts.console, interview.id, "Hire", REASON, REVIEWER)
    assert (override.by, override.recommended, override.confirms) == ("reviewer", None, False)
    page = interview_page(parts.console, interview.id)
    assert page.row.verdict == "Hire"
    decide(parts.console, interview.id, "Strong Hire", REASON, REVIEWER)
    page = interview_page(parts.console, interview.id)
    assert [one.verdict for one in page.overrides] == ["Hire", "Strong Hire"]
    assert page.row.verdict == "Strong Hire"


def test_decision_without_words_or_submission_is_refused(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"++++")
    with pytest.raises(BadRequestError):
        decide(parts.console, interview.id, "Hire", "ok", REVIEWER)
    with pytest.raises(NotNowError):
        decide(parts.console, opened(parts).id, "Hire", REASON, REVIEWER)


def test_erased_candidate_is_gone_and_the_chain_holds(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    submission = lines_of(parts, interview.id)[0].submission_id
    erase_candidate(parts.console, interview.id, REVIEWER)
    page = interview_page(parts.console, interview.id)
    assert (page.row.alias, page.report_ready) == ("", False)
    with pytest.raises(GoneError):
        submitted_notebook(parts.console, submission, REVIEWER)
    with pytest.raises(GoneError):
        stored_interview(parts.console, interview.id)
    with parts.console.store.unit() as work:
        assert first_broken_link(work.record.all()) is None


def test_erasing_before_grading_ends_the_run_with_the_reason(parts: Parts) -> None:
    interview = handed_in(parts, b"++++")
    erase_candidate(parts.console, interview.id, REVIEWER)
    run = grade_run(parts.console, parts.queue.grades[0])
    assert (run.state, run.failure) == (RunState.FAILED, "This candidate was erased.")


def test_report_before_grading_is_refused(parts: Parts) -> None:
    with pytest.raises(NotNowError) as caught:
        stored_interview(parts.console, handed_in(parts).id)
    assert caught.value.code == "report.not_ready"


def test_staff_login_is_recorded(parts: Parts) -> None:
    saw_staff(parts.console, REVIEWER)
    with parts.console.store.unit() as work:
        assert work.record.all()[-1].action == "staff.entered"
