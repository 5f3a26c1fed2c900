"""Two submissions at one time share what they may read, and cannot tell of each other by it."""

import dataclasses
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from viva_grader.sandbox.bubblewrap import Bubblewrap
from viva_grader.sandbox.defences import ALL, Defences
from viva_grader.sandbox.docker import DockerSandbox
from viva_grader.sandbox.port import Room, Sandbox
from viva_runner import frames

from tests.integration.sandbox.conftest import LIMITS, has_image

LIMIT_BYTES = 1 << 24


def make(kind: str, defences: Defences = ALL) -> Sandbox:
    if kind == "bubblewrap":
        return Bubblewrap(Path(sys.executable), defences=defences)
    return DockerSandbox("viva/sandbox", spares=0, defences=defences)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("bubblewrap", marks=pytest.mark.sandbox),
        pytest.param("docker", marks=pytest.mark.docker),
    ],
)
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "docker" and not has_image():
        pytest.skip("the image viva/sandbox is not built: make images")
    return request.param


@pytest.fixture(scope="module")
def sandbox(kind: str) -> Iterator[Sandbox]:
    with closing(make(kind)) as box:
        yield box


def started(sandbox: Sandbox) -> Room:
    room = sandbox.open(LIMITS)
    room.channel.settimeout(60)
    frames.send(room.channel, {"op": "start", "files": {}, "first": 0, "id": 1}, LIMIT_BYTES)
    assert "broken" not in frames.receive(room.channel, LIMIT_BYTES)
    return room


def run(room: Room, source: str) -> str:
    """Run a cell that binds ``r`` to text, and give that."""
    told = {"op": "exec", "source": source, "cell": "c", "lenient": False, "classes": []}
    frames.send(room.channel, told | {"id": 2}, LIMIT_BYTES)
    ran: dict[str, Any] = frames.receive(room.channel, LIMIT_BYTES)
    assert "exc" not in ran, ran
    frames.send(room.channel, {"op": "get", "name": "r", "id": 3}, LIMIT_BYTES)
    return str(frames.receive(room.channel, LIMIT_BYTES)["ok"]["v"])


LEAVE = """
import fcntl, os, socket, struct
for folder in ('.', '/tmp', '/dev/shm', '/dev/pts', '/dev', '/', '/viva', '/var/tmp', '/run'):
    try: open(folder + '/left', 'w').close()
    except OSError: pass
try: terminal = os.open('/dev/ptmx', os.O_RDWR)
except OSError: pass
named = socket.socket(socket.AF_UNIX)
named.bind(b'\\0left')
named.listen()
door = socket.socket()
door.bind(('127.0.0.1', 4242))
door.listen()
shared = open(os.__file__, 'rb')
fcntl.lockf(shared, fcntl.LOCK_SH, 10, 0)
r = str(os.getuid())
"""
LOOK = """
import fcntl, os, socket, struct
seen = []
for folder in ('.', '/tmp', '/dev/shm', '/dev/pts', '/dev', '/', '/viva', '/var/tmp', '/run'):
    if os.path.exists(folder + '/left'): seen.append(folder)
if os.path.isdir('/dev/pts') and [n for n in os.listdir('/dev/pts') if n != 'ptmx']:
    seen.append('terminal')
for family, address in ((socket.AF_UNIX, b'\\0left'), (socket.AF_INET, ('127.0.0.1', 4242))):
    try:
        socket.socket(family).connect(address)
        seen.append(str(address))
    except OSError: pass
shared = open(os.__file__, 'rb')
asked = struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 10, 0)
try:
    if struct.unpack('hhqqi4x', fcntl.fcntl(shared, 5, asked))[0] != fcntl.F_UNLCK:
        seen.append('lock')
except OSError: pass
r = ' '.join([str(os.getuid()), *seen])
"""


def test_a_submission_finds_nothing_of_one_beside_it(sandbox: Sandbox) -> None:
    first, second = started(sandbox), started(sandbox)
    with closing(first), closing(second):
        uid = run(first, LEAVE)
        words = run(second, LOOK).split()
    assert words[1:] == []
    assert words[0] != uid or uid != "0"


def test_a_submission_finds_nothing_of_one_before_it(sandbox: Sandbox) -> None:
    with closing(started(sandbox)) as first:
        run(first, LEAVE)
    with closing(started(sandbox)) as second:
        assert run(second, LOOK).split()[1:] == []


@pytest.mark.sandbox
def test_without_walls_the_same_look_finds_its_neighbour() -> None:
    open_house = dataclasses.replace(ALL, seccomp=False, network=False, folder=False)
    with closing(Bubblewrap(Path(sys.executable), defences=open_house)) as sandbox:
        first, second = started(sandbox), started(sandbox)
        with closing(first), closing(second):
            run(first, LEAVE)
            found = run(second, LOOK).split()
    assert {"lock", "b'\\x00left'"} <= set(found), found


CALLS = """
import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)
found = []
def tried(name, result):
    if result >= 0: found.append(name)
def attempt(name, function, *arguments):
    try: function(*arguments)
    except OSError: return
    found.append(name)
tried('inotify', libc.inotify_init1(0))
tried('unshare', libc.unshare(0x10000000))
tried('ptrace', libc.ptrace(0, 0, 0, 0))
tried('mount', libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))
tried('flock', libc.flock(os.open(os.__file__, 0), 6))
attempt('nice', os.nice, 5)
attempt('idle', os.sched_setscheduler, 0, os.SCHED_IDLE, os.sched_param(0))
attempt('pin', os.sched_setaffinity, 0, {0})
attempt('root', os.setuid, 0)
if libc.prctl(39, 0, 0, 0, 0) != 1: found.append('new privileges')
if platform.machine() == 'x86_64':
    for name, number in {'keyctl': 250, 'bpf': 321, 'perf': 298, 'userfaultfd': 323,
                         'io_uring': 425, 'setns': 308, 'readv': 310, 'memfd': 319}.items():
        tried(name, libc.syscall(number, 0, 0, 0, 0, 0, 0))
r = ' '.join(found) or 'none'
"""


def test_no_call_leads_out(sandbox: Sandbox) -> None:
    with closing(started(sandbox)) as room:
        assert run(room, CALLS) == "none"


@pytest.mark.sandbox
def test_without_the_filter_calls_lead_on() -> None:
    sandbox = Bubblewrap(Path(sys.executable), defences=Defences(seccomp=False))
    with closing(sandbox), closing(started(sandbox)) as room:
        assert {"inotify", "nice", "idle", "flock"} <= set(run(room, CALLS).split())


@pytest.mark.sandbox
def test_every_child_and_every_group_ends_with_its_room() -> None:
    orphan = """
import os, signal, subprocess
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
if not os.fork():
    os.setsid()
    if not os.fork():
        while True: signal.pause()
    os._exit(0)
r = 'left'
"""
    with closing(Bubblewrap(Path(sys.executable))) as sandbox:
        room = started(sandbox)
        run(room, orphan)
        group = getattr(room.meter, "group", None)
        room.close()
        if group is not None:
            assert not any(f.exists() for f in (group.pids, group.memory) if f is not None)


DESCRIPTORS = """
import os
r = ''
for number in range(256):
    try: os.fstat(number)
    except OSError: continue
    r += f'{number} '
r = str(len(r.split()))
"""


def test_room_has_no_descriptor_that_leads_to_another(sandbox: Sandbox) -> None:
    """Standard streams and its own channel, however many rooms there are."""
    with closing(started(sandbox)), closing(started(sandbox)) as room:
        assert run(room, DESCRIPTORS) == "4"
