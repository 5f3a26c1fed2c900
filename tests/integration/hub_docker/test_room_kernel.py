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

from tests.integration.room_attacks import BY_NAME, KERNEL, SETUID, Attack

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
PLANTED = ("pipe", "zero", "socket", "link")
ENVIRONMENTS = """
import glob
for path in glob.glob('/proc/[0-9]*/environ'):
    try:
        print(open(path).read())
    except OSError:
        pass
"""


def without_defence(attack: Attack) -> str:
    """Run an attack where the one thing that stops it is missing."""
    command = [sys.executable]
    if attack.lifted:
        command = ["docker", "run", "--rm", "--network", "none", *attack.lifted, "viva/candidate"]
        command += ["/opt/viva/bin/python"]
    elif os.geteuid():
        pytest.skip("not run: the attack succeeds for root only, and the tests are not root's")
    done = subprocess.run([*command, "-c", attack.code], capture_output=True, text=True)
    return (done.stdout + done.stderr).strip()


@pytest.mark.parametrize("name", BY_NAME)
def test_attack_on_the_kernel_is_refused_and_gains_without_its_defence(rooms, name):
    attack = BY_NAME[name]
    assert without_defence(attack) == "gained"
    assert rooms[0].inside(attack.code).startswith("refused")


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
    assert done.stdout == "gained ['/usr/bin/become']\n"


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
    shared = ["docker", "run", "--rm", "--ipc", f"container:{room.names.server}", "viva/candidate"]
    room.inside(LEAVE.format(name=name))
    control = [*shared, "/opt/viva/bin/python", "-c", FIND.format(name=name)]
    done = subprocess.run(control, capture_output=True, text=True)
    assert "/dev/shm" in done.stdout or "non-shareable" in done.stderr, done


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


def test_environments_inside_hold_no_secret_of_the_hub(rooms, docker_hub):
    told = rooms[0].inside(ENVIRONMENTS)
    assert "JUPYTERHUB_API_TOKEN" in told, "a kernel can read its own server's: it opens that only"
    assert docker_hub._process is not None
    hubs = Path(f"/proc/{docker_hub._process.pid}/environ").read_text()
    for name in ("VIVA_CONSOLE_TOKEN", "VIVA_TICKET_KEY", "VIVA_STAFF_KEY"):
        secret = docker_hub.environment[name]
        assert secret in hubs
        assert secret not in told


def test_attacks_have_names_of_their_own():
    assert len(BY_NAME) == len(KERNEL)
