import hashlib
from datetime import timedelta

import pytest
from viva_console.domain.errors import NotNowError, UnavailableError
from viva_console.domain.record import ActorKind
from viva_console.domain.room import Server
from viva_console.domain.submission import MAX_NOTEBOOK_BYTES
from viva_console.domain.words import Closer, State
from viva_console.flow.submit import close_expired, receipt_of, submit, submitted_notebook

from tests.fakes.console_interviews import (
    REVIEWER,
    actions,
    again,
    consented,
    handed_in,
    invited,
    opened,
    pass_time,
)
from tests.fakes.console_parts import Parts


def test_submission_freezes_hashes_and_queues(parts: Parts) -> None:
    interview = opened(parts)
    files = parts.hub.rooms[interview.hub_user].files
    files["1_top_customers.ipynb"] = b"my answer"
    paper = submit(parts.console, interview.id)
    assert paper.lines[0].sha256 == hashlib.sha256(b"my answer").hexdigest()
    assert paper.lines[0].size_bytes == 9
    files["1_top_customers.ipynb"] = b"changed later"
    with parts.console.store.unit() as work:
        first = work.submissions.of_interview(interview.id)[0]
        assert work.submissions.content(first.id) == b"my answer"
    assert len(parts.queue.grades) == 2
    assert parts.queue.rooms == {interview.id: 60}
    assert again(parts, interview).state is State.SUBMITTED


def test_second_submit_gives_the_same_receipt(parts: Parts) -> None:
    interview = opened(parts)
    paper = submit(parts.console, interview.id)
    parts.clock.forward(minutes=5)
    parts.hub.silent = True
    assert submit(parts.console, interview.id) == paper
    assert actions(parts, interview).count("interview.submitted") == 1


def test_missing_and_huge_notebooks_are_said_and_the_rest_is_kept(parts: Parts) -> None:
    interview = opened(parts)
    files = parts.hub.rooms[interview.hub_user].files
    del files["1_top_customers.ipynb"]
    paper = submit(parts.console, interview.id)
    assert paper.lines[0].sha256 is None
    assert "no such notebook" in paper.lines[0].problem
    assert paper.lines[1].sha256 is not None
    assert len(parts.queue.grades) == 1
    with parts.console.store.unit() as work:
        entry = work.record.of_interview(interview.id)[-1]
    assert list(entry.data["problems"]) == ["top_customers"]
    other = opened(parts)
    files = parts.hub.rooms[other.hub_user].files
    files["2_late_orders.ipynb"] = b" " * (MAX_NOTEBOOK_BYTES + 1)
    assert "20 MiB" in submit(parts.console, other.id).lines[1].problem


def test_silent_room_submits_nothing_and_may_be_tried_again(parts: Parts) -> None:
    interview = opened(parts)
    parts.hub.silent = True
    with pytest.raises(UnavailableError) as caught:
        submit(parts.console, interview.id)
    assert caught.value.code == "submit.room_silent"
    assert again(parts, interview).state is State.OPEN
    parts.hub.silent = False
    assert submit(parts.console, interview.id).lines[0].sha256


def test_nothing_is_submitted_before_the_clock_runs(parts: Parts) -> None:
    with pytest.raises(NotNowError):
        submit(parts.console, consented(parts).id)


def test_receipt_is_there_after_and_not_before(parts: Parts) -> None:
    with pytest.raises(NotNowError) as caught:
        receipt_of(parts.console, opened(parts))
    assert caught.value.code == "receipt.none"
    interview = handed_in(parts)
    page = receipt_of(parts.console, interview)
    assert page.receipt.submitted_at == interview.submitted_at
    assert (page.closed_by, page.room_ended) == (Closer.CANDIDATE, False)


def test_receipt_says_when_each_notebook_was_saved_unless_that_cannot_be(parts: Parts) -> None:
    saved = parts.clock.now()
    parts.hub.saved_at = saved
    interview = handed_in(parts)
    paper = receipt_of(parts.console, interview).receipt
    assert [line.saved_at for line in paper.lines] == [saved, saved]
    parts.hub.saved_at = parts.clock.now() + timedelta(seconds=1)
    paper = receipt_of(parts.console, handed_in(parts)).receipt
    assert [line.saved_at for line in paper.lines] == [None, None]


def test_clock_submits_after_deadline_and_grace(parts: Parts) -> None:
    interview = opened(parts)
    pass_time(parts, minutes=40, seconds=19)
    assert close_expired(parts.console) == []
    parts.clock.forward(seconds=1)
    assert close_expired(parts.console) == [interview.id]
    interview = again(parts, interview)
    assert (interview.state, interview.submitted_by) == (State.SUBMITTED, Closer.CLOCK)
    with parts.console.store.unit() as work:
        last = work.record.of_interview(interview.id)[-1]
    assert last.actor.kind is ActorKind.SYSTEM
    assert close_expired(parts.console) == []


def test_stopped_room_is_woken_to_hand_out_its_files(parts: Parts) -> None:
    interview = opened(parts)
    parts.hub.rooms[interview.hub_user].files["1_top_customers.ipynb"] = b"saved"
    pass_time(parts, minutes=41)
    parts.hub.rooms[interview.hub_user].server = Server.ABSENT
    assert close_expired(parts.console) == []
    assert close_expired(parts.console) == [interview.id]
    with parts.console.store.unit() as work:
        first = work.submissions.of_interview(interview.id)[0]
        assert work.submissions.content(first.id) == b"saved"


def test_room_that_stays_silent_is_recorded_as_such(parts: Parts) -> None:
    interview = opened(parts)
    pass_time(parts, minutes=41)
    parts.hub.silent = True
    assert close_expired(parts.console) == []
    parts.clock.forward(minutes=6)
    assert close_expired(parts.console) == [interview.id]
    page = receipt_of(parts.console, again(parts, interview))
    assert {line.problem for line in page.receipt.lines} == {
        "The room did not answer after the deadline."
    }
    assert parts.queue.grades == []


def test_one_silent_room_does_not_keep_the_others_open(parts: Parts) -> None:
    silent, fine = opened(parts), opened(parts)
    pass_time(parts, minutes=41)
    parts.hub.rooms[silent.hub_user].server = Server.STARTING
    assert close_expired(parts.console) == [fine.id]


def test_one_broken_interview_does_not_keep_the_others_open(parts: Parts) -> None:
    broken, fine = opened(parts), opened(parts)
    pass_time(parts, minutes=41)
    del parts.hub.rooms[broken.hub_user].files
    assert close_expired(parts.console) == [fine.id]
    assert again(parts, broken).state is State.OPEN


def test_what_never_began_expires_and_its_room_goes(parts: Parts) -> None:
    unused = invited(parts)
    parts.hub.ready_at_once = False
    begun = consented(parts)
    parts.clock.forward(days=7)
    assert set(close_expired(parts.console)) == {unused.id, begun.id}
    assert again(parts, unused).state is State.EXPIRED
    # The first one's as well: it may have been made ahead, while the invite was read.
    assert set(parts.queue.rooms) == {unused.id, begun.id}


def test_lost_end_of_a_room_is_asked_for_again(parts: Parts) -> None:
    interview = handed_in(parts)
    parts.queue.rooms.clear()
    parts.clock.forward(seconds=100)
    close_expired(parts.console)
    assert parts.queue.rooms == {}
    parts.clock.forward(seconds=100)
    close_expired(parts.console)
    assert list(parts.queue.rooms) == [interview.id]


def test_reading_a_submission_is_recorded_with_its_reader(parts: Parts) -> None:
    interview = handed_in(parts, b"my work")
    with parts.console.store.unit() as work:
        first = work.submissions.of_interview(interview.id)[0]
    assert submitted_notebook(parts.console, first.id, REVIEWER) == b"my work"
    with parts.console.store.unit() as work:
        entry = work.record.of_interview(interview.id)[-1]
    assert (entry.action, entry.actor) == ("submission.read", REVIEWER)
