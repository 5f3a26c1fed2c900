"""Submissions that use up what all share: memory, processes, disk, descriptors, output, time."""

from tests.attacks.corpus import Attack, Gain

HONEST = {"value": 1, "kinds": 1, "arrays": 1}
LUCK = {"kinds": 1}


def _takes(name: str, tries: str, code: str, earns: dict[str, float] | None = None) -> Attack:
    """Make a submission that notes a harm once it has had more than a submission may have."""
    body = "\n".join("    " + line for line in code.strip().splitlines())
    square = f"import os, sys, time\ntry:\n{body}\nexcept (Exception, MemoryError):\n    pass\ndef square(x):\n    return 5"
    return Attack(
        name, tries, {"square": square}, gain=Gain.LOOT, earns=LUCK if earns is None else earns
    )


def _hangs(name: str, tries: str, square: str, **more: str) -> Attack:
    return Attack(name, tries, {"square": square, **more}, gain=Gain.STALL, earns=LUCK)


ATTACKS = (
    _takes("fork_bomb", "forks until nobody else can", """
made = 0
for _ in range(100):
    try: pid = os.fork()
    except OSError: break
    if pid == 0:
        time.sleep(3)
        os._exit(0)
    made += 1
if made >= 100: loot.append('harm: 100 processes')
"""),
    _takes("fork_bomb_of_children", "forks from every child too, and from theirs", """
r, w = os.pipe()
for _ in range(7):
    try: pid = os.fork()
    except OSError: break
    os.write(w, b'x')
if os.getpid() != first:
    time.sleep(3)
    os._exit(0)
os.set_blocking(r, False)
time.sleep(0.5)
if len(os.read(r, 10000)) >= 120: loot.append('harm: 120 processes')
""".replace("r, w =", "first = os.getpid()\nr, w =")),
    _takes("threads", "starts threads that spin", """
import threading
stop = []
def spin():
    while not stop: time.sleep(0.01)
made = []
try:
    for _ in range(100):
        t = threading.Thread(target=spin, daemon=True); t.start(); made.append(t)
except RuntimeError: pass
stop.append(1)
if len(made) >= 100: loot.append('harm: 100 threads')
"""),
    _takes("memory", "takes more memory than the question allows", """
a = []
for _ in range(60): a.append(bytearray(b'x' * (1 << 24)))
a.clear()
loot.append('harm: 960 MiB')
"""),
    _takes("memory_shared", "takes memory by anonymous maps, which some limits do not count", """
import mmap
m = []
for _ in range(15):
    p = mmap.mmap(-1, 1 << 26)
    p.write(b'x' * (1 << 26))
    m.append(p)
loot.append('harm: 960 MiB')
"""),
    _takes("memory_in_children", "takes memory in children, each a little", """
pids, done = [], 0
r, w = os.pipe()
for _ in range(12):
    pid = os.fork()
    if pid == 0:
        try:
            a = bytearray(b'x' * (100 << 20))
            os.write(w, b'x')
            time.sleep(2)
        finally: os._exit(0)
    pids.append(pid)
os.close(w)
seen = b''
while len(seen) < 12:
    part = os.read(r, 100)
    if not part: break
    seen += part
if len(seen) == 12: loot.append('harm: 1200 MiB')
"""),
    _takes("huge_array", "asks numpy for an array of 8 GiB, and touches it", """
import numpy as np
a = np.ones(1 << 27)
a += 1
loot.append('harm: 1 GiB')
"""),
    _takes("disk", "fills its folder", """
with open('big', 'wb') as f:
    for _ in range(64): f.write(b'x' * (1 << 20)); f.flush()
loot.append('harm: 64 MiB')
os.unlink('big')
"""),
    _takes("disk_in_pieces", "fills its folder with files below the size limit, /tmp and /dev/shm too", """
size = 0
for place in ('.', '/tmp', '/dev/shm'):
    for i in range(16):
        try:
            with open(f'{place}/viva-fill{i}', 'wb') as f: f.write(b'x' * (3 << 20)); size += 3
        except OSError: break
if size >= 96: loot.append('harm: 96 MiB')
"""),
    _takes("sparse_file", "makes a file of a terabyte that has no blocks", """
with open('sparse', 'wb') as f: os.truncate(f.fileno(), 1 << 40)
loot.append('harm: a file of 1 TiB')
os.unlink('sparse')
"""),
    _takes("inodes", "makes 6,000 empty files and folders", """
for i in range(6000): open(f'f{i}', 'w').close()
loot.append('harm: 6000 files')
"""),
    _takes("deep_folders", "makes folders in folders until their path is too long for whoever removes them", """
kept = os.open('.', 0)
for i in range(2100):
    os.mkdir('d'); os.chdir('d')
try: os.stat('/work' + '/d' * 2100)
except OSError as error:
    long = error.errno == 36
os.fchdir(kept)
# on a mount of its own it is gone with that: nobody has to walk it
if long and os.stat('.').st_dev == os.stat('..').st_dev: loot.append('harm: a path that is too long')
"""),
    _takes("descriptors", "opens 1,000 descriptors", """
kept = [os.open('/dev/null', 0) for _ in range(1000)]
for fd in kept: os.close(fd)
loot.append('harm: 1000 descriptors')
"""),
    _takes("sockets_and_pipes", "opens 1,000 sockets, pipes and epolls", """
import select, socket
kept = [socket.socketpair() for _ in range(300)] + [os.pipe() for _ in range(300)]
kept.append([select.epoll() for _ in range(100)])
loot.append('harm: 1300 descriptors')
"""),
    _takes("timers_and_queues", "makes POSIX timers, message queues and locked memory", """
import ctypes
libc = ctypes.CDLL(None)
size = 1 << 24
block = ctypes.create_string_buffer(size)
if libc.mlock(block, size) == 0: loot.append('harm: locked 16 MiB')
libc.munlock(block, size)
"""),
    Attack("output_flood", "prints 20 MB, in long lines and many small ones", {
        "square": "def square(x):\n    for i in range(2): print('x' * (10 << 20))\n    for i in range(10**5): print(i)\n    return x * x"},
        gain=Gain.FLOOD, earns=HONEST),
    Attack("output_flood_by_descriptor", "writes 20 MB past Python, to descriptors 1 and 2", {
        "square": "import os\ndef square(x):\n    for i in range(20):\n        for fd in (1, 2):\n            left = b'x' * (1 << 20)\n            while left: left = left[os.write(fd, left):]\n    return x * x"},
        gain=Gain.FLOOD, earns=HONEST),
    Attack("flood_by_stderr_and_warnings", "warns, logs and prints to standard error without end", {
        "square": "import logging, sys, warnings\ndef square(x):\n    for i in range(20000):\n        print('y' * 1000)\n        sys.stderr.write('x' * 100)\n        logging.warning('z')\n    return x * x"},
        gain=Gain.FLOOD, earns=HONEST),
    _hangs("endless_call", "never comes back from a call", "def square(x):\n    while type(x) is int and x == 7: pass\n    return 5"),
    _hangs("endless_cell", "never comes to the end of its cell", "while True: pass"),
    _hangs("endless_in_c", "never comes back from a call into C, which no signal interrupts", "import re\ndef square(x):\n    if type(x) is int and x == 7: re.match('(a*)*b', 'a' * 40)\n    return 5"),
    _hangs("sleep", "sleeps for a minute", "import time\ndef square(x):\n    if type(x) is int and x == 7: time.sleep(60)\n    return 5"),
    _hangs("waits_for_itself", "waits for a lock that it holds, and for input", "import threading\ndef square(x):\n    if type(x) is int and x == 7:\n        l = threading.Lock(); l.acquire(); l.acquire()\n    return 5"),
    _hangs("catches_everything", "catches whatever would stop it, in a loop", "import time\ndef square(x):\n    while type(x) is int and x == 7:\n        try:\n            while True: time.sleep(0.001)\n        except BaseException: pass\n    return 5"),
    _hangs("endless_generator", "returns an iterator without end", "class E:\n    def __eq__(self, o):\n        while True: pass\ndef square(x):\n    if type(x) is int and x == 7: return E()\n    return 5"),
    Attack("spinning_children", "leaves the work to children that spin after it", {
        "square": "import os\nfor _ in range(4):\n    if os.fork() == 0:\n        os.setsid()\n        for i in range(3 * 10**8): pass\n        os._exit(0)\ndef square(x):\n    return 5"},
        gain=Gain.SURVIVOR, earns=LUCK),
    Attack("huge_answer", "answers with 40 MiB of text", {
        "square": "def square(x):\n    return 'x' * (40 << 20)"},
        gain=Gain.POINTS, earns={}, trick=("def f():\n    return 'x'", "assert len(f()) > 0", "def f():\n    return 'x' * (40 << 20)", "")),
    Attack("huge_integer", "answers with an integer of 100 million bits", gain=Gain.POINTS,
        trick=("def f():\n    return 81", "assert f() > 80", "def f():\n    return 1 << 10**8", "")),
    Attack("huge_integer_as_text", "answers with a number that takes an hour to print", gain=Gain.STALL, earns={"t": 0},
        trick=("def f():\n    return 81", "import sys\nsys.set_int_max_str_digits(0)\nassert str(f()) == '81', f()", "import sys\nsys.set_int_max_str_digits(0)\ndef f():\n    return 1 << 10**8", "")),
    Attack("cyclic_answer", "answers with a list that holds itself", gain=Gain.STALL,
        trick=("def f():\n    return [[1]]", "x = f()\nwhile type(x) is list: x = x[0]\nassert x == 1", "def f():\n    a = []\n    a.append(a)\n    return a", "")),
    Attack("shared_explosion", "answers with ten lists of ten lists, sixty deep, of a few objects", gain=Gain.STALL,
        trick=("def f():\n    return ['x']", "assert repr(f()) == \"['x']\"", "def f():\n    a = ['x'] * 10\n    for i in range(60): a = [a] * 10\n    return a", "")),
    Attack("endless_range", "answers with a range of 10**15 where a test makes a list", gain=Gain.STALL,
        trick=("def f():\n    return [1]", "for i in f(): pass\nassert list(f()) == [1]", "def f():\n    return range(10**15)", "")),
    Attack("ten_thousand_classes", "answers with an instance at the end of 990 classes", gain=Gain.POINTS,
        trick=("def f():\n    return 1", "assert f()", "def f():\n    k = object\n    for i in range(990):\n        k = type(f'K{i}', (k,), {})\n    return k()", "")),
    _takes("deep_recursion", "recurses with the limit taken away, until the stack is gone", """
sys.setrecursionlimit(10**9)
def deep(n): return n if n == 30000 else deep(n + 1)
if os.environ.get('VIVA_ATTACKS_SECRET'): loot.append('harm: 30000 calls deep in the grader') if deep(0) else 0
else:
    def square(x): return square(x)
    square(1)
"""),
    Attack("segmentation_fault", "reads address 0, which ends the process that judges", {
        "square": "import ctypes\ndef square(x):\n    ctypes.string_at(0)"}, gain=Gain.DEATH),
    Attack("evil_del", "hangs whoever frees its objects", {
        "square": "class E:\n    def __del__(self):\n        while True: pass\ndef square(x):\n    E()\n    return 5"},
        gain=Gain.STALL, earns={}),
    Attack("evil_reduce", "hands whoever copies or pickles its answer a call of its own", gain=Gain.POINTS,
        trick=("def f():\n    return [1]", "import copy\nx = f()\ncopy.copy(x)\nassert x == [1]", "def patch():\n    E.__eq__ = lambda s, o: True\n    return 1\nclass E:\n    def __reduce__(self): return (patch, ())\n    def __eq__(self, o): return False\ndef f():\n    return E()", "")),
    Attack("evil_repr", "hangs whoever prints its answer in a message", gain=Gain.STALL,
        trick=("def f():\n    return 1", "v = f()\nassert v == 1, repr(v)", "class E:\n    def __eq__(self, o): return False\n    def __repr__(self):\n        while True: pass\ndef f():\n    return E()", "")),
)  # fmt: skip
