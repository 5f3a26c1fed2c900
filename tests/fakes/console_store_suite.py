"""Decides what every store must do: the suite that the fake and PostgreSQL both pass."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from viva_console.domain.disclosure import Consent
from viva_console.domain.errors import GoneError, UnknownError
from viva_console.domain.interview import Interview
from viva_console.domain.lost_time import Credit, Fault, Loss, LostTime
from viva_console.domain.rating import HumanRating, Level, Step
from viva_console.domain.record import CHAIN_START, SYSTEM, Override, first_broken_link, staff
from viva_console.domain.recording import Document, Update, UpdateKind
from viva_console.domain.run import Pile, Run, RunState
from viva_console.domain.submission import Collected, Submission, freeze
from viva_console.domain.words import Closer, QuestionRef, State
from viva_console.store.port import Store

from tests.fakes.console_parts import START, FakeGrader, sample_question, sample_rubric
from tests.fakes.sample_ratings import a_rating

QUESTIONS = tuple(
    QuestionRef(number, question.slug, question.title, "python", 20, question.sha256, "shop")
    for number, question in enumerate(FakeGrader().questions(), start=1)
)


KNOWN = ("Ottilie Vanterpool", "o.v@x.example")


def an_interview(name: str = "one", **changes: object) -> Interview:
    interview = Interview(
        id=f"interview-{name}",
        candidate_id=f"candidate-{name}",
        alias=f"Kestrel {name}",
        role="Data scientist",
        questions=QUESTIONS,
        minutes=40,
        state=State.INVITED,
        hub_user=f"c-{name}",
        created_by="staff",
        created_at=START,
        invite_expires_at=START + timedelta(days=7),
    )
    return replace(interview, **changes)


def kept(store: Store, interview: Interview) -> Interview:
    with store.unit() as work:
        for slug in ("late_orders", "top_customers"):
            work.library.remember_question(sample_question(slug), START)
        work.interviews.add(interview)
        work.commit()
    return interview


def submitted(store: Store, interview: Interview, content: bytes | None = b"++") -> Submission:
    problem = "" if content is not None else "missing"
    collected = Collected(interview.questions[0], content, problem, START)
    one = freeze(collected, f"s-{interview.id}", interview.id, START, Closer.CANDIDATE)
    with store.unit() as work:
        work.submissions.add(one, content)
        work.commit()
    return one


def queued(store: Store, submission: Submission, name: str = "run") -> Run:
    run = Run(
        id=f"{name}-{submission.id}",
        submission_id=submission.id,
        interview_id=submission.interview_id,
        question_sha256=submission.question.sha256,
        state=RunState.QUEUED,
        attempts=0,
        created_at=START,
        updated_at=START,
    )
    with store.unit() as work:
        work.runs.add(run)
        work.commit()
    return run


def rated(store: Store, submission: Submission, rater: str = "ada") -> HumanRating:
    levels = (Level("clarity", 4, "reads well"), Level("rigour", None))
    rating = HumanRating(
        f"h-{rater}", submission.id, "sample/1", sample_rubric().sha256, rater, START, levels
    )
    with store.unit() as work:
        work.library.remember_rubric(sample_rubric(), START)
        work.ratings.add(rating)
        work.commit()
    return rating


class StoreSuite:
    """Subclass it with a fixture ``store``, empty for each test."""

    def test_interview_comes_back_as_it_was_kept(self, store: Store) -> None:
        interview = kept(store, an_interview(time_percent=125, lost=LostTime(limit_s=1500)))
        with store.unit() as work:
            assert work.interviews.get(interview.id) == interview
            assert work.interviews.all() == [interview]

    def test_every_changing_field_is_saved(self, store: Store) -> None:
        interview = kept(store, an_interview(lost=LostTime(limit_s=1500)))
        later = replace(
            interview,
            state=State.SUBMITTED,
            consent=Consent("v1", START),
            starting_at=START + timedelta(seconds=1),
            start_attempts=2,
            started_at=START + timedelta(seconds=2),
            ends_at=START + timedelta(minutes=40),
            submitted_at=START + timedelta(minutes=30),
            submitted_by=Closer.CANDIDATE,
            room_ended_at=START + timedelta(minutes=31),
            lost=replace(
                interview.lost,
                seen_at=START + timedelta(minutes=9),
                loss=Loss(START + timedelta(minutes=8), Fault.ROOM),
                credits=(
                    Credit(START, START + timedelta(seconds=61.5), 62, Fault.SERVICE),
                    Credit(START, START + timedelta(minutes=5), 0, Fault.ROOM),
                ),
            ),
        )
        with store.unit() as work:
            work.interviews.save(later)
            work.commit()
        with store.unit() as work:
            assert work.interviews.get(interview.id) == later
            assert work.interviews.in_states(State.SUBMITTED, State.OPEN) == [later]
            assert work.interviews.in_states(State.INVITED) == []

    def test_what_is_not_committed_never_happened(self, store: Store) -> None:
        with store.unit() as work:
            work.interviews.add(an_interview())
            work.record.write(START, SYSTEM, "never")
        with store.unit() as work:
            assert work.interviews.all() == []
            assert work.record.all() == []

    def test_unknown_ids_are_said_to_be_unknown(self, store: Store) -> None:
        with store.unit() as work:
            with pytest.raises(UnknownError):
                work.interviews.get("nobody")
            with pytest.raises(UnknownError):
                work.submissions.get("nothing")
            with pytest.raises(UnknownError):
                work.submissions.content("nothing")
            with pytest.raises(UnknownError):
                work.runs.get("nothing")
            with pytest.raises(UnknownError):
                work.library.question("00")
            with pytest.raises(UnknownError):
                work.library.rubric("00")

    def test_newest_interview_comes_first(self, store: Store) -> None:
        older = kept(store, an_interview("one"))
        newer = kept(store, an_interview("two", created_at=START + timedelta(hours=1)))
        with store.unit() as work:
            assert work.interviews.all() == [newer, older]
            assert work.interviews.in_states(State.INVITED) == [older, newer]

    def test_submission_and_its_bytes_come_back(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()), b"\x00\xff notebook")
        with store.unit() as work:
            assert work.submissions.get(one.id) == one
            assert work.submissions.of_interview(one.interview_id) == [one]
            assert work.submissions.content(one.id) == b"\x00\xff notebook"

    def test_missing_notebook_has_a_problem_and_no_bytes(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()), None)
        with store.unit() as work:
            assert work.submissions.get(one.id).problem == "missing"
            with pytest.raises(UnknownError):
                work.submissions.content(one.id)

    def test_results_come_back_and_the_first_of_each_stays(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()))
        run = queued(store, one)
        grader = FakeGrader()
        question = sample_question(one.question.slug)
        first, second = grader.grade(b"+++", question), grader.grade(b"+", question)
        evaluation = grader.evaluate(b"+++", question, first)
        final = grader.fuse(first, evaluation, sample_rubric())
        with store.unit() as work:
            assert work.runs.grade(run.id) is None
            assert work.runs.evaluation(run.id) is None
            assert work.runs.final(run.id) is None
            for grade in (first, second):
                work.runs.add_grade(run.id, grade, START)
            for reason in (evaluation.reason, "another"):
                work.runs.add_evaluation(run.id, replace(evaluation, reason=reason), START)
            for rule in (final.rule, "another"):
                work.runs.add_final(run.id, replace(final, rule=rule), START)
            work.commit()
        with store.unit() as work:
            stored = work.runs.grade(run.id)
            assert stored is not None
            assert stored.sha256 == first.sha256
            assert stored == first
            assert work.runs.evaluation(run.id) == evaluation
            assert work.runs.final(run.id) == final

    def test_latest_run_of_each_submission_is_the_one_that_counts(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()))
        queued(store, one, "old")
        new = queued(store, one, "new")
        with store.unit() as work:
            assert work.runs.latest_of_interview(one.interview_id) == [new]
            assert [
                line.run_id for line in work.runs.lines([one.interview_id])[one.interview_id]
            ] == [new.id]

    def test_unfinished_runs_are_those_that_are_not_over(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()))
        done = queued(store, one, "done")
        failed = queued(store, one, "failed")
        open_ = queued(store, one, "open")
        with store.unit() as work:
            work.runs.save(done.reach(RunState.DONE, START))
            work.runs.save(failed.fail("why", START))
            work.commit()
        with store.unit() as work:
            assert [run.id for run in work.runs.unfinished()] == [open_.id]
            assert work.runs.get(failed.id).failure == "why"

    def test_pile_counts_runs_by_how_far_they_have_come(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()))
        runs = [queued(store, one, name) for name in ("a", "b", "c", "d", "e")]
        with store.unit() as work:
            assert work.runs.pile() == Pile(waiting=5)
            work.runs.save(runs[1].claim(START))
            work.runs.save(runs[2].reach(RunState.EVALUATED, START))
            work.runs.save(runs[3].reach(RunState.DONE, START))
            work.runs.save(runs[4].fail("why", START))
            work.commit()
        with store.unit() as work:
            assert work.runs.pile() == Pile(waiting=1, running=2, done=1, failed=1)

    def test_lines_carry_the_scores_of_the_newest_run(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()))
        kept(store, an_interview("two"))
        run = queued(store, one)
        grade = FakeGrader().grade(b"+++", sample_question(one.question.slug))
        with store.unit() as work:
            work.runs.add_grade(run.id, grade, START)
            work.commit()
        with store.unit() as work:
            lines = work.runs.lines([one.interview_id, "interview-two"])
        assert list(lines) == [one.interview_id]
        assert lines[one.interview_id][0].auto_score == 3.0
        assert lines[one.interview_id][0].grade_sha256 == grade.sha256
        assert lines[one.interview_id][0].overall is None

    def test_audit_chain_holds_over_units(self, store: Store) -> None:
        interview = kept(store, an_interview())
        for number in range(3):
            with store.unit() as work:
                work.record.write(START, staff("reviewer"), "looked", interview.id, number=number)
                work.record.write(START, SYSTEM, "noted", None, text="ä", share=1.0)
                work.commit()
        with store.unit() as work:
            chain = work.record.all()
            mine = work.record.of_interview(interview.id)
        assert len(chain) == 6
        assert chain[0].prev_sha256 == CHAIN_START
        assert first_broken_link(chain) is None
        assert [entry.data["number"] for entry in mine] == [0, 1, 2]

    def test_overrides_come_back_in_order(self, store: Store) -> None:
        interview = kept(store, an_interview())
        overrides = [
            Override(
                f"o{n}",
                interview.id,
                "reviewer",
                START,
                None,
                "Hire",
                f"reason number {n}",
                decided,
            )
            for n, decided in ((2, None), (1, "Borderline"))
        ]
        with store.unit() as work:
            for override in overrides:
                work.record.add_override(override)
            work.commit()
        with store.unit() as work:
            assert work.record.overrides(interview.id) == overrides
            assert work.record.overrides("other") == []

    def test_erased_candidate_leaves_no_content(self, store: Store) -> None:
        interview = kept(store, an_interview(known=KNOWN))
        one = submitted(store, interview)
        with store.unit() as work:
            assert work.interviews.get(interview.id).known == KNOWN
            gone = replace(interview, state=State.EXPIRED, alias="", known=(), erased_at=START)
            work.interviews.save(gone)
            work.interviews.destroy_key(interview, START)
            work.commit()
        with store.unit() as work:
            assert work.interviews.get(interview.id).alias == ""
            assert not work.interviews.get(interview.id).known
            assert work.submissions.get(one.id).sha256 == one.sha256
            with pytest.raises(GoneError):
                work.submissions.content(one.id)

    def test_recording_comes_back_from_its_last_state_on(self, store: Store) -> None:
        interview = kept(store, an_interview(state=State.OPEN))
        first, second = UpdateKind.STATE, UpdateKind.CHANGE
        updates = [
            Update(seq, START + timedelta(seconds=seq), kind, b"\x00\xff%d" % seq)
            for seq, kind in enumerate([first, second, first, second, second], start=1)
        ]
        document = Document("1_late_orders.ipynb", 5, 15, START, "ab" * 32, "", START)
        with store.unit() as work:
            assert [one.path for one in work.recordings.targets(State.OPEN)] == [
                ref.path for ref in interview.questions
            ]
            with pytest.raises(UnknownError):
                work.recordings.document(interview.id, document.path)
            assert work.recordings.updates(interview.id, document.path) == []
            work.recordings.append(interview.id, document.path, updates)
            for seq in (4, 5):
                work.recordings.note(interview.id, replace(document, seq=seq))
            work.commit()
        with store.unit() as work:
            assert work.recordings.updates(interview.id, document.path) == updates[2:]
            assert work.recordings.document(interview.id, document.path) == document
            assert work.recordings.documents(interview.id) == [document]
            assert work.recordings.documents("other") == []

    def test_recorder_is_called_by_what_is_committed(self, store: Store) -> None:
        interview = kept(store, an_interview())
        assert store.calls(0.01) == frozenset()
        with store.unit() as work:
            work.recordings.call("never")
        with store.unit() as work:
            work.recordings.call(interview.id)
            work.commit()
        assert store.calls(10) == {interview.id}
        assert store.calls(0.01) == frozenset()

    def test_erased_candidate_leaves_no_recording(self, store: Store) -> None:
        interview = kept(store, an_interview())
        with store.unit() as work:
            update = Update(1, START, UpdateKind.STATE, b"typed")
            work.recordings.append(interview.id, "1_a.ipynb", [update])
            work.interviews.destroy_key(interview, START)
            work.commit()
        with store.unit() as work, pytest.raises(GoneError):
            work.recordings.updates(interview.id, "1_a.ipynb")

    def test_ratings_come_back_by_interview_with_their_notes(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()))
        other = submitted(store, kept(store, an_interview("two")))
        ratings = [rated(store, one), rated(store, one, "grace")]
        rated(store, other, "joan")
        with store.unit() as work:
            assert work.ratings.of_interview(one.interview_id) == ratings
            assert work.ratings.of_interview("interview-none") == []

    def test_second_rating_of_a_person_is_refused(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()))
        rating = rated(store, one)
        with store.unit() as work, pytest.raises((IntegrityError, AssertionError)):
            work.ratings.add(replace(rating, id="again"))

    def test_erased_candidate_leaves_no_notes(self, store: Store) -> None:
        interview = kept(store, an_interview())
        rated(store, submitted(store, interview))
        with store.unit() as work:
            work.interviews.destroy_key(interview, START)
            work.commit()
        with store.unit() as work, pytest.raises(GoneError):
            work.ratings.of_interview(interview.id)

    def test_steps_are_noted_once_for_each_person(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()))
        with store.unit() as work:
            for step in (Step.BEGUN, Step.BEGUN, Step.RATED):
                work.ratings.take_step(one.id, "ada", step, START)
            work.ratings.take_step(one.id, "grace", Step.BEGUN, START)
            work.commit()
        with store.unit() as work:
            assert work.ratings.standings("ada")[one.id].has_seen
            assert work.ratings.standings("grace")[one.id].is_pending
            assert work.ratings.standings("nobody") == {}

    def test_imported_ratings_are_kept_once_by_id(self, store: Store) -> None:
        first, second = a_rating(id="B", score=None), a_rating(id="a")
        with store.unit() as work:
            for one in (second, first, replace(second, score=1)):
                work.ratings.add_imported(one, "ada", START)
            work.commit()
        with store.unit() as work:
            assert work.ratings.imported() == [first, second]

    def test_all_runs_of_an_interview_are_given_oldest_first(self, store: Store) -> None:
        one = submitted(store, kept(store, an_interview()))
        runs = [queued(store, one, name) for name in ("z", "a")]
        queued(store, submitted(store, kept(store, an_interview("two"))))
        with store.unit() as work:
            assert work.runs.of_interview(one.interview_id) == runs

    def test_claim_is_held_by_one_unit_at_a_time(self, store: Store) -> None:
        with store.unit() as first:
            assert first.claim("room")
            assert first.claim("room")
            with store.unit() as second:
                assert not second.claim("room")
                assert second.claim("another")
        with store.unit() as third:
            assert third.claim("room")

    def test_library_is_mirrored_once_per_hash(self, store: Store) -> None:
        question = sample_question()
        with store.unit() as work:
            for _ in range(2):
                work.library.remember_question(question, START)
                work.library.remember_rubric(sample_rubric(), START)
            work.commit()
        with store.unit() as work:
            assert work.library.question(question.sha256)["title"] == question.title
            assert work.library.rubric(sample_rubric().sha256) == sample_rubric()
