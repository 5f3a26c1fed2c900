"""Lost time: what a worker sees of rooms, and what becomes of it."""

import pytest
from viva_console.domain.lost_time import Fault
from viva_console.domain.room import RoomPhase, Server
from viva_console.flow.credit import save_seen
from viva_console.flow.spawn import room_state, start_room
from viva_console.flow.submit import close_expired, receipt_of, submit
from viva_console.flow.watch import watch_rooms

from tests.fakes.console_interviews import actions, again, consented, opened, pass_time
from tests.fakes.console_parts import Parts


def credits_of(parts: Parts, interview) -> list[tuple[int, Fault]]:
    return [(one.seconds, one.fault) for one in again(parts, interview).lost.credits]


def test_room_that_died_is_started_again_by_itself_and_its_time_is_given_back(
    parts: Parts,
) -> None:
    interview = opened(parts)
    pass_time(parts, minutes=10)
    parts.hub.ready_at_once = False
    room = parts.hub.rooms[interview.hub_user]
    room.server = Server.ABSENT
    pass_time(parts, seconds=5)
    assert (room.server, parts.hub.starts) == (Server.STARTING, 2)
    pass_time(parts, seconds=85)
    room.server = Server.READY
    pass_time(parts, seconds=5)
    assert credits_of(parts, interview) == [(95, Fault.ROOM)]
    ended = again(parts, interview)
    assert (ended.ends_at - interview.ends_at).total_seconds() == 95
    with parts.console.store.unit() as work:
        entry = work.record.of_interview(interview.id)[-1]
    assert (entry.action, entry.data) == (
        "time.credited",
        {
            "reason": "room",
            "since": "2026-11-20T09:10:00+00:00",
            "until": "2026-11-20T09:11:35+00:00",
            "seconds": 95,
        },
    )


def test_candidate_who_comes_back_by_the_link_ends_the_loss_at_once(parts: Parts) -> None:
    interview = opened(parts)
    pass_time(parts, minutes=10)
    parts.hub.rooms[interview.hub_user].server = Server.ABSENT
    parts.clock.forward(seconds=20)
    assert start_room(parts.console, interview.id).clock_runs
    parts.clock.forward(seconds=10)
    assert room_state(parts.console, interview.id).phase is RoomPhase.READY
    assert credits_of(parts, interview) == [(30, Fault.ROOM)]
    assert actions(parts, interview).count("time.credited") == 1


@pytest.mark.parametrize("away", ["silent", "console_away"])
def test_hub_or_console_that_was_away_is_given_back(parts: Parts, away: str) -> None:
    first, second = opened(parts), opened(parts)
    pass_time(parts, minutes=10)
    setattr(parts.hub, away, True)
    pass_time(parts, minutes=4)
    assert again(parts, first).paused_by(parts.clock.now()) is Fault.SERVICE
    setattr(parts.hub, away, False)
    pass_time(parts, seconds=5)
    for interview in (first, second):
        assert credits_of(parts, interview) == [(245, Fault.SERVICE)]


def test_silent_hub_is_asked_once_and_not_for_each_room(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        opened(parts)
    parts.hub.silent = True
    asked: list[str] = []
    server = parts.hub.server

    def ask(user: str) -> Server:
        asked.append(user)
        return server(user)

    monkeypatch.setattr(parts.hub, "server", ask)
    watch_rooms(parts.console)
    assert len(asked) == 1


def test_time_in_which_no_worker_lived_is_given_back_before_anything_is_closed(
    parts: Parts,
) -> None:
    interview = opened(parts)
    pass_time(parts, minutes=35)
    parts.clock.forward(minutes=10)
    assert close_expired(parts.console) == []
    watch_rooms(parts.console)
    assert credits_of(parts, interview) == [(600, Fault.SERVICE)]
    pass_time(parts, minutes=5, seconds=19)
    assert close_expired(parts.console) == []
    pass_time(parts, seconds=1)
    assert close_expired(parts.console) == [interview.id]


def test_room_that_dies_just_before_the_end_gives_its_time_back_before_it_is_closed(
    parts: Parts,
) -> None:
    interview = opened(parts)
    pass_time(parts, minutes=39)
    parts.hub.ready_at_once = False
    parts.hub.rooms[interview.hub_user].server = Server.ABSENT
    for _ in range(6):
        pass_time(parts, seconds=30)
        assert close_expired(parts.console) == []
    parts.hub.rooms[interview.hub_user].server = Server.READY
    pass_time(parts, seconds=30)
    assert close_expired(parts.console) == []
    pass_time(parts, seconds=79)
    assert close_expired(parts.console) == []
    pass_time(parts, seconds=1)
    assert close_expired(parts.console) == [interview.id]


def test_candidate_who_ends_the_own_server_again_and_again_gains_half_the_minutes_at_most(
    parts: Parts,
) -> None:
    interview = opened(parts)
    parts.hub.ready_at_once = False
    room = parts.hub.rooms[interview.hub_user]
    for _ in range(60):
        room.server = Server.ABSENT
        pass_time(parts, seconds=60)
        room.server = Server.READY
        pass_time(parts, seconds=30)
        close_expired(parts.console)
    closed = again(parts, interview)
    assert closed.lost.credited_s == 20 * 60
    assert (closed.ends_at - closed.started_at).total_seconds() == 60 * 60
    assert closed.submitted_at is not None


def test_room_that_never_comes_back_is_closed_once_the_limit_is_reached(parts: Parts) -> None:
    interview = opened(parts)
    pass_time(parts, minutes=30)
    parts.hub.broken = True
    parts.hub.rooms[interview.hub_user].server = Server.ABSENT
    pass_time(parts, minutes=29)
    assert close_expired(parts.console) == []
    pass_time(parts, minutes=7)
    assert close_expired(parts.console) == [interview.id]
    page = receipt_of(parts.console, again(parts, interview))
    assert {line.sha256 for line in page.receipt.lines} == {None}
    assert credits_of(parts, interview) == [(1200, Fault.ROOM)]


def test_room_is_not_started_again_once_time_is_up_for_good(parts: Parts) -> None:
    interview = opened(parts)
    pass_time(parts, minutes=41)
    parts.hub.rooms[interview.hub_user].server = Server.ABSENT
    pass_time(parts, seconds=5)
    assert parts.hub.starts == 1
    assert credits_of(parts, interview) == []


def test_interview_that_is_handed_in_or_not_open_is_not_watched(parts: Parts) -> None:
    waiting, done = consented(parts), opened(parts)
    submit(parts.console, done.id)
    before = actions(parts, done)
    parts.hub.rooms[done.hub_user].server = Server.ABSENT
    pass_time(parts, minutes=3)
    assert actions(parts, done) == before
    assert again(parts, waiting).lost.seen_at is None
    assert parts.hub.starts == 1


def test_one_interview_that_cannot_be_noted_does_not_cost_the_others_their_time(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = opened(parts), opened(parts)

    def note(work, interview, now):
        if interview.id == broken.id:
            raise RuntimeError
        return save_seen(work, interview, now)

    monkeypatch.setattr("viva_console.flow.watch.save_seen", note)
    pass_time(parts, minutes=5)
    assert again(parts, fine).lost.seen_at == parts.clock.now()
    assert again(parts, broken).lost.seen_at == broken.started_at


def test_crediting_that_is_switched_off_moves_no_deadline(parts: Parts) -> None:
    parts.console.settings.credit_percent = 0
    interview = opened(parts)
    parts.clock.forward(minutes=40, seconds=20)
    assert close_expired(parts.console) == [interview.id]
    assert credits_of(parts, interview) == []


def test_limit_is_a_share_of_the_candidates_own_minutes(parts: Parts) -> None:
    assert opened(parts, multiplier=2.0).lost.limit_s == 40 * 60
