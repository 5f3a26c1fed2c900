import pytest
from viva_console.domain.errors import UnavailableError
from viva_console.domain.recording import Target, UpdateKind
from viva_console.domain.room import RoomPhase, Server
from viva_console.flow.enter import HEARD_WITHIN_S, LOOK_S
from viva_console.flow.record import keep, note_trouble, targets
from viva_console.flow.solve import brief
from viva_console.flow.spawn import room_state, start_room
from viva_console.pages.words import event_words

from tests.fakes.console_interviews import again, consented, opened
from tests.fakes.console_parts import Parts

FIRST, SECOND = "1_top_customers.ipynb", "2_late_orders.ipynb"
WORK = "ab" * 32


def record(parts: Parts, target: Target, content: bytes = b"recorded") -> None:
    keep(parts.console, target, [(UpdateKind.STATE, content)], WORK)


def record_all(parts: Parts, *contents: bytes) -> None:
    for target, content in zip(targets(parts.console), contents or (b"a", b"b"), strict=True):
        record(parts, target, content)


def last_entry(parts: Parts, interview_id: str):
    with parts.console.store.unit() as work:
        return work.record.of_interview(interview_id)[-1]


def lose(parts: Parts, interview, *paths: str) -> None:
    files = parts.hub.rooms[interview.hub_user].files
    for path in paths:
        del files[path]


def test_candidate_is_let_in_once_the_recorder_is_at_every_notebook(parts: Parts) -> None:
    seen = []

    def come_slowly() -> None:
        if parts.pauses.count in {3, 5}:
            assert again(parts, interview).started_at is None
            files = parts.hub.rooms[interview.hub_user].files
            assert set(files) == {FIRST, SECOND}
            seen.append(parts.console.store.calls(0))
            record(parts, targets(parts.console)[len(seen) - 1])

    parts.pauses.meanwhile = come_slowly
    interview = consented(parts)
    start_room(parts.console, interview.id)
    assert start_room(parts.console, interview.id).phase is RoomPhase.READY
    assert seen == [{interview.id}, frozenset()]
    assert parts.pauses.count == 5
    entry = last_entry(parts, interview.id)
    assert (entry.action, entry.data["unheard"]) == ("room.opened", [])


def test_recorder_that_does_not_come_is_not_waited_for_long_and_the_gap_is_written_down(
    parts: Parts,
) -> None:
    parts.pauses.meanwhile = lambda: record(parts, targets(parts.console)[1])
    interview = opened(parts)
    assert parts.pauses.count == round(HEARD_WITHIN_S / LOOK_S)
    entry = last_entry(parts, interview.id)
    assert entry.data["unheard"] == [FIRST]
    assert event_words(entry).endswith(f"; not recorded from the beginning: {FIRST}")


def test_recorder_in_trouble_is_not_there(parts: Parts) -> None:
    def fail() -> None:
        record_all(parts)
        note_trouble(parts.console, targets(parts.console)[0], "gone")

    parts.pauses.meanwhile = fail
    assert last_entry(parts, opened(parts).id).data["unheard"] == [FIRST]


def test_link_opened_again_waits_for_nobody_who_is_there(parts: Parts) -> None:
    parts.pauses.meanwhile = lambda: record_all(parts)
    interview = opened(parts)
    count = parts.pauses.count
    assert room_state(parts.console, interview.id).phase is RoomPhase.READY
    assert parts.pauses.count == count == 1


def test_lost_notebook_comes_back_as_recorded_and_the_rest_stays(parts: Parts) -> None:
    parts.pauses.meanwhile = lambda: record_all(parts)
    interview = opened(parts)
    record_all(parts, b"my work", b"my other work")
    lose(parts, interview, FIRST)
    room_state(parts.console, interview.id)
    files = parts.hub.rooms[interview.hub_user].files
    assert files[FIRST] == b"my work"
    assert files[SECOND] == b'{"release": "late_orders"}'
    entry = last_entry(parts, interview.id)
    assert entry.action == "room.reopened"
    assert (entry.data["placed"], entry.data["restored"]) == ([FIRST], [FIRST])
    assert "as last recorded: 1_top_customers.ipynb" in event_words(entry)


def test_candidate_is_told_for_a_while_what_came_back_and_what_did_not(parts: Parts) -> None:
    parts.pauses.meanwhile = lambda: record(parts, targets(parts.console)[0])
    interview = opened(parts)
    assert brief(parts.console, interview).put_back == ""
    lose(parts, interview, FIRST, SECOND)
    room_state(parts.console, interview.id)
    said = brief(parts.console, interview).put_back
    assert f"Back as last recorded, with outputs: {FIRST}." in said
    assert f"so it begins anew: {SECOND}." in said
    assert "tables of your own" in said
    parts.clock.forward(minutes=11)
    assert brief(parts.console, interview).put_back == ""


def test_recording_of_before_the_loss_is_no_sign_of_the_recorder(parts: Parts) -> None:
    parts.pauses.meanwhile = lambda: record_all(parts)
    interview = opened(parts)
    parts.pauses.meanwhile = lambda: None
    lose(parts, interview, FIRST)
    room_state(parts.console, interview.id)
    assert last_entry(parts, interview.id).data["unheard"] == [FIRST]


def test_lost_notebook_of_which_nothing_was_recorded_comes_back_as_released(parts: Parts) -> None:
    interview = opened(parts)
    lose(parts, interview, FIRST)
    room_state(parts.console, interview.id)
    assert parts.hub.rooms[interview.hub_user].files[FIRST] == b'{"release": "top_customers"}'
    assert last_entry(parts, interview.id).data["restored"] == []


def test_recording_that_cannot_be_read_gives_the_release(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.pauses.meanwhile = lambda: record_all(parts)
    interview = opened(parts)
    monkeypatch.setattr(parts.console.replay, "notebook", lambda updates: None)
    lose(parts, interview, FIRST)
    room_state(parts.console, interview.id)
    assert parts.hub.rooms[interview.hub_user].files[FIRST] == b'{"release": "top_customers"}'


def test_room_that_ends_while_notebooks_are_put_back_is_waited_for(parts: Parts) -> None:
    interview = opened(parts)
    lose(parts, interview, FIRST)

    def end(user: str, path: str, content: bytes) -> bool:
        parts.hub.rooms[user].server = Server.STARTING
        raise UnavailableError("gone")

    parts.hub.place_file = end
    assert room_state(parts.console, interview.id).phase is RoomPhase.WAITING
