from datetime import timedelta

import pytest
from viva_console.domain.recording import UpdateKind, work_of_file
from viva_console.flow.record import keep, targets
from viva_console.flow.submit import close_expired, submit

from tests.fakes.console_interviews import opened
from tests.fakes.console_parts import START

OLD = b'{"cells": [{"cell_type": "code", "source": "old"}]}'
SEEN = b'{"cells": [{"cell_type": "code", "source": "seen"}]}'


def recorded(parts):
    """A room whose first notebook was recorded, and lies on the disk in an older form."""
    interview = opened(parts)
    target = targets(parts.console)[0]
    keep(parts.console, target, [(UpdateKind.STATE, SEEN)], work_of_file(SEEN))
    parts.hub.rooms[interview.hub_user].files[target.path] = OLD
    return interview, target


def contents(parts, interview):
    with parts.console.store.unit() as work:
        submissions = work.submissions.of_interview(interview.id)
        return [work.submissions.content(one.id) if one.sha256 else None for one in submissions]


@pytest.mark.parametrize(
    ("saved_at", "content"), [(START - timedelta(seconds=1), SEEN), (START + timedelta(1), OLD)]
)
def test_newer_of_file_and_recording_is_handed_in(parts, saved_at, content):
    interview, _ = recorded(parts)
    parts.hub.saved_at = saved_at
    submit(parts.console, interview.id)
    assert contents(parts, interview)[0] == content


def test_file_with_the_recorded_work_is_handed_in_as_it_lies(parts):
    interview, target = recorded(parts)
    file = SEEN.replace(b'"source": "seen"', b'"source": ["seen"], "outputs": []')
    parts.hub.rooms[interview.hub_user].files[target.path] = file
    submit(parts.console, interview.id)
    assert contents(parts, interview)[0] == file


def test_notebook_that_left_its_place_is_handed_in_as_recorded(parts):
    interview, target = recorded(parts)
    del parts.hub.rooms[interview.hub_user].files[target.path]
    submit(parts.console, interview.id)
    assert contents(parts, interview)[0] == SEEN


def test_clock_hands_in_what_was_recorded_when_the_room_is_silent(parts):
    interview, _ = recorded(parts)
    parts.hub.silent = True
    parts.clock.forward(hours=3)
    assert close_expired(parts.console) == [interview.id]
    assert contents(parts, interview) == [SEEN, None]
