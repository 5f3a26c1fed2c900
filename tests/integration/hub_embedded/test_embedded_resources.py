"""Decides, in an embedded room, that nothing of the machine can be used up from inside.

The control is the same lines where the bound is missing: for disks, a hub that may make none,
because it is not root's; for the rest, this machine's own process.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.room_attacks import (
    DESCRIPTORS,
    FILL_DATABASE,
    FILL_HOME,
    FILL_SHARED_MEMORY,
    FORK_BOMB,
    MANY_FILES,
    OWN,
)

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres, pytest.mark.timeout(240)]

TABLES = FILL_DATABASE.format(address=OWN)


@pytest.fixture(scope="module")
def kernel(room):
    return room.kernel()


def is_bounded(hub) -> bool:
    return hub.uid == 0


@pytest.mark.parametrize(
    ("code", "reason"),
    [(FILL_HOME, "No space left"), (MANY_FILES, "No space left"), (TABLES, "53100")],
    ids=["home", "files without a byte", "database"],
)
def test_disk_ends_at_its_size_for_root_and_not_for_a_hub_that_makes_none(
    hub, room, kernel, code, reason
):
    # A kernel that is new may first be told of fonts.
    answer = kernel.run(code).strip().splitlines()[-1]
    assert answer.startswith("refused" if is_bounded(hub) else "gained"), answer
    assert not is_bounded(hub) or reason in answer
    # Tidied up, all is as before.
    assert kernel.run("open('/home/candidate/after', 'w').write('fine')") == "4"
    query = "import psycopg; print(psycopg.connect({!r}).execute('select 7').fetchone()[0])"
    assert kernel.run(query.format(OWN)) == "7\n"


def test_hub_without_disks_says_so_and_one_with_them_does_not(hub, room):
    log = (hub.home / "hub.log").read_text()
    assert ("VIVA_ROOM_DISKS" in log) != is_bounded(hub)
    below = {path for path in (hub.home / "candidates").glob("*/notebooks") if path.is_mount()}
    assert bool(below) == is_bounded(hub)


def test_full_home_leaves_the_servers_own_notes_room(hub, room, kernel):
    """What is being typed is kept beside the home: it must go on while the home is full."""
    if not is_bounded(hub):
        assert room.folder.joinpath("settings").stat().st_dev == hub.home.stat().st_dev
        return
    full = FILL_HOME.replace("shutil.rmtree(folder)", "")
    assert kernel.run(full).startswith("refused")
    told = kernel.run("open('/home/candidate/fill/more', 'wb').write(bytes(9 << 20))")
    assert "The disk of your own files is full: it holds" in told
    note = room.folder / "settings" / "note"
    note.write_bytes(bytes(1 << 20))
    note.unlink()
    answer = room.request("PUT", "/api/contents/x.txt", json={
        "type": "file", "format": "text", "content": "x" * (9 << 20)})  # fmt: skip
    assert answer.status_code == 500
    kernel.run("import shutil; shutil.rmtree('/home/candidate/fill')")


@pytest.mark.parametrize(
    ("code", "count"),
    [(DESCRIPTORS.format(count=4097), 4097), (FILL_SHARED_MEMORY.format(mib=65), 65)],
    ids=["descriptors", "shared memory"],
)
def test_what_is_bounded_ends_at_its_bound_and_not_outside(room, kernel, code, count):
    free = ["prlimit", "--nofile=8192:8192", "--", sys.executable, "-c", code]
    assert subprocess.run(free, capture_output=True, text=True).stdout == "gained\n"
    assert kernel.run(code).startswith("refused")
    assert kernel.run("print(1)") == "1\n"


def test_fork_bomb_ends_at_its_bound_and_not_outside(room, kernel):
    attack = FORK_BOMB.format(count=400)
    done = subprocess.run([sys.executable, "-c", attack], capture_output=True, text=True)
    assert done.stdout == "gained\n", "the control"
    assert kernel.run(attack).startswith("refused")
    assert room.request("GET", "/api/status").status_code == 200


def test_server_log_is_bounded(hub, room):
    pid = room.processes()["server"]["pid"]
    limits = Path(f"/proc/{pid}/limits").read_text()
    family = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    found = {
        line.split()[3]
        for each in family
        for line in Path(f"/proc/{each}/limits").read_text().splitlines()
        if line.startswith("Max file size")
    }
    assert str(256 << 20) in found, limits
    assert os.getpid() not in family
