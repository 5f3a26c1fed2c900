import pytest
from viva_console.domain.errors import NotNowError, UnavailableError
from viva_console.domain.room import RoomPhase, Server
from viva_console.domain.words import State
from viva_console.flow.invite import consent, current_disclosure, invite_token, join_ticket
from viva_console.flow.prepare import Prepared, end_unentered, prepare_room
from viva_console.flow.record import meet
from viva_console.flow.review import erase_candidate
from viva_console.flow.solve import brief
from viva_console.flow.spawn import begin, room_state, start_room

from tests.fakes.console_interviews import REVIEWER, actions, again, handed_in, invited, opened
from tests.fakes.console_parts import Parts


def agree(parts: Parts, interview) -> None:
    token = invite_token(parts.console, interview)
    consent(parts.console, token, current_disclosure(parts.console).version)


def test_room_is_made_before_consent_and_holds_no_question(parts: Parts) -> None:
    parts.hub.ready_at_once = False
    interview = invited(parts)
    assert prepare_room(parts.console, interview.id) is Prepared.COMING
    room = parts.hub.rooms[interview.hub_user]
    room.server = Server.READY
    assert prepare_room(parts.console, interview.id) is Prepared.THERE
    assert room.files == {}
    assert parts.hub.starts == 1


def test_prepared_room_lets_nobody_in_and_leaves_no_record(parts: Parts) -> None:
    interview = invited(parts)
    before = actions(parts, interview)
    prepare_room(parts.console, interview.id)
    interview = again(parts, interview)
    assert (interview.state, interview.consent, interview.ends_at) == (State.INVITED, None, None)
    assert actions(parts, interview) == before
    for server in Server:
        parts.hub.rooms[interview.hub_user].server = server
        for refused in (room_state, start_room):
            with pytest.raises(NotNowError):
                refused(parts.console, interview.id)
    with pytest.raises(NotNowError):
        join_ticket(parts.console, interview)
    with pytest.raises(NotNowError):
        brief(parts.console, interview)


def test_prepared_room_knows_who_will_ask_and_only_until_it_is_entered(parts: Parts) -> None:
    interview = invited(parts)
    prepare_room(parts.console, interview.id)
    assert interview.id in parts.console.store.calls(1.0)
    looks = parts.hub.looks
    meet(parts.console, interview.id)
    assert parts.hub.looks == looks + 1
    agree(parts, interview)
    start_room(parts.console, interview.id)
    looks = parts.hub.looks
    meet(parts.console, interview.id)
    assert parts.hub.looks == looks


def test_clock_begins_at_start_and_not_when_the_room_was_made(parts: Parts) -> None:
    interview = invited(parts)
    prepare_room(parts.console, interview.id)
    parts.clock.forward(minutes=9)
    agree(parts, interview)
    assert start_room(parts.console, interview.id).phase is RoomPhase.READY
    assert again(parts, interview).started_at == parts.clock.now()
    assert parts.hub.starts == 1


def test_asking_again_starts_nothing_twice(parts: Parts) -> None:
    interview = invited(parts)
    for _ in range(5):
        prepare_room(parts.console, interview.id)
    assert parts.hub.starts == 1


def test_rooms_ahead_are_no_more_than_the_setting(parts: Parts) -> None:
    parts.console.settings.rooms_ahead = 2
    interviews = [invited(parts) for _ in range(4)]
    stand = [prepare_room(parts.console, each.id) for each in interviews]
    assert stand == [Prepared.THERE, Prepared.THERE, Prepared.NOT, Prepared.NOT]
    assert parts.hub.starts == 2
    agree(parts, interviews[0])
    start_room(parts.console, interviews[0].id)
    prepare_room(parts.console, interviews[2].id)
    assert parts.hub.starts == 3


@pytest.mark.parametrize("working", [opened, handed_in])
def test_nothing_is_prepared_for_who_has_begun(parts: Parts, working) -> None:
    interview = working(parts)
    parts.hub.rooms[interview.hub_user].server = Server.ABSENT
    assert prepare_room(parts.console, interview.id) is Prepared.NOT
    assert parts.hub.starts == 1


def test_nothing_is_prepared_where_it_is_switched_off_refused_or_too_late(parts: Parts) -> None:
    interview = invited(parts)
    assert prepare_room(parts.console, interview.id, lambda: False) is Prepared.NOT
    parts.console.settings.rooms_ahead = 0
    assert prepare_room(parts.console, interview.id) is Prepared.NOT
    parts.console.settings.rooms_ahead = 1
    parts.clock.forward(days=8)
    assert prepare_room(parts.console, interview.id) is Prepared.NOT
    assert parts.hub.starts == 0


def test_room_that_nobody_entered_ends_and_a_start_makes_it_anew(parts: Parts) -> None:
    interview, working = invited(parts), opened(parts)
    prepare_room(parts.console, interview.id)
    parts.clock.forward(minutes=14)
    assert end_unentered(parts.console) == []
    parts.clock.forward(minutes=2)
    assert end_unentered(parts.console) == [interview.id]
    assert parts.hub.rooms[interview.hub_user].server is Server.ABSENT
    assert parts.hub.rooms[working.hub_user].server is Server.READY
    agree(parts, interview)
    start_room(parts.console, interview.id)
    assert start_room(parts.console, interview.id).phase is RoomPhase.READY


def test_silent_hub_prepares_nothing_and_consent_works_all_the_same(parts: Parts) -> None:
    interview = invited(parts)
    parts.hub.silent = True
    with pytest.raises(UnavailableError):
        prepare_room(parts.console, interview.id)
    agree(parts, interview)
    assert start_room(parts.console, interview.id).phase is RoomPhase.WAITING


def test_erased_candidate_whose_room_was_made_ahead_loses_it(parts: Parts) -> None:
    interview = invited(parts)
    prepare_room(parts.console, interview.id)
    erase_candidate(parts.console, interview.id, REVIEWER)
    assert list(parts.queue.rooms) == [interview.id]


def test_who_practises_in_a_room_that_was_made_ahead_sees_no_question_and_keeps_it(
    parts: Parts,
) -> None:
    interview = invited(parts)
    prepare_room(parts.console, interview.id)
    parts.clock.forward(minutes=14)
    agree(parts, interview)
    room = start_room(parts.console, interview.id, practice=True)
    assert (room.phase, room.path) == (RoomPhase.READY, "practice.ipynb")
    assert list(parts.hub.rooms[interview.hub_user].files) == ["practice.ipynb"]
    assert join_ticket(parts.console, again(parts, interview))
    parts.clock.forward(minutes=2)
    assert end_unentered(parts.console) == []
    begin(parts.console, interview.id)
    assert again(parts, interview).started_at == parts.clock.now()
    assert parts.hub.starts == 1
