"""Decides, on a real engine, that a candidate's PostgreSQL is theirs alone and leads nowhere."""

import json
import subprocess
import sys
import time

import pytest

from tests.integration.room_attacks import (
    GREEDY,
    HOLDING,
    LOCKING,
    LOGIN,
    LOGINS,
    NOTIFY,
    OWN,
    QUERIES,
    QUERY,
    WHO_IS_HERE,
)
from tests.integration.room_kernel import together
from tests.integration.room_postgres import held
from tests.integration.two_databases import CONNECT, DAMAGE, FULL, SEEN, USE

pytestmark = [pytest.mark.docker, pytest.mark.postgres]

SEVEN = QUERY.format(query=LOCKING)


@pytest.fixture(scope="module")
def answers(rooms) -> dict[str, str]:
    """What a candidate's instance says to each query that leads out of it."""
    codes = {name: QUERY.format(query=query) for name, query in QUERIES.items()}
    return json.loads(rooms[0].inside(together(codes)))


@pytest.mark.parametrize("name", QUERIES)
def test_query_that_leads_out_is_refused_and_gains_for_an_owner(answers, unguarded, name):
    assert answers[name].startswith("refused")
    assert unguarded.ask(QUERIES[name]).startswith("gained"), "the control"


@pytest.mark.parametrize("name", LOGINS)
def test_login_that_is_not_the_candidates_is_refused_and_stock_settings_admit_it(
    rooms, unguarded, name
):
    user, database, host = LOGINS[name]
    address = f"host={host or '/pg'} user={user} dbname={database}"
    assert rooms[0].inside(LOGIN.format(address=address)).startswith("refused")
    assert rooms[0].inside(LOGIN.format(address=OWN)) == "gained"
    assert unguarded.admits(user, database, host)


def test_own_database_stays_and_can_be_dropped_where_there_is_another_to_stand_in(rooms, unguarded):
    answer = rooms[0].inside(QUERY.format(query="drop database shop"))
    assert "currently open" in answer
    assert unguarded.ask("create database mine owner candidate", database="postgres") == "gained"
    assert unguarded.ask("drop database mine", "candidate", "postgres") == "gained"


def test_catalogue_names_nobody_else(rooms, unguarded):
    said = rooms[0].inside(QUERY.format(query=WHO_IS_HERE))
    assert said == "gained ('{candidate,postgres}',)"
    assert unguarded.ask("create role neighbour login") == "gained"
    assert "neighbour" in unguarded.fetch(WHO_IS_HERE, "candidate"), "the control"


def test_own_password_and_settings_lock_nobody_out(rooms, unguarded):
    room, _ = rooms
    # The control: where a login is by password, whoever changes it has shut the others out.
    assert unguarded.ask("create role locked login password 'known'") == "gained"
    assert unguarded.ask("alter role locked password 'x'", "locked") == "gained"
    unguarded.ask("select 1")
    with unguarded.by_password():
        assert not unguarded.admits("locked password=known", "shop")
        assert unguarded.admits("locked password=x", "shop")
    for query in ("alter role candidate password 'x'", "alter role candidate set work_mem = '1GB'"):
        assert room.inside(QUERY.format(query=query)).startswith("gained")
    assert room.inside(LOGIN.format(address=OWN)) == "gained"


@pytest.mark.parametrize("name", GREEDY)
def test_greedy_query_ends_at_its_bound_and_the_instance_comes_back(rooms, unguarded, name):
    first, second = rooms
    assert first.inside(QUERY.format(query=GREEDY[name])).startswith("refused")
    assert second.inside(SEVEN) == "gained (7,)"
    end = time.monotonic() + 20
    while first.inside(SEVEN) != "gained (7,)":
        assert time.monotonic() < end
        time.sleep(0.3)
    assert unguarded.ask(GREEDY[name]) == "gained"


def test_notifications_that_nobody_reads_are_bounded(rooms, unguarded):
    assert rooms[0].inside(NOTIFY.format(address=OWN)).startswith("refused 54000")
    control = NOTIFY.format(address=unguarded.address("candidate", "shop"))
    done = subprocess.run([sys.executable, "-c", control], capture_output=True, text=True)
    assert done.stdout == "gained\n"


@pytest.mark.parametrize("name", HOLDING)
def test_instance_that_is_used_up_is_nobody_elses(rooms, unguarded, name):
    first, second = rooms
    words = ["docker", "exec", "-i", first.names.server, "/opt/viva/bin/python", "-c"]
    with held([*words, HOLDING[name].format(address=OWN)]):
        assert not first.inside(SEVEN).startswith("gained")
        assert second.inside(SEVEN) == "gained (7,)"
    assert first.inside(SEVEN) == "gained (7,)"
    shared = HOLDING[name].format(address=unguarded.address("candidate", "shop"))
    with held([sys.executable, "-c", shared]):
        assert not unguarded.ask(LOCKING, "candidate", "postgres").startswith("gained")


def test_practice_has_a_database_of_its_own_and_harms_nothing(room):
    assert room.open(begun=False).status_code in {201, 202}
    assert room.inside(SEEN) == "refused and refused"
    assert room.show("practice") == 204
    assert room.inside(SEEN) == "fruit and refused"
    filled = room.inside(CONNECT + DAMAGE)
    assert room.show("interview") == 204
    # Positive control: the same question, at the same address.
    assert room.inside(SEEN) == "orders and orders"
    assert room.inside(CONNECT + USE) == "100 0"
    assert filled in FULL
    names = room.names
    deadline = time.monotonic() + 20
    while names.practice_volume in room.on_engine()["volumes"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert room.on_engine()["containers"] == sorted([names.server, names.database])
    # There is no way back, and no second beginning that takes anything away.
    assert room.show("practice") == 503
    assert room.show("interview") == 204
    assert room.inside(SEEN) == "mine,orders and mine,orders"
