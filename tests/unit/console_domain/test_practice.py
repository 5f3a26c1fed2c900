"""Practice: when there is any, for how long, and that its notebook belongs to no question."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from viva_console.domain.interview import Interview
from viva_console.domain.practice import may_practise, practice_ends_at, practice_notebook
from viva_console.domain.words import State

NOW = datetime(2026, 11, 20, 14, tzinfo=UTC)


@pytest.fixture
def starting() -> Interview:
    return Interview(
        id="i", candidate_id="c", alias="", role="", questions=(), minutes=40,
        state=State.STARTING, hub_user="u", created_by="s", created_at=NOW,
        invite_expires_at=NOW + timedelta(days=1), starting_at=NOW,
    )  # fmt: skip


def test_practice_is_five_minutes_from_a_room_that_is_ready(starting):
    assert practice_ends_at(starting) == NOW + timedelta(minutes=5, seconds=30)
    assert may_practise(starting, NOW + timedelta(minutes=5))
    assert not may_practise(starting, NOW + timedelta(minutes=6))


@pytest.mark.parametrize("state", [State.OPEN, State.SUBMITTED, State.EXPIRED, State.INVITED])
def test_there_is_no_practice_before_consent_and_none_once_the_clock_runs(starting, state):
    other = replace(starting, state=state)
    assert practice_ends_at(other) is None
    assert not may_practise(other, NOW)


def test_practice_may_be_chosen_before_the_room_is_asked_for(starting):
    consented = replace(starting, state=State.CONSENTED, starting_at=None)
    assert may_practise(consented, NOW)
    assert practice_ends_at(consented) is None


def test_practice_has_a_query_of_its_own_table_where_there_is_a_database():
    cells = json.loads(practice_notebook(has_database=True))["cells"]
    query = next(cell for cell in cells if cell["source"].startswith("%%sql"))
    assert "FROM fruit" in query["source"]
    assert query["metadata"]["nbgrader"] == {
        "grade_id": "fruit", "schema_version": 3, "task": False,
        "grade": False, "solution": True, "locked": False,
    }  # fmt: skip
    assert [cell["source"][:4] for cell in cells if "\n\n" in cell["source"]][-1] == "## 3"
    assert not [c for c in json.loads(practice_notebook())["cells"] if "sql" in c["source"].lower()]


def test_practice_notebook_has_an_answer_a_visible_test_and_words():
    cells = json.loads(practice_notebook())["cells"]
    marks = {cell["id"]: cell["metadata"]["nbgrader"] for cell in cells}
    assert not marks["double"]["locked"]
    assert marks["test_double"]["grade"]
    assert marks["test_double"]["locked"]
    assert marks["words"]["solution"]
