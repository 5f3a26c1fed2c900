"""Decides, on a real engine, what a candidate can ask of the kernel that they share with others.

Each attack first succeeds in a container in which one defence is missing, or on the machine itself.
"""

import json
import os
import platform
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from viva_hub.docker_spawner.syscalls import REFUSED, allowed, profile

from tests.integration.room_kernel import KERNEL, SETUID, together

pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="not run: calls by other numbers"),
]

LEAVE = """
import pathlib
for folder in ('/tmp', '/dev/shm', '/home/candidate'):
    pathlib.Path(folder, {name!r}).write_text('left')
"""
FIND = """
import pathlib
print([folder for folder in ('/tmp', '/dev/shm', '/home/candidate')
       if pathlib.Path(folder, {name!r}).exists()])
"""
PLANT = """
import os, socket
os.chdir('/home/candidate')
os.mkfifo('pipe.ipynb')
os.symlink('/proc/self/environ', 'link.ipynb')
os.symlink('/dev/zero', 'zero.ipynb')
socket.socket(socket.AF_UNIX).bind('socket.ipynb')
open('plain.ipynb', 'w').write('{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}')
"""
CLEAR = """
import os
for name in ('pipe', 'link', 'zero', 'socket', 'plain'):
    os.remove(f'/home/candidate/{name}.ipynb')
"""
PLANTED = ("pipe", "zero", "socket", "link")
ENVIRONMENTS = """
import glob
for path in glob.glob('/proc/[0-9]*/environ'):
    try:
        print(open(path).read())
    except OSError:
        pass
"""


ROOTS_OWN = "not run: the attack succeeds for root only, and the tests are not root's"


def control(*lifted: str) -> list[str]:
    """Return the command that runs Python where only these defences are missing."""
    if not lifted:
        return [sys.executable, "-c"]
    run = ["docker", "run", "--rm", "--network", "none", *lifted, "viva/candidate"]
    return [*run, "/opt/viva/bin/python", "-c"]


@pytest.fixture(scope="module")
def controls(images) -> dict[str, str]:
    """What each attack says where the one thing that stops it is missing."""
    said: dict[str, str] = {}
    for lifted in {attack.lifted for attack in KERNEL}:
        code = together({each.name: each.code for each in KERNEL if each.lifted == lifted})
        done = subprocess.run([*control(*lifted), code], capture_output=True, text=True, check=True)
        said |= json.loads(done.stdout)
    return said


@pytest.fixture(scope="module")
def answers(rooms) -> dict[str, str]:
    """What each attack says in a room."""
    return json.loads(rooms[0].inside(together({each.name: each.code for each in KERNEL})))


@pytest.mark.parametrize("attack", KERNEL, ids=lambda attack: attack.name)
def test_attack_on_the_kernel_is_refused_and_gains_without_its_defence(answers, controls, attack):
    assert answers[attack.name].startswith("refused")
    if not attack.lifted and os.geteuid():
        pytest.skip(ROOTS_OWN)
    assert controls[attack.name] == "gained"


def test_profile_names_no_call_both_ways_and_both_containers_have_it(rooms):
    room, _ = rooms
    assert set(allowed()) & set(REFUSED.split()) == set()
    for name in (room.names.server, room.names.database):
        options = room.inspect(name)["HostConfig"]["SecurityOpt"]
        assert json.loads(options[1].removeprefix("seccomp=")) == json.loads(profile())


def test_no_program_becomes_another_user_by_its_mode(rooms):
    assert rooms[0].inside(SETUID) == "refused []"
    make = 'cp /usr/bin/tail /usr/bin/become && chmod 4755 /usr/bin/become && exec python -c "$0"'
    run = ["docker", "run", "--rm", "--user", "0", "viva/candidate", "sh", "-c", make, SETUID]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("gained ['/usr/bin/become'")


def test_nothing_left_in_memory_meets_a_neighbour_or_the_next_start(rooms, room):
    name = uuid.uuid4().hex
    assert room.open().status_code in {201, 202}
    room.inside(LEAVE.format(name=name))
    everywhere = "['/tmp', '/dev/shm', '/home/candidate']"
    assert room.inside(FIND.format(name=name)) == everywhere
    assert rooms[0].inside(FIND.format(name=name)) == "[]"
    room.stop()
    assert room.open().status_code in {201, 202}
    assert room.inside(FIND.format(name=name)) == "['/home/candidate']"


def test_shared_memory_of_the_machine_is_not_the_rooms(rooms):
    name = uuid.uuid4().hex
    left = Path("/dev/shm", name)  # noqa: S108 -- removed below
    left.write_text("left")
    try:
        shared = ["docker", "run", "--rm", "--ipc", "host", "viva/candidate"]
        control = [*shared, "/opt/viva/bin/python", "-c", FIND.format(name=name)]
        done = subprocess.run(control, capture_output=True, text=True, check=True)
        assert done.stdout == "['/dev/shm']\n"
        assert rooms[0].inside(FIND.format(name=name)) == "[]"
    finally:
        left.unlink()


def test_what_is_no_file_is_answered_at_once_and_the_server_lives(rooms, docker_hub):
    room, _ = rooms
    room.inside(PLANT)
    contents = f"/user/{room.user}/api/contents"
    assert docker_hub.through_proxy("GET", f"{contents}/plain.ipynb").status_code == 200
    for name in PLANTED:
        answer = docker_hub.through_proxy("GET", f"{contents}/{name}.ipynb")
        assert answer.status_code >= 400, name
        assert "JUPYTERHUB" not in answer.text
    assert docker_hub.through_proxy("GET", contents).status_code == 200
    assert room.is_ready()
    room.inside(CLEAR)


def test_environments_inside_hold_no_secret_of_the_hub(rooms, docker_hub):
    told = rooms[0].inside(ENVIRONMENTS)
    assert "JUPYTERHUB_API_TOKEN" in told, "a kernel can read its own server's: it opens that only"
    assert docker_hub._process is not None
    hubs = Path(f"/proc/{docker_hub._process.pid}/environ").read_text()
    for name in ("VIVA_CONSOLE_TOKEN", "VIVA_TICKET_KEY", "VIVA_STAFF_KEY"):
        secret = docker_hub.environment[name]
        assert secret in hubs
        assert secret not in told
