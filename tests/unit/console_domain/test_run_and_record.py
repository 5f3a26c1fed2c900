from dataclasses import replace
from datetime import timedelta

import pytest
from viva_console.domain import room as rooms
from viva_console.domain.disclosure import disclosure
from viva_console.domain.errors import BadRequestError
from viva_console.domain.record import (
    CHAIN_START,
    SYSTEM,
    audit_entry,
    checked_verdict,
    first_broken_link,
    staff,
)
from viva_console.domain.room import RoomPhase, Server
from viva_console.domain.run import MAX_ATTEMPTS, Run, RunState
from viva_console.domain.submission import Collected, freeze, receipt
from viva_console.domain.words import Closer
from viva_console.domain.written import checked_comment, checked_reason

from tests.fakes.console_parts import START
from tests.fakes.console_store_suite import QUESTIONS, an_interview


def a_run(**changes: object) -> Run:
    run = Run("r", "s", "i", "ab", RunState.QUEUED, 0, START, START)
    return replace(run, **changes)


def test_run_never_goes_back() -> None:
    run = a_run(state=RunState.EVALUATED)
    assert run.reach(RunState.EXECUTED, START) == run
    assert run.reach(RunState.SCORED, START).state is RunState.SCORED


def test_claim_keeps_what_was_reached_and_counts() -> None:
    run = a_run(state=RunState.EXECUTED).claim(START)
    assert (run.state, run.attempts) == (RunState.EXECUTED, 1)


def test_run_that_kills_its_workers_fails_with_a_reason_and_no_score() -> None:
    run = a_run()
    for _ in range(MAX_ATTEMPTS):
        run = run.claim(START)
        assert not run.state.is_over
    assert run.last_attempt
    run = run.claim(START)
    assert run.state is RunState.FAILED
    assert "interrupted" in run.failure


def test_run_that_is_done_stays_done() -> None:
    done = a_run(state=RunState.DONE)
    assert done.claim(START) == done
    assert done.fail("late", START) == done


def chain() -> list:
    entries, previous = [], CHAIN_START
    for number in range(4):
        entry = audit_entry(
            previous,
            at=START + timedelta(seconds=number),
            actor=SYSTEM,
            action="noted",
            interview_id=None,
            data={"n": number},
        )
        entries.append(entry)
        previous = entry.sha256
    return entries


def test_chain_shows_the_first_entry_that_was_changed_or_taken_out() -> None:
    entries = chain()
    assert first_broken_link(entries) is None
    changed = [*entries[:2], replace(entries[2], data={"n": 99}), entries[3]]
    assert first_broken_link(changed) == 2
    assert first_broken_link([entries[0], *entries[2:]]) == 1


def test_decision_needs_a_known_verdict_words_and_a_name() -> None:
    assert checked_verdict("Hire") == "Hire"
    assert checked_reason("  solid reasoning throughout ") == "solid reasoning throughout"
    for wrong in (
        lambda: checked_verdict("hire"),
        lambda: checked_reason("too short"),
        lambda: checked_reason("x" * 2001),
        lambda: staff(" "),
    ):
        with pytest.raises(BadRequestError):
            wrong()


@pytest.mark.parametrize("unseen", ["\x00", "\u202e", "\u200b", "\ud800", "\x1b"])
def test_words_are_plain_text_that_can_be_seen(unseen: str) -> None:
    assert checked_comment(" one\r\ntwo\t<b>\U0001f469\u200d\U0001f4bb ") == (
        "one\ntwo\t<b>\U0001f469\u200d\U0001f4bb"
    )
    for check in (checked_comment, checked_reason):
        with pytest.raises(BadRequestError, match="cannot be seen"):
            check(f"long enough {unseen} to be kept")


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001])
def test_comment_has_words_and_an_end(text: str) -> None:
    with pytest.raises(BadRequestError):
        checked_comment(text)


def test_receipt_follows_the_questions_and_says_what_is_missing() -> None:
    late = freeze(Collected(QUESTIONS[1], b"two"), "s2", "i", START, Closer.CLOCK)
    gone = freeze(Collected(QUESTIONS[0], None, "not there"), "s1", "i", START, Closer.CLOCK)
    paper = receipt([late, gone])
    assert [line.path for line in paper.lines] == ["1_late_orders.ipynb", "2_top_customers.ipynb"]
    assert (paper.lines[0].sha256, paper.lines[0].problem) == (None, "not there")
    assert paper.lines[1].size_bytes == 3
    with pytest.raises(ValueError, match="at least one"):
        receipt([])


def test_disclosure_names_only_what_is_switched_on() -> None:
    off, on = disclosure(rubric_model=False), disclosure(rubric_model=True)
    assert "No AI" in off.ai[0]
    assert "language model" in on.ai[0]
    assert off.version != on.version
    assert off.version == disclosure(rubric_model=False).version


def test_progress_grows_and_never_claims_an_end() -> None:
    interview = an_interview()
    shown = [rooms.waiting(interview, Server.STARTING, t).progress for t in (0, 3, 10, 100, 9999)]
    assert shown == sorted(shown)
    assert shown[-1] <= 80
    assert rooms.placing(interview).progress == 90
    assert rooms.ready(interview).progress == 100


def test_room_speaks_of_its_state() -> None:
    interview = an_interview(start_attempts=2)
    assert "attempt 2 of 3" in rooms.waiting(interview, Server.STARTING, 1).words
    assert "previous room" in rooms.waiting(interview, Server.STOPPING, 1).words
    assert "your time has not begun" in rooms.waiting(an_interview(), Server.STARTING, 60).words
    assert rooms.failed(interview).phase is RoomPhase.FAILED
    assert rooms.ready(interview).path == "1_late_orders.ipynb"
