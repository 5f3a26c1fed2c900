"""Decides whether an embedded room keeps what it must, loses what it must, and leaves nothing."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.integration.two_databases import CONNECT, DAMAGE, FULL, SEEN, USE

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres, pytest.mark.timeout(240)]

KEEP = """
import psycopg
open('kept.txt', 'w').write('kept')
with psycopg.connect('host=/pg user=candidate dbname=shop') as c:
    c.execute('create table kept (n int)'); c.execute('insert into kept values (7)')
"""
LOOK = """
import psycopg
with psycopg.connect('host=/pg user=candidate dbname=shop') as c:
    print(open('kept.txt').read(), c.execute('select n from kept').fetchone()[0])
"""
CLAIMS = Path("/var/lib/viva/uids")


@pytest.fixture(scope="module")
def hub(mortal_hub):
    return mortal_hub


def running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def left_of(pids: list[int]) -> list[int]:
    """Return what still runs; what was killed may need a moment to be taken apart by the kernel."""
    until_s = time.monotonic() + 2
    while (left := [pid for pid in pids if running(pid)]) and time.monotonic() < until_s:
        time.sleep(0.02)
    return left


def pids_of(room) -> list[int]:
    """Return every process of the room: of its uids, with its mark, and all their children."""
    noted = {room.processes()[part]["pid"] for part in ("server", "database")}
    owners = room.owners() - {room.hub.uid}
    found, parents = [], {}
    for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):  # noqa: PTH208
        try:
            marked = room.name.encode() in Path(f"/proc/{pid}/environ").read_bytes()
            if marked or pid in noted or Path(f"/proc/{pid}").stat().st_uid in owners:
                found.append(pid)
            parents[pid] = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    for _ in range(8):
        found += [pid for pid, parent in parents.items() if parent in found and pid not in found]
    return found


def files_of(uids: set[int]) -> list[str]:
    """Return what these uids own where a room could have left something."""
    words = ["find", "/tmp", "/dev/shm", "/var/tmp", "/run", "-xdev", "("]  # noqa: S108 -- looked at
    for uid in uids:
        words += ["-uid", str(uid), "-o"]
    words[-1] = ")"
    found = subprocess.run(words, capture_output=True, text=True, check=False).stdout.split()
    # A uid that is free again may be the next spare room's by now.
    return [name for name in found if "/.spare-" not in name]


def test_stop_and_start_keep_files_and_database(hub):
    room = hub.room()
    room.start()
    room.kernel().run(KEEP)
    room.stop()
    assert not (room.folder / "processes.json").exists()
    room.start()
    assert room.kernel().run(LOOK) == "kept 7\n"
    hub.remove(room)


def test_stop_ends_every_process_at_once(hub):
    room = hub.room()
    room.start()
    room.kernel().run(
        "import subprocess, signal\n"
        "subprocess.Popen(['setsid', '-f', 'sh', '-c', 'trap \"\" TERM INT HUP; sleep 300'])"
    )
    before = pids_of(room)
    assert len(before) >= 6
    room.stop()
    assert left_of(before) == []
    hub.remove(room)


def test_deletion_leaves_no_process_file_group_or_account(hub):
    room = hub.room()
    room.start()
    room.kernel().run(
        "import os\nfor _ in range(600):\n    os.mkdir('d'); os.chdir('d')\n"
        "os.chdir('/home/candidate'); os.mkdir('shut'); open('shut/f', 'w'); os.chmod('shut', 0)"
    )
    owners, before = room.owners(), pids_of(room)
    groups = list(Path("/sys/fs/cgroup").glob(f"**/{room.name}-*"))
    assert bool(groups) == (hub.uid == 0)
    assert not hub.uid or owners == {hub.uid}
    hub.remove(room)
    assert left_of(before) == []
    assert not room.folder.exists()
    assert [group for group in groups if group.exists()] == []
    if hub.uid == 0:
        assert files_of(owners) == []
        assert all(room.name not in str(claim.readlink()) for claim in CLAIMS.glob("[0-9]*"))


def test_two_rooms_at_once_know_nothing_of_each_other(hub):
    first, second = hub.room(), hub.room()
    first.start()
    second.start()
    first.kernel().run(KEEP)
    other = second.kernel()
    assert "FileNotFoundError" in other.run(LOOK)
    assert first.name not in other.run(
        "import os; print(os.popen('cat /proc/*/cmdline /proc/mounts; ls -R /home /run').read())"
    )
    assert (hub.uid != 0) or not first.owners() & second.owners()
    hub.remove(first)
    assert other.run("print('still here')") == "still here\n"
    hub.remove(second)


def test_room_outlives_a_hub_that_is_killed(hub):
    room = hub.room()
    room.start()
    kernel = room.kernel()
    kernel.run("kept = 'in memory'")
    before = room.processes()
    hub.kill()
    hub.start()
    assert room.server()["ready"]
    assert kernel.run("print(kept)") == "in memory\n"
    assert room.processes() == before
    pids = pids_of(room)
    room.stop()
    assert left_of(pids) == []
    hub.remove(room)


def test_room_whose_server_died_without_a_hub_is_swept_by_the_next(hub):
    room = hub.room()
    room.start()
    pids = pids_of(room)
    hub.kill()
    os.kill(room.processes()["server"]["pid"], signal.SIGKILL)
    assert running(room.processes()["database"]["pid"])
    hub.start()
    hub.until(lambda: not room.server(), 10, "the hub knows that the server is gone")
    assert left_of(pids) == []
    room.start()
    hub.remove(room)


def test_room_that_no_hub_knows_is_ended_before_another_begins(hub):
    lost = hub.room()
    lost.start()
    pids = pids_of(lost)
    hub.kill()
    (hub.home / "hub" / "hub.sqlite").unlink()
    hub.start()
    assert all(running(pid) for pid in pids)
    room = hub.room()
    room.start()
    assert left_of(pids) == []
    assert lost.folder.exists()
    assert hub.api("POST", f"/users/{lost.name}").status_code == 201
    hub.remove(lost)
    hub.remove(room)


def test_server_that_ends_takes_its_database_along(hub):
    room = hub.room()
    room.start()
    pids = pids_of(room)
    os.kill(room.processes()["server"]["pid"], signal.SIGKILL)
    hub.until(lambda: not room.server(), 15, "the hub has noticed")
    hub.until(lambda: not [pid for pid in pids if running(pid)], 5, "nothing is left")
    hub.remove(room)


def test_database_that_is_killed_comes_back(hub):
    room = hub.room()
    room.start()
    kernel = room.kernel()
    kernel.run(KEEP)
    first = room.processes()["database"]["pid"]
    os.kill(first, signal.SIGKILL)
    hub.until(lambda: room.processes()["database"]["pid"] != first, 15, "another runs")
    assert kernel.run(LOOK) == "kept 7\n"
    hub.remove(room)


def test_room_without_a_database_has_none(hub):
    room = hub.room()
    room.start(fixture=None)
    assert (
        room.kernel().run("import os; print('DATABASE_URL' in os.environ, os.path.exists('/pg'))")
        == "False False\n"
    )
    hub.remove(room)


@pytest.mark.parametrize("fixture", ["absent", "../shop", "/etc", ".", 7])
def test_room_with_an_unknown_database_is_refused_and_leaves_nothing(hub, fixture):
    room = hub.room()
    answer = hub.api("POST", f"/users/{room.name}/server", json={"fixture": fixture})
    assert answer.status_code == 503
    assert "workspace could not be started" in answer.json()["message"]
    assert "Traceback" not in answer.text
    assert not room.server()
    assert not (room.folder / "processes.json").exists()
    log = (hub.home / "hub.log").read_text()
    assert f"no database is prepared for {fixture!r}" in log
    hub.remove(room)


def test_server_that_cannot_start_is_reported_with_its_reason(hub):
    """As when the environment is not there: the walls cannot be made, and bubblewrap says why."""
    room = hub.room()
    # Whoever returns gets no room that waited: those stand already.
    room.start()
    room.stop()
    link = hub.home / "env"
    target = link.readlink()
    link.unlink()
    try:
        answer = hub.api("POST", f"/users/{room.name}/server", json={"fixture": "shop"})
    finally:
        link.symlink_to(target)
    assert answer.status_code == 503
    assert "embedded room: " in (hub.home / "hub.log").read_text()
    hub.until(lambda: not (room.folder / "processes.json").exists(), 5, "nothing is left")
    room.start()
    hub.remove(room)


def test_practice_has_a_database_of_its_own_and_harms_nothing(hub):
    room = hub.room()
    room.start(begun=False)
    kernel = room.kernel()
    assert kernel.run(SEEN) == "refused and refused\n"
    assert room.show("practice") == 204
    assert kernel.run(SEEN) == "fruit and refused\n"
    filled = kernel.run(CONNECT + DAMAGE)
    assert room.show("interview") == 204
    # Positive control: the same question, at the same address.
    assert kernel.run(SEEN) == "orders and orders\n"
    assert kernel.run(CONNECT + USE) == "1000 0\n"
    assert filled.strip() in FULL or hub.uid
    assert not (room.folder / "practice").exists()
    assert not (room.folder / "practice.disk").exists()
    # There is no way back, and no second beginning that takes anything away.
    assert room.show("practice") == 503
    assert room.show("interview") == 204
    assert kernel.run(SEEN) == "mine,orders and mine,orders\n"
    hub.remove(room)


def test_practice_that_was_killed_is_begun_anew_and_opens_nothing_else(hub):
    room = hub.room()
    room.start(begun=False)
    kernel = room.kernel()
    assert room.show("practice") == 204
    kernel.run(f"{CONNECT}\nask('create table mine as select 1')")
    os.kill(room.processes()["practice"]["pid"], signal.SIGKILL)
    os.kill(room.processes()["database"]["pid"], signal.SIGKILL)
    hub.until(lambda: kernel.run(SEEN) == "fruit and refused\n", 20, "both are there again")
    hub.remove(room)


def test_database_is_shown_only_where_there_is_one_and_only_those_that_there_are(hub):
    room = hub.room()
    assert room.show("interview") == 409
    room.start(fixture=None)
    assert room.show("interview") == 409
    hub.remove(room)
    room = hub.room()
    room.start(begun=False)
    for stage in ("closed", "", None, ["practice"]):
        assert room.show(stage) == 400
    assert room.show("interview") == 204
    hub.remove(room)
