import pytest
from viva_console.domain.recording import AWAY, MAX_DOCUMENT_BYTES, NOT_YET, UpdateKind
from viva_console.flow.record import (
    RecordingFullError,
    keep,
    keeping_of,
    note_trouble,
    recorded_notebook,
    saved,
    targets,
)
from viva_console.flow.submit import submit

from tests.fakes.console_interviews import opened

STATE, CHANGE = UpdateKind.STATE, UpdateKind.CHANGE
PATH = "1_top_customers.ipynb"


def test_notebooks_are_recorded_while_the_room_is_in_use(parts):
    interview = opened(parts)
    assert [one.path for one in targets(parts.console)] == [ref.path for ref in interview.questions]
    assert keeping_of(parts.console).door(targets(parts.console)[0]).url.endswith(PATH)
    submit(parts.console, interview.id)
    assert targets(parts.console) == []


def test_saved_is_what_was_kept_last_and_why_nothing_more_is(parts):
    interview = opened(parts)
    target = targets(parts.console)[0]
    assert {one.problem for one in saved(parts.console, interview)} == {NOT_YET}
    keep(parts.console, target, [(STATE, b"a"), (CHANGE, b"b")], "ab" * 32)
    first = saved(parts.console, interview)[0]
    assert (first.work_sha256, first.at, first.problem) == ("ab" * 32, parts.clock.now(), "")
    parts.clock.forward(seconds=5)
    keep(parts.console, target, [], None)
    assert saved(parts.console, interview)[0] == first
    note_trouble(parts.console, target, "gone")
    troubled = saved(parts.console, interview)[0]
    assert (troubled.work_sha256, troubled.problem) == (first.work_sha256, "gone")
    parts.clock.forward(seconds=30)
    assert saved(parts.console, interview)[0].problem == AWAY


def test_updates_are_numbered_on_and_replayed(parts):
    interview = opened(parts)
    target = targets(parts.console)[0]
    assert recorded_notebook(parts.console, interview.id, PATH) is None
    for content in (b"one", b"two"):
        keep(parts.console, target, [(STATE, content), (CHANGE, content * 2)], "ab" * 32)
    assert [key[2] for key in parts.console.store.rows.updates] == [1, 2, 3, 4]
    assert recorded_notebook(parts.console, interview.id, PATH) == b"twotwo"


def test_recording_that_is_full_takes_nothing_more_and_keeps_what_it_has(parts):
    interview = opened(parts)
    target = targets(parts.console)[0]
    keep(parts.console, target, [(STATE, b"x" * MAX_DOCUMENT_BYTES)], "ab" * 32)
    with pytest.raises(RecordingFullError, match="64 MiB"):
        keep(parts.console, target, [(CHANGE, b"x")], "cd" * 32)
    assert saved(parts.console, interview)[0].work_sha256 == "ab" * 32
