"""Decides, on a real engine, that what a candidate uses up is their own, and that rooms end whole.

Each attack first does its harm in a container without the limit, or on the room before it ends.
"""

import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from viva_hub.docker_spawner.limits import OPEN_FILES, SCRATCH_FILES

from tests.integration.room_attacks import (
    DESCRIPTORS,
    FILL_DATABASE,
    FILL_HOME,
    FILL_SHARED_MEMORY,
    FORK_BOMB,
    LOG_FLOOD,
    MANY_FILES,
    OWN,
    QUERY,
)

pytestmark = pytest.mark.docker

OPEN_SCRATCH = ("--tmpfs", "/tmp:mode=1777")  # noqa: S108 -- inside
FILL = """
import os
written = 0
try:
    with open('/tmp/fill', 'wb', 0) as one, open('/tmp/more', 'wb', 0) as two:
        for file in (one, two):
            for _ in range(200):
                written += file.write(bytes(1 << 20))
except OSError as error:
    print('refused', error.strerror)
else:
    print('gained', written)
for name in ('fill', 'more'):
    if os.path.exists('/tmp/' + name):
        os.remove('/tmp/' + name)
"""
INODES = """
import os, shutil
os.mkdir('/tmp/many')
made = 0
try:
    for made in range({count}):
        os.close(os.open(f'/tmp/many/{{made}}', os.O_CREAT | os.O_WRONLY))
except OSError as error:
    print('refused', error.strerror)
else:
    print('gained')
shutil.rmtree('/tmp/many')
"""
LARGE = """
import os
with open('{folder}/large', 'wb') as file:
    try:
        os.posix_fallocate(file.fileno(), 0, 300 << 20)
        print('gained')
    except OSError as error:
        print('refused', error.strerror)
os.remove('{folder}/large')
"""
SPIN = """
import glob, multiprocessing, resource, time
def spin():
    end = time.monotonic() + 1
    while time.monotonic() < end:
        pass
workers = [multiprocessing.Process(target=spin) for _ in range(4)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
def told(*names):
    paths = [path for name in names for path in glob.glob('/sys/fs/cgroup/' + name)]
    return open(paths[0]).read().split()
stat = told('cpu.stat', 'cpu/cpu.stat')
throttled = int(stat[stat.index('nr_throttled') + 1]) > 0
quota = told('cpu.max', 'cpu/cpu.cfs_quota_us')[0]
print(quota, throttled, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime)
"""
FLOOD = """
import os
for _ in range(200):
    os.write(1, b'x' * 99_999 + b'\\n')
"""
SURVIVOR = """
import os, subprocess, sys
code = 'import signal, time; '
code += 'signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32)); time.sleep(600)'
subprocess.Popen([sys.executable, '-c', code, {mark!r}], start_new_session=True)
print('left')
"""
STOP_ALL = """
import os, signal
for pid in filter(str.isdigit, os.listdir('/proc')):
    if int(pid) not in (1, os.getpid()):
        os.kill(int(pid), signal.SIGSTOP)
print('stopped')
"""


def loose(code: str, *flags: str) -> str:
    """Run Python in a container of the same image without limits."""
    run = ["docker", "run", "--rm", "--network", "none", *flags, "viva/candidate"]
    done = subprocess.run(
        [*run, "/opt/viva/bin/python", "-c", code], capture_output=True, text=True
    )
    return (done.stdout + done.stderr).strip()


def running(mark: str) -> list[str]:
    """Return the processes of this machine that have a word among their arguments."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in path.read_bytes().split(b"\0"):
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def log_size(container: str) -> int:
    ask = ["docker", "inspect", "--format", "{{.LogPath}}", container]
    path = Path(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))


@pytest.mark.parametrize(
    ("code", "flags"),
    [
        (FILL, OPEN_SCRATCH),
        (INODES.format(count=SCRATCH_FILES + 1), OPEN_SCRATCH),
        (DESCRIPTORS.format(count=OPEN_FILES), ("--ulimit", "nofile=8192:8192")),
        (LARGE.format(folder="/home/candidate"), ()),
        (FILL_HOME, ()),
        (MANY_FILES, ()),
        (FILL_SHARED_MEMORY.format(mib=65), ("--shm-size", "128m")),
        (FORK_BOMB.format(count=400), ()),
    ],
    ids=[
        "tmpfs fill",
        "inode bomb",
        "descriptors",
        "large file",
        "home",
        "files without a byte",
        "shared memory",
        "fork bomb",
    ],
)
def test_what_is_bounded_ends_at_its_bound_and_not_without(rooms, code, flags):
    assert loose(code, *flags).startswith("gained")
    assert rooms[0].inside(code).startswith("refused")
    assert rooms[0].is_ready()


def test_database_ends_at_the_size_of_its_disk_and_comes_back(rooms, unguarded):
    first, second = rooms
    assert first.inside(FILL_DATABASE.format(address=OWN)).startswith("refused 53100")
    seven = QUERY.format(query="select 7")
    assert first.inside(seven) == "gained (7,)"
    assert second.inside(seven) == "gained (7,)"
    control = FILL_DATABASE.format(address=unguarded.address("candidate", "shop"))
    done = subprocess.run([sys.executable, "-c", control], capture_output=True, text=True)
    assert done.stdout == "gained\n"


def test_spinning_processes_share_one_core(rooms):
    """On a busy machine nobody gets a core to be slowed down on: the limit itself is looked at."""
    quota, _, used_s = rooms[0].inside(SPIN).split()
    assert quota == "100000"
    assert float(used_s) < 1.5
    assert loose(SPIN, *OPEN_SCRATCH).split()[0] in {"-1", "max"}
    _, throttled, used_s = loose(SPIN, *OPEN_SCRATCH, "--cpus", "0.05").split()
    assert throttled == "True", "the control: such a limit slows down here"
    assert float(used_s) < 0.5


def test_flood_of_output_fills_no_log(rooms):
    room, _ = rooms
    # The server's own output is the container's log; a kernel can write there as well.
    room.inside(FLOOD.replace("os.write(1", "os.write(OUT").replace(
        "import os", "import os\nOUT = os.open('/proc/1/fd/1', os.O_WRONLY)"))  # fmt: skip
    assert log_size(room.names.server) < 3 << 20
    name = f"viva-control-{uuid.uuid4().hex[:6]}"
    run = ["docker", "run", "--name", name, "viva/candidate", "/opt/viva/bin/python", "-c", FLOOD]
    try:
        subprocess.run(run, stdout=subprocess.DEVNULL, check=True)
        assert log_size(name) > 15 << 20
    finally:
        subprocess.run(["docker", "rm", name], capture_output=True, check=True)


def test_flood_of_the_databases_log_fills_none(rooms, unguarded):
    room, _ = rooms
    assert room.inside(QUERY.format(query=LOG_FLOOD)).startswith("gained")
    assert log_size(room.names.database) < 3 << 20
    before = (unguarded.sockets / "log").stat().st_size
    assert unguarded.ask(LOG_FLOOD) == "gained"
    assert (unguarded.sockets / "log").stat().st_size - before > 15 << 20, "the control"


def test_survivors_and_stopped_processes_end_with_the_room(room):
    """A process in a session of its own that hears no signal, beside a server that is stopped."""
    mark = uuid.uuid4().hex
    assert room.open().status_code in {201, 202}
    assert room.inside(SURVIVOR.format(mark=mark)) == "left"
    assert len(running(mark)) == 1
    assert room.inside(STOP_ALL) == "stopped"
    status = Path("/proc", running(mark)[0], "status").read_text()
    assert "T (stopped)" in status
    before = time.monotonic()
    room.stop()
    assert time.monotonic() - before < 30
    assert running(mark) == []
    assert room.on_engine()["containers"] == []
