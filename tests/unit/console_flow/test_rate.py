import json

import pytest
from viva_console.domain.errors import GoneError, NotNowError
from viva_console.domain.rating import WITHHELD, Level, MissingLevelsError
from viva_console.domain.record import staff
from viva_console.flow.calibrate import import_ratings, ratings_seen, stored_ratings
from viva_console.flow.grade import grade_run
from viva_console.flow.rate import begin_rating, decline_rating, rate, rate_sheet, to_rate
from viva_console.flow.report import report_html, report_json, stored_interview
from viva_console.flow.review import decide, erase_candidate, interview_page, regrade
from viva_grader.calibration.files import Read, from_csv, to_csv
from viva_grader.calibration.ratings import Kind

from tests.fakes.console_interviews import actions, graded, handed_in
from tests.fakes.console_parts import MODEL_WORDS, Parts
from tests.fakes.sample_ratings import a_rating

ADA, GRACE = staff("ada"), staff("grace")


@pytest.fixture
def rated_by_a_model(parts: Parts):
    parts.grader.level = 2
    return graded(parts, b"++++", b"+")


def submission_of(parts: Parts, interview) -> str:
    return stored_interview(parts.console, interview.id).answers[0].submission.id


def test_begun_rating_withholds_every_word_of_the_model(parts, rated_by_a_model) -> None:
    interview = rated_by_a_model
    for line in to_rate(parts.console, ADA):
        begin_rating(parts.console, line.submission_id, ADA)
    for content in (
        report_html(parts.console, interview.id, ADA),
        report_json(parts.console, interview.id, ADA).decode(),
    ):
        assert WITHHELD in content
        assert MODEL_WORDS not in content
        assert "37.5" not in content
        assert "68.7" not in content
        assert "m-1" not in content
    assert MODEL_WORDS in report_html(parts.console, interview.id, GRACE)


def test_only_the_submission_under_way_is_withheld(parts, rated_by_a_model) -> None:
    first = submission_of(parts, rated_by_a_model)
    begin_rating(parts.console, first, ADA)
    report = json.loads(report_json(parts.console, rated_by_a_model.id, ADA))
    assert [one["dimensions"][0]["level"] for one in report["questions"]] == [None, 2]
    assert report["final"] is None


@pytest.mark.parametrize("end", ["rate", "decline"])
def test_scores_are_shown_after_rating_or_declining(parts, rated_by_a_model, end) -> None:
    submission = submission_of(parts, rated_by_a_model)
    begin_rating(parts.console, submission, ADA)
    if end == "rate":
        rating = rate(parts.console, submission, {"clarity": "4"}, {"clarity": " neat "}, ADA)
        assert rating.levels == (Level("clarity", 4, "neat"),)
    else:
        decline_rating(parts.console, submission, ADA)
    assert MODEL_WORDS in report_html(parts.console, rated_by_a_model.id, ADA)
    assert actions(parts, rated_by_a_model)[-3:-1] == [
        "rating.begun",
        "rating.given" if end == "rate" else "rating.declined",
    ]
    for again in (begin_rating, decline_rating, rate_sheet):
        with pytest.raises(NotNowError):
            again(parts.console, submission, ADA)


def test_who_read_the_report_cannot_rate_blind_any_more(parts, rated_by_a_model) -> None:
    report_json(parts.console, rated_by_a_model.id, ADA)
    assert to_rate(parts.console, ADA) == []
    assert len(to_rate(parts.console, GRACE)) == 2
    with pytest.raises(NotNowError, match="not be blind"):
        begin_rating(parts.console, submission_of(parts, rated_by_a_model), ADA)


def test_report_without_a_models_scores_spoils_nothing(parts) -> None:
    interview = graded(parts, b"++++", b"+")
    report_json(parts.console, interview.id, ADA)
    begin_rating(parts.console, submission_of(parts, interview), ADA)


def test_interview_page_keeps_scores_from_who_may_still_rate(parts, rated_by_a_model) -> None:
    interview = rated_by_a_model
    decide(parts.console, interview.id, "Needs Improvement", "The reasoning was thin.", GRACE)
    page = interview_page(parts.console, interview.id, ADA)
    assert page.scores_hidden
    assert {(one.rubric_score, one.overall, one.verdict) for one in page.lines} == {(None,) * 3}
    assert page.row.overall is None
    assert [one.auto_score for one in page.lines] == [4.0, 1.0]
    report_json(parts.console, interview.id, ADA)
    page = interview_page(parts.console, interview.id, ADA)
    assert not page.scores_hidden
    assert page.lines[0].rubric_score == 37.5


def test_sheet_holds_the_source_and_neither_name_nor_score(parts, rated_by_a_model) -> None:
    submission = submission_of(parts, rated_by_a_model)
    with pytest.raises(NotNowError, match="no rating of yours"):
        rate_sheet(parts.console, submission, ADA)
    begin_rating(parts.console, submission, ADA)
    sheet = rate_sheet(parts.console, submission, ADA)
    assert [one["source"] for one in sheet.cells] == ["x = 1"]
    assert "Kestrel" not in repr(sheet)
    assert MODEL_WORDS not in repr(sheet)


@pytest.mark.parametrize("level", ["", "0", "6", "3.5", "nan", "\uff15"])
def test_rating_without_a_level_is_refused_and_nothing_is_kept(
    parts, rated_by_a_model, level
) -> None:
    submission = submission_of(parts, rated_by_a_model)
    begin_rating(parts.console, submission, ADA)
    with pytest.raises(MissingLevelsError) as refused:
        rate(parts.console, submission, {"clarity": level}, {}, ADA)
    assert list(refused.value.fields) == ["clarity"]
    assert not [one for one in stored_ratings(parts.console) if one.kind is Kind.HUMAN]


def test_not_shown_is_a_rating_without_a_number(parts, rated_by_a_model) -> None:
    submission = submission_of(parts, rated_by_a_model)
    begin_rating(parts.console, submission, ADA)
    rate(parts.console, submission, {"clarity": "not_shown"}, {}, ADA)
    (human,) = [one for one in stored_ratings(parts.console) if one.kind is Kind.HUMAN]
    assert (human.rater, human.score, human.dimension) == ("ada", None, "clarity")


def test_stored_ratings_hold_each_run_by_model_version_and_rubric(parts, rated_by_a_model) -> None:
    parts.grader.level = 5
    regrade(parts.console, rated_by_a_model.id, GRACE)
    while parts.queue.grades:
        grade_run(parts.console, parts.queue.grades.pop(0))
    ratings = stored_ratings(parts.console)
    assert sorted(one.score for one in ratings) == [2, 2, 5, 5]
    assert {(one.rater, one.rubric, one.level, one.role) for one in ratings} == {
        ("m-1", "sample/1@abababababab", "senior", "Data scientist")
    }
    assert {one.candidate for one in ratings} == {rated_by_a_model.candidate_id}


def test_without_a_model_there_is_no_rating_of_a_models(parts) -> None:
    graded(parts, b"++++", b"+")
    assert stored_ratings(parts.console) == []


def test_download_leaves_out_what_would_end_being_blind(parts, rated_by_a_model) -> None:
    assert ratings_seen(parts.console, ADA) == []
    submission = submission_of(parts, rated_by_a_model)
    begin_rating(parts.console, submission, ADA)
    assert ratings_seen(parts.console, ADA) == []
    rate(parts.console, submission, {"clarity": "4"}, {}, ADA)
    assert {one.submission for one in ratings_seen(parts.console, ADA)} == {submission}


def test_import_keeps_new_rows_once_and_refuses_other_values(parts, rated_by_a_model) -> None:
    stored = stored_ratings(parts.console)
    read = Read((a_rating(id="new"), stored[0]), ())
    assert import_ratings(parts.console, read, ADA) == (1, [])
    assert import_ratings(parts.console, read, ADA) == (0, [])
    new, (bad,) = import_ratings(parts.console, Read((a_rating(id="new", score=1),), ()), ADA)
    assert (new, bad.why) == (0, "the id 'new' is kept with other values")
    out = stored_ratings(parts.console)
    assert sorted(from_csv(to_csv(out)).ratings, key=lambda one: one.id) == out
    assert len(out) == len(stored) + 1


def test_erased_candidate_can_neither_be_rated_nor_counted(parts, rated_by_a_model) -> None:
    submission = submission_of(parts, rated_by_a_model)
    begin_rating(parts.console, submission, ADA)
    erase_candidate(parts.console, rated_by_a_model.id, GRACE)
    assert to_rate(parts.console, ADA) == []
    assert stored_ratings(parts.console) == []
    with pytest.raises(GoneError):
        rate(parts.console, submission, {"clarity": "3"}, {}, ADA)


def test_ungraded_submission_cannot_be_rated(parts) -> None:
    interview = handed_in(parts, b"++++", b"+")
    with parts.console.store.unit() as work:
        submission = work.submissions.of_interview(interview.id)[0].id
    assert to_rate(parts.console, ADA) == []
    with pytest.raises(NotNowError, match="not been graded"):
        begin_rating(parts.console, submission, ADA)
