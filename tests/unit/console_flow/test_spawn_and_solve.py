import pytest
from viva_console.domain.errors import GoneError, NotAllowedError, NotNowError
from viva_console.domain.room import RoomPhase, Server
from viva_console.domain.words import State
from viva_console.flow.solve import brief
from viva_console.flow.spawn import (
    end_room,
    interview_of_session,
    room_state,
    session_token,
    start_room,
)
from viva_console.hub.port import Database

from tests.fakes.console_interviews import (
    actions,
    again,
    consented,
    handed_in,
    invited,
    opened,
    pass_time,
)
from tests.fakes.console_parts import Parts


def test_room_before_consent_is_refused(parts: Parts) -> None:
    with pytest.raises(NotNowError):
        start_room(parts.console, invited(parts).id)
    assert parts.hub.starts == 0


def test_clock_starts_when_the_room_is_ready_and_not_before(parts: Parts) -> None:
    parts.hub.ready_at_once = False
    interview = consented(parts)
    assert start_room(parts.console, interview.id).phase is RoomPhase.WAITING
    parts.clock.forward(minutes=3)
    assert room_state(parts.console, interview.id).phase is RoomPhase.WAITING
    assert again(parts, interview).ends_at is None
    parts.hub.rooms[interview.hub_user].server = Server.READY
    room = room_state(parts.console, interview.id)
    assert (room.phase, room.path) == (RoomPhase.READY, "1_top_customers.ipynb")
    interview = again(parts, interview)
    assert interview.started_at == parts.clock.now()
    assert parts.hub.starts == 1


def test_spawner_is_told_interview_fixture_and_token(parts: Parts) -> None:
    interview = opened(parts)
    options = parts.hub.rooms[interview.hub_user].options
    assert options is not None
    assert (options.interview, options.fixture) == (interview.id, "shop")
    assert options.console_path == "/services/console"
    assert interview_of_session(parts.console, options.session_token) == interview


def test_notebooks_are_placed_and_never_over_the_candidates_own(parts: Parts) -> None:
    interview = opened(parts)
    files = parts.hub.rooms[interview.hub_user].files
    assert files["2_late_orders.ipynb"] == b'{"release": "late_orders"}'
    files["1_top_customers.ipynb"] = b"my work"
    room_state(parts.console, interview.id)
    assert files["1_top_customers.ipynb"] == b"my work"
    assert actions(parts, interview).count("room.opened") == 1


def test_stopped_room_is_started_again_and_the_clock_runs_on(parts: Parts) -> None:
    interview = opened(parts)
    pass_time(parts, minutes=10)
    parts.hub.rooms[interview.hub_user].server = Server.ABSENT
    assert room_state(parts.console, interview.id).phase is RoomPhase.WAITING
    assert room_state(parts.console, interview.id).phase is RoomPhase.READY
    assert again(parts, interview).ends_at == interview.ends_at


def test_failing_spawner_is_tried_three_times_then_a_person_may_ask_again(parts: Parts) -> None:
    parts.hub.broken = True
    interview = consented(parts)
    phases = []
    for _ in range(5):
        phases.append(room_state(parts.console, interview.id).phase)
        parts.clock.forward(seconds=6)
    assert phases == [RoomPhase.WAITING] * 3 + [RoomPhase.FAILED] * 2
    assert parts.hub.starts == 3
    parts.hub.broken = False
    start_room(parts.console, interview.id, again=True)
    assert room_state(parts.console, interview.id).phase is RoomPhase.READY


def test_polling_while_the_hub_has_not_noticed_starts_nothing_twice(parts: Parts) -> None:
    parts.hub.broken = True
    interview = consented(parts)
    for _ in range(10):
        room_state(parts.console, interview.id)
        parts.clock.forward(seconds=0.2)
    assert parts.hub.starts == 1


def test_silent_hub_is_waited_for(parts: Parts) -> None:
    interview = consented(parts)
    parts.hub.silent = True
    assert room_state(parts.console, interview.id).phase is RoomPhase.WAITING
    parts.hub.silent = False
    room_state(parts.console, interview.id)
    assert room_state(parts.console, interview.id).phase is RoomPhase.READY


def test_session_token_is_for_one_interview_until_an_hour_after_the_end(parts: Parts) -> None:
    interview = opened(parts)
    token = session_token(parts.console, interview)
    assert interview_of_session(parts.console, token).id == interview.id
    for wrong in (token + "x", "", parts.console.signer.sign("viva.invite", interview.id)):
        with pytest.raises(NotAllowedError) as caught:
            interview_of_session(parts.console, wrong)
        assert caught.value.code == "session.invalid"
    pass_time(parts, minutes=40 + 60)
    with pytest.raises(GoneError):
        interview_of_session(parts.console, token)


def test_brief_shows_the_servers_clock_and_markdown(parts: Parts) -> None:
    interview = opened(parts)
    parts.clock.forward(minutes=1)
    page = brief(parts.console, interview)
    assert (page.state, page.now) == ("open", parts.clock.now())
    assert page.ends_at == interview.ends_at
    assert page.questions[0].brief == "Solve **top_customers**."
    assert page.questions[0].path == "1_top_customers.ipynb"


def test_brief_says_submitted_afterwards_and_refuses_before(parts: Parts) -> None:
    assert brief(parts.console, handed_in(parts)).state == "submitted"
    with pytest.raises(NotNowError) as caught:
        brief(parts.console, consented(parts))
    assert caught.value.code == "interview.not_open"


def test_ended_room_leaves_nothing_at_the_hub(parts: Parts) -> None:
    interview = handed_in(parts)
    assert end_room(parts.console, interview.id)
    assert interview.hub_user not in parts.hub.rooms
    assert again(parts, interview).room_ended_at == parts.clock.now()
    assert end_room(parts.console, interview.id)
    assert room_state(parts.console, interview.id).phase is RoomPhase.OVER
    assert actions(parts, interview).count("room.ended") == 1


def test_room_of_a_working_candidate_is_not_ended(parts: Parts) -> None:
    interview = opened(parts)
    with pytest.raises(NotNowError):
        end_room(parts.console, interview.id)
    assert parts.hub.rooms[interview.hub_user].server is Server.READY
    assert again(parts, interview).state is State.OPEN


def test_practice_starts_no_clock_shows_no_question_and_leaves_no_entry(parts: Parts) -> None:
    interview = consented(parts)
    start_room(parts.console, interview.id, practice=True)
    room = room_state(parts.console, interview.id, practice=True)
    assert (room.phase, room.path) == (RoomPhase.READY, "practice.ipynb")
    interview = again(parts, interview)
    assert (interview.state, interview.ends_at) == (State.STARTING, None)
    assert list(parts.hub.rooms[interview.hub_user].files) == ["practice.ipynb"]
    page = brief(parts.console, interview)
    assert (page.state, [one.slug for one in page.questions]) == ("practice", ["practice"])
    assert "Nothing of your practice is recorded" in page.disclosure.recorded[0]
    assert not {"room.opened", "room.reopened"} & set(actions(parts, interview))


def test_practice_has_its_own_database_and_the_interview_the_other(parts: Parts) -> None:
    interview = consented(parts)
    start_room(parts.console, interview.id, practice=True)
    room_state(parts.console, interview.id, practice=True)
    room = parts.hub.rooms[interview.hub_user]
    assert (room.database, room.options and room.options.begun) == (Database.PRACTICE, False)
    assert b"fruit" in room.files["practice.ipynb"]
    room_state(parts.console, interview.id)
    assert room.database is Database.INTERVIEW
    # A room that is lost and made again admits to the interview's from the start.
    room.server = Server.ABSENT
    pass_time(parts, minutes=1)
    room_state(parts.console, interview.id)
    assert room.options
    assert room.options.begun


def test_clock_waits_for_the_interviews_database(parts: Parts) -> None:
    interview = consented(parts)
    parts.hub.without = {Database.INTERVIEW}
    start_room(parts.console, interview.id)
    assert room_state(parts.console, interview.id).phase is RoomPhase.WAITING
    assert again(parts, interview).state is State.STARTING
    parts.hub.without = set()
    assert room_state(parts.console, interview.id).phase is RoomPhase.READY


def test_practice_goes_on_without_a_query_where_its_database_is_not_there(parts: Parts) -> None:
    parts.hub.without = {Database.PRACTICE}
    interview = consented(parts)
    start_room(parts.console, interview.id, practice=True)
    room = room_state(parts.console, interview.id, practice=True)
    assert (room.phase, room.path) == (RoomPhase.READY, "practice.ipynb")
    notebook = parts.hub.rooms[interview.hub_user].files["practice.ipynb"]
    assert b"Twice" in notebook
    assert b"fruit" not in notebook


def test_interview_has_all_its_time_after_practice(parts: Parts) -> None:
    interview = consented(parts)
    start_room(parts.console, interview.id, practice=True)
    pass_time(parts, minutes=4)
    assert room_state(parts.console, interview.id).path == "1_top_customers.ipynb"
    interview = again(parts, interview)
    assert interview.started_at == parts.clock.now()
    assert brief(parts.console, interview).state == "open"
    # Once the clock runs, wishing to practise changes nothing.
    room = room_state(parts.console, interview.id, practice=True)
    assert room.path == "1_top_customers.ipynb"
