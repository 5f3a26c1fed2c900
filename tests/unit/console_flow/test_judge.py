import json

import pytest
from viva_console.domain.errors import BadRequestError, GoneError, NotNowError, UnknownError
from viva_console.domain.interview import Interview
from viva_console.domain.judgement import ByTestsError, Judgement, NewerRunError
from viva_console.domain.record import Actor, first_broken_link, staff
from viva_console.flow.blind import StillBlindError
from viva_console.flow.comment import comment
from viva_console.flow.grade import grade_run
from viva_console.flow.judge import dimension_page, judge
from viva_console.flow.rate import begin_rating, decline_rating, to_rate
from viva_console.flow.report import report_json, report_of
from viva_console.flow.review import decide, erase_candidate, interview_page, regrade

from tests.fakes.console_interviews import actions, graded, handed_in
from tests.fakes.console_parts import Parts

ADA, GRACE = staff("ada"), staff("grace")
REASON = "The names say what the steps do."


@pytest.fixture
def unscored(parts: Parts) -> Interview:
    return graded(parts, b"++++", b"+")


@pytest.fixture
def scored(parts: Parts) -> Interview:
    parts.grader.level = 2
    return graded(parts, b"++++", b"+")


def runs_of(parts: Parts, interview: Interview) -> list[str]:
    with parts.console.store.unit() as work:
        return [run.id for run in work.runs.latest_of_interview(interview.id)]


def give(
    parts: Parts, interview: Interview, level: str = "4", by: Actor = ADA, **changes: str
) -> Judgement:
    given = {"run_id": runs_of(parts, interview)[0], "dimension": "clarity", "reason": REASON}
    given |= changes
    return judge(parts.console, interview.id, by=by, level=level, **given)


def test_dimension_that_a_model_left_is_due_until_a_person_gives_its_level(parts, unscored) -> None:
    due = interview_page(parts.console, unscored.id, ADA).judging.due
    assert [(one.question.slug, one.dimension.name) for one in due] == [
        ("top_customers", "clarity"),
        ("late_orders", "clarity"),
    ]
    assert due[0].why_unscored == "No model is configured."
    judgement = give(parts, unscored)
    assert (judgement.original, judgement.level, judgement.by) == (None, 4, "ada")
    judging = interview_page(parts.console, unscored.id, GRACE).judging
    assert interview_page(parts.console, unscored.id, ADA).judging.due == due[1:]
    assert judging.due == ()  # Grace has yet to choose, and is shown none


def test_judgement_stands_beside_what_was_scored_and_changes_none_of_it(parts, scored) -> None:
    report_json(parts.console, scored.id, ADA)
    before = parts.console.store.rows
    run = runs_of(parts, scored)[0]
    give(parts, scored, "5")
    rows = parts.console.store.rows
    assert rows.evaluations[run] == before.evaluations[run]
    assert rows.finals[run] == before.finals[run]
    view = interview_page(parts.console, scored.id, ADA).judging.dimensions[1]
    assert (view.original, view.decided.level) == (2, 5)


@pytest.mark.parametrize(
    ("level", "action"), [("2", "dimension.confirmed"), ("3", "dimension.overridden")]
)
def test_record_says_who_decided_what_and_nothing_of_the_reason(
    parts, scored, level, action
) -> None:
    report_json(parts.console, scored.id, ADA)
    judgement = give(parts, scored, level)
    with parts.console.store.unit() as work:
        entry = work.record.of_interview(scored.id)[-1]
        assert first_broken_link(work.record.all()) is None
    assert (entry.action, entry.actor) == (action, ADA)
    assert entry.data["judgement"] == judgement.id
    assert (entry.data["original"], entry.data["level"]) == (2, int(level))
    assert len(entry.data["reason_sealed_sha256"]) == 64
    assert REASON not in json.dumps(entry.data)


def test_level_where_none_was_is_recorded_as_scored(parts, unscored) -> None:
    give(parts, unscored)
    assert actions(parts, unscored)[-1] == "dimension.scored"


def test_decisions_of_two_people_both_stay_and_the_later_one_counts(parts, unscored) -> None:
    first = give(parts, unscored, "4")
    report_json(parts.console, unscored.id, GRACE)
    second = give(parts, unscored, "2", GRACE)
    view = interview_page(parts.console, unscored.id, ADA).judging.dimensions[1]
    assert view.judgements == (first, second)
    assert view.decided == second
    decisions = report_of(parts.console, unscored.id).interview.decisions
    assert [(one.by, one.level, one.reason) for one in decisions] == [
        ("ada", 4, REASON),
        ("grace", 2, REASON),
    ]


def test_score_as_decided_stands_beside_the_one_that_was_scored(parts) -> None:
    parts.grader.level = 2
    interview = graded(parts, b"++++", b"++++")
    report_json(parts.console, interview.id, ADA)
    for run_id in runs_of(parts, interview):
        give(parts, interview, "5", run_id=run_id)
    page = interview_page(parts.console, interview.id, ADA)
    assert (page.scored.overall, page.scored.verdict) == (68.75, "Needs Improvement")
    assert (page.decided.overall, page.decided.verdict) == (100.0, "Strong Hire")
    report = report_of(parts.console, interview.id)
    assert (report.final, report.decided) == (page.scored, page.decided)
    override = decide(parts.console, interview.id, "Strong Hire", REASON, GRACE)
    assert (override.recommended, override.as_decided) == ("Needs Improvement", "Strong Hire")
    assert override.confirms
    remark = report_of(parts.console, interview.id).remarks[-1]
    assert (remark.kind, remark.before, remark.after) == (
        "confirmation",
        "Strong Hire",
        "Strong Hire",
    )


def test_score_as_decided_is_kept_from_who_can_still_rate_blind(parts, scored) -> None:
    report_json(parts.console, scored.id, ADA)
    give(parts, scored, "5")
    page = interview_page(parts.console, scored.id, GRACE)
    assert (page.scored, page.decided) == (None, None)
    assert interview_page(parts.console, scored.id, ADA).decided is not None


def test_what_tests_alone_decide_is_never_overridden(parts, unscored) -> None:
    with pytest.raises(ByTestsError, match="Tests alone decide Correctness") as caught:
        give(parts, unscored, dimension="correctness")
    assert caught.value.code == "judgement.by_tests"
    with pytest.raises(ByTestsError):
        dimension_page(parts.console, unscored.id, runs_of(parts, unscored)[0], "correctness", ADA)
    assert give(parts, unscored, dimension="clarity")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"level": "6"}, BadRequestError),
        ({"level": "0"}, BadRequestError),
        ({"level": "3.5"}, BadRequestError),
        ({"level": ""}, BadRequestError),
        ({"reason": "too short"}, BadRequestError),
        ({"reason": "x" * 2001}, BadRequestError),
        ({"dimension": "charm"}, UnknownError),
        ({"run_id": "none"}, UnknownError),
    ],
)
def test_judgement_that_cannot_be_leaves_nothing(parts, unscored, changes, kind) -> None:
    before = actions(parts, unscored)
    with pytest.raises(kind):
        give(parts, unscored, **changes)
    assert parts.console.store.rows.judgements == []
    assert actions(parts, unscored) == before


def test_run_of_another_interview_is_unknown(parts, unscored) -> None:
    other = runs_of(parts, graded(parts, b"++++", b"+"))[0]
    with pytest.raises(UnknownError) as caught:
        give(parts, unscored, run_id=other)
    assert caught.value.code == "run.unknown"


def test_nobody_decides_before_it_was_graded(parts) -> None:
    interview = handed_in(parts, b"+", b"+")
    with pytest.raises(NotNowError) as caught:
        give(parts, interview)
    assert caught.value.code == "report.not_ready"


def test_who_can_still_rate_blind_neither_sees_nor_decides(parts, scored) -> None:
    page = interview_page(parts.console, scored.id, ADA)
    assert (page.scores_hidden, page.judging.dimensions) == (True, ())
    for attempt in (
        lambda: give(parts, scored),
        lambda: dimension_page(parts.console, scored.id, runs_of(parts, scored)[0], "clarity", ADA),
    ):
        with pytest.raises(StillBlindError):
            attempt()
    report_json(parts.console, scored.id, ADA)
    assert give(parts, scored).by == "ada"


def test_rating_under_way_hides_what_others_decided_also_in_the_report(parts, unscored) -> None:
    begun = to_rate(parts.console, GRACE)[0].submission_id
    begin_rating(parts.console, begun, GRACE)
    for run_id in runs_of(parts, unscored):
        give(parts, unscored, run_id=run_id)
    comment(parts.console, unscored.id, ADA, about="interview", text="what Ada says")
    for _ in range(2):
        report = json.loads(report_json(parts.console, unscored.id, GRACE))
        assert (report["interview"]["decisions"], report["remarks"]) == ([], [])
        assert REASON not in json.dumps(report)
    with pytest.raises(StillBlindError):
        give(parts, unscored, by=GRACE)
    decline_rating(parts.console, begun, GRACE)
    report = json.loads(report_json(parts.console, unscored.id, GRACE))
    assert len(report["interview"]["decisions"]) == 2
    assert report["remarks"][0]["text"] == "what Ada says"
    assert give(parts, unscored, by=GRACE).by == "grace"


def test_who_read_anothers_level_cannot_rate_blind_any_more(parts, unscored) -> None:
    assert len(to_rate(parts.console, GRACE)) == 2
    give(parts, unscored)
    report_json(parts.console, unscored.id, GRACE)
    assert [one.question for one in to_rate(parts.console, GRACE)] == ["Late orders"]


def test_new_grading_starts_without_decisions_and_says_which_were_made_before(
    parts, unscored
) -> None:
    old = runs_of(parts, unscored)[0]
    judgement = give(parts, unscored)
    regrade(parts.console, unscored.id, ADA)
    for again in (False, True):
        while again and parts.queue.grades:
            grade_run(parts.console, parts.queue.grades.pop(0))
        judging = interview_page(parts.console, unscored.id, ADA).judging
        assert judging.counting == ()
        # Ada's own level of the earlier run is a level to be seen: she chose by giving it.
        assert judging.earlier == (("Top customers", judgement),)
    with pytest.raises(NewerRunError):
        give(parts, unscored, run_id=old)
    assert report_of(parts.console, unscored.id).interview.decisions == ()
    assert len(interview_page(parts.console, unscored.id, ADA).judging.due) == 2


def test_erased_candidate_takes_reasons_along(parts, unscored) -> None:
    give(parts, unscored)
    erase_candidate(parts.console, unscored.id, ADA)
    assert interview_page(parts.console, unscored.id, ADA).judging.dimensions == ()
    with pytest.raises(GoneError) as caught:
        give(parts, unscored)
    assert caught.value.code == "candidate.erased"
