"""Decides whether spare rooms are taken once, replaced, done without, and gone with their hub."""

import os
import signal
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres, pytest.mark.timeout(240)]

CGROUPS = Path("/sys/fs/cgroup")
CLAIMS = Path("/var/lib/viva/uids")


def waiting(hub) -> dict[str, int]:
    """Give the rooms that wait, and their servers' processes."""
    found = {}
    for root in (hub.home / "candidates").glob(".spare-*"):
        note = root / "processes.json"
        if note.exists():
            found[root.name] = int(note.read_text().split('"pid": ')[1].split(",")[0])
    return found


def until_waiting(hub, count: int = 2) -> dict[str, int]:
    hub.until(lambda: len(waiting(hub)) == count, 40, f"{count} rooms wait")
    return waiting(hub)


def running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def test_room_that_waits_becomes_one_candidates_and_another_takes_its_place(hub):
    before = until_waiting(hub)
    room = hub.room()
    room.start()
    (taken,) = set(before) - set(waiting(hub))
    assert room.processes()["server"]["pid"] == before[taken]
    assert room.kernel().run("6 * 7") == "42"
    sql = "import psycopg\nwith psycopg.connect('host=/pg user=candidate dbname=shop') as c:\n"
    assert room.kernel().run(sql + " print(c.execute('select 1').fetchone()[0])") == "1\n"
    after = until_waiting(hub)
    assert taken not in after
    assert len(set(after) - set(before)) == 1
    hub.remove(room)
    assert not running(before[taken])


def test_candidate_who_returns_finds_their_own_room(hub):
    room = hub.room()
    room.start()
    room.kernel().run("open('kept.txt', 'w').write('kept')")
    room.stop()
    before = until_waiting(hub)
    room.start()
    assert room.kernel().run("print(open('kept.txt').read())") == "kept\n"
    assert waiting(hub) == before
    hub.remove(room)


def test_room_that_ended_while_it_waited_is_done_without(hub):
    for pid in until_waiting(hub).values():
        os.kill(pid, signal.SIGKILL)
    room = hub.room()
    room.start()
    assert room.kernel().run("6 * 7") == "42"
    hub.remove(room)
    until_waiting(hub)


def test_first_kernel_has_started_and_is_one_askers_only(hub):
    room = hub.room()
    room.start()
    hub.until(lambda: room.request("GET", "/api/kernels").json(), 20, "a kernel runs unasked")
    (ahead,) = [model["id"] for model in room.request("GET", "/api/kernels").json()]
    first, second = room.kernel(), room.kernel()
    assert first.id == ahead
    assert second.id != ahead
    first.run("mine = 1")
    assert "NameError" in second.run("mine")
    hub.remove(room)


def test_rooms_that_wait_end_with_a_hub_that_is_killed(hub):
    before = until_waiting(hub)
    groups = [group for name in before for group in CGROUPS.glob(f"**/{name}-server")]
    hub.kill()
    deadline = time.monotonic() + 10
    while any(map(running, before.values())) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(running, before.values()))
    hub.start()
    assert not set(until_waiting(hub)) & set(before)
    assert bool(groups) == (hub.uid == 0)
    assert not [group for group in groups if group.exists()]
    owners = [str(claim.readlink()) for claim in CLAIMS.glob("[0-9]*")]
    assert not [owner for owner in owners if Path(owner).name in before]


def test_proxy_ends_with_a_hub_that_is_killed_and_another_takes_its_address(hub):
    assert hub.is_answered()
    hub.kill()
    hub.until(lambda: not hub.is_answered(), 5, "nobody is there")
    # Whose pid is noted is somebody else by now: this very process.
    (hub.home / "hub" / "proxy.pid").write_text(str(os.getpid()))
    hub.start()
    assert hub.is_answered()
