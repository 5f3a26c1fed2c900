"""Submissions that try to harm the machine, the batch or their neighbours."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from viva_grader.domain.grade import Grade
from viva_grader.places import clone_root

from tests.attacks.conftest import processes_of_submissions

pytestmark = pytest.mark.sandbox
Attack = Callable[..., Grade]

HARM = {
    "endless_loop_in_a_call": "def square(x):\n    while True: pass",
    "endless_loop_in_a_cell": "while True: pass",
    "sleep": "import time\ndef square(x):\n    time.sleep(60)",
    "ignored_signals": "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except Exception: pass\ndef square(x):\n    while True: pass",
    "fork_bomb": "import os\ndef square(x):\n    while True:\n        try: os.fork()\n        except OSError: pass",
    "orphans": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(600)\n    os._exit(0)\ndef square(x): return 5",
    "killed_parents": "import os, signal\nfor pid in [os.getppid(), 1, 2, 3, -1]:\n    try: os.kill(pid, signal.SIGKILL)\n    except OSError: pass\ndef square(x): return 5",
    "stopped_parents": "import os, signal\nfor pid in [os.getppid(), 0, 1]:\n    try: os.kill(pid, signal.SIGSTOP)\n    except OSError: pass\ndef square(x): return 5",
    "memory": "def square(x):\n    a = []\n    while True: a.append(bytearray(1 << 24))",
    "shared_memory": "import mmap, os\ndef square(x):\n    m = []\n    for i in range(64):\n        p = mmap.mmap(-1, 1 << 26)\n        p.write(b'x' * (1 << 26))\n        m.append(p)\n    return 5",
    "disk": "def square(x):\n    with open('big', 'wb') as f:\n        while True: f.write(b'x' * (1 << 20))",
    "inodes": "def square(x):\n    for i in range(10**6): open(f'f{i}', 'w').close()",
    "descriptors": "import os\nkept = []\ndef square(x):\n    while True: kept.append(os.open('/dev/null', 0))",
    "output_flood": "def square(x):\n    for i in range(10**6): print('x' * 100)\n    return 5",
    "huge_answer": "def square(x):\n    return 'x' * (40 << 20)",
    "huge_integer": "def square(x):\n    return 1 << (10 ** 8)",
    "deep_answer": "def square(x):\n    a = []\n    for i in range(100000): a = [a]\n    return a",
    "cyclic_answer": "def square(x):\n    a = []\n    a.append(a)\n    return a",
    "shared_explosion": "def square(x):\n    a = ['x'] * 10\n    for i in range(60): a = [a] * 10\n    return a",
    "deep_recursion": "import sys\nsys.setrecursionlimit(10**9)\ndef square(x):\n    return square(x)",
    "deep_source": "x = " + "(" * 5000 + ")" * 5000,
    "crash": "import ctypes\ndef square(x):\n    ctypes.string_at(0)",
    "evil_del_and_reduce": "class E:\n    def __del__(self):\n        while True: pass\n    def __reduce__(self): return (exec, ('1/0',))\ndef square(x):\n    return E()",
    "threads": "import threading, time\ndef spin():\n    while True: pass\nfor i in range(100):\n    try: threading.Thread(target=spin, daemon=True).start()\n    except RuntimeError: break\ndef square(x): return 5",
    "subprocesses": "import subprocess\ntry: subprocess.Popen(['/bin/sh', '-c', 'sleep 600'])\nexcept OSError: pass\ndef square(x): return 5",
    "raw_channel_noise": "import gc, socket, os\nc = next(o for o in gc.get_objects() if type(o) is socket.socket)\nc.sendall(os.urandom(1 << 16))\ndef square(x): return 5",
    "raw_channel_length": "import gc, socket\nc = next(o for o in gc.get_objects() if type(o) is socket.socket)\nc.sendall(b'\\xff\\xff\\xff\\xff')\ndef square(x): return 5",
    "raw_channel_closed": "import os\nfor fd in range(3, 256):\n    try: os.close(fd)\n    except OSError: pass\ndef square(x): return 5",
}  # fmt: skip


@pytest.mark.parametrize("name", HARM)
def test_harm_gains_nothing_and_stays_alone(attack: Attack, name: str) -> None:
    grade = attack(square=HARM[name], total="total = 0")
    points = {item.part: item.points or 0 for item in grade.items}
    assert {part for part, earned in points.items() if earned} <= {"kinds"}
    assert all(item.status.value != "infra_error" for item in grade.items), grade.items


def test_a_crash_keeps_the_points_already_earned(attack: Attack) -> None:
    bomb = "import os\nn = 0\ndef square(x):\n    global n\n    n += 1\n    if not isinstance(x, int): os._exit(1)\n    return x * x"
    grade = attack(square=bomb)
    assert {item.part: item.points for item in grade.items} == {
        "value": 1, "kinds": 1, "variable": 1, "arrays": 0, "essay": None,
    }  # fmt: skip


def test_a_part_that_hangs_does_not_cost_the_later_ones(attack: Attack) -> None:
    slow = "def square(x):\n    while type(x) is int and x == -3: pass\n    return x * x"
    grade = attack(square=slow)
    assert {item.part: (item.status.value, item.points) for item in grade.items} == {
        "value": ("timeout", 0), "kinds": ("pass", 1), "variable": ("pass", 1),
        "arrays": ("pass", 1), "essay": ("unscored", None),
    }  # fmt: skip


def test_nothing_is_left_of_a_submission(attack: Attack) -> None:
    attack(square=HARM["orphans"])
    deadline = time.monotonic() + 5
    while processes_of_submissions() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of_submissions() == []


PROBES = {
    "no_network": "import socket\ntry:\n    socket.create_connection(('203.0.113.1', 53), 1)\n    open_door = True\nexcept OSError: pass",
    "no_names": "import socket\ntry:\n    socket.getaddrinfo('example.org', 80)\n    open_door = True\nexcept OSError: pass",
    "no_loopback_services": "import socket\nfor port in (22, 80, 5432, 8000, 8081):\n    try:\n        socket.create_connection(('127.0.0.1', port), 1)\n        open_door = True\n    except OSError: pass",
    "no_vsock_netlink_packet": "import socket\nfor family in (40, 16, 17, 38):\n    try:\n        socket.socket(family, socket.SOCK_RAW)\n        open_door = True\n    except OSError: pass",
    "no_proc": "import os\nif os.path.exists('/proc/1/environ') or os.path.exists('/proc/sys/kernel/core_pattern'): open_door = True",
    "no_home_no_clone": "import os\nfor p in ('@CLONE@/notebooks_templates', '@CLONE@/.git', '@HOME@/.ssh', '/etc/passwd', '/run', '/sys', '/var/lib/dpkg'):\n    if os.path.exists(p): open_door = True".replace("@CLONE@", str(clone_root())).replace("@HOME@", str(Path.home())),
    "no_hidden_files": "import os\nfor folder, _, names in os.walk('/viva/work'):\n    for n in names:\n        if n.endswith(('.ipynb', '.toml')): open_door = True",
    "no_writing": "import sys\nfor p in ('/usr/lib/x', '/viva/x', '/x', '/etc/x', sys.prefix + '/x', '/viva/viva_runner/serve.py'):\n    try:\n        open(p, 'a').close()\n        open_door = True\n    except OSError: pass",
    "no_secrets_in_the_environment": "import os\nif any(w in k for k in os.environ for w in ('KEY', 'TOKEN', 'SECRET', 'VIVA')): open_door = True",
    "no_other_processes": "import os\nseen = 0\nfor pid in range(2, 5000):\n    try:\n        os.kill(pid, 0)\n        seen += 1\n    except OSError: pass\nif seen: open_door = True",
    "no_namespaces_no_mounts": "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nfor f in (lambda: libc.unshare(0x10000000), lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None), lambda: libc.chroot(b'/tmp'), lambda: libc.ptrace(0, 0, 0, 0)):\n    if f() == 0: open_door = True",
    "no_io_uring_keys_bpf": "import ctypes, platform\nlibc = ctypes.CDLL(None, use_errno=True)\nif platform.machine() == 'x86_64':\n    for n in (425, 248, 250, 321, 298, 323, 319, 101):\n        if libc.syscall(n, 0, 0, 0, 0, 0) >= 0: open_door = True",
    "no_privileges": "import os\nif os.access('/viva', os.W_OK): open_door = True\nimport ctypes\nif ctypes.CDLL(None).prctl(39, 0, 0, 0, 0) != 1: open_door = True\ntry:\n    os.setuid(0)\n    open_door = True\nexcept OSError: pass",
    "no_devices": "import os\nif set(os.listdir('/dev')) & {'mem', 'kmsg', 'sda', 'kvm', 'fuse', 'loop-control'}: open_door = True",
    "no_leftovers": "import os\nif os.listdir('.') or os.listdir('/tmp') or os.listdir('/dev/shm'): open_door = True\nfor d in ('.', '/tmp', '/dev/shm'):\n    open(d + '/left', 'w').close()",
}  # fmt: skip


@pytest.mark.parametrize("name", PROBES)
def test_no_door_is_open(attack: Attack, name: str) -> None:
    probe = (
        "open_door = False\n"
        + PROBES[name]
        + "\ndef square(x):\n    return 'open' if open_door else x * x"
    )
    grade = attack(square=probe)
    assert grade.auto_score == 4, [(i.part, i.status, i.message) for i in grade.items]
    assert attack(square=probe).auto_score == 4
