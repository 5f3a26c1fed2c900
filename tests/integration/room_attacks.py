"""Decides what a hostile candidate tries against the machine: lines to run as they are.

Each prints ``gained`` or ``refused``. They are the same in both deployments, and in the place
where one defence is missing and they must succeed.
"""

from dataclasses import dataclass

TOOLS = """
import ctypes, errno, glob, os, socket, stat, sys, tempfile
libc = ctypes.CDLL(None, use_errno=True)
REFUSALS = (errno.EPERM, errno.ENOSYS, errno.EACCES, errno.EAFNOSUPPORT)
def call(*words):
    done = libc.syscall(*words)
    if done < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return done
def known(*words):
    '''Whether the kernel takes the call up; what it says of our arguments is all one.'''
    ctypes.set_errno(0)
    return libc.syscall(*words) >= 0 or ctypes.get_errno() not in REFUSALS
def check(done):
    if done < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return True
"""
TRY = """
try:
    answer = attempt()
except (OSError, ValueError) as error:
    print('refused', error)
else:
    print('gained' if answer else 'refused')
"""


@dataclass(frozen=True)
class Attack:
    """One attack on the kernel or the container.

    Attributes
    ----------
    name : str
        What the table of walls calls it.
    body : str
        The lines of a function that returns whether it gained something.
    lifted : tuple of str
        What `docker run` takes to lift the one defence that stops it. Where there is nothing, it
        must succeed as this machine's own process of root's.
    """

    name: str
    body: str
    lifted: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The whole program."""
        lines = "\n".join(f"    {line}" for line in self.body.strip().splitlines())
        return f"{TOOLS}\ndef attempt():\n{lines}\n{TRY}"


def together(codes: dict[str, str]) -> str:
    """Return a program that runs each in a process of its own and prints what each said."""
    return (
        "import json, subprocess, sys\n"
        f"codes = {codes!r}\n"
        "run = lambda code: subprocess.run([sys.executable, '-c', code], capture_output=True,"
        " text=True)\n"
        "done = {name: run(code) for name, code in codes.items()}\n"
        "print(json.dumps({name: (each.stdout or each.stderr[-300:]).strip()"
        " for name, each in done.items()}))\n"
    )


UNFILTERED = ("--security-opt", "seccomp=unconfined")
AS_ROOT = ("--user", "0")

# Numbers of calls are those of x86_64.
KERNEL = [
    Attack("user namespaces", "return check(libc.unshare(0x10000000))", UNFILTERED),
    Attack(
        "user namespaces by clone3",
        """
args = (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, 17, 0, 0, 0)
pid = call(435, ctypes.byref(args), ctypes.sizeof(args))
if not pid:
    os._exit(0)
os.waitpid(pid, 0)
return True
""",
        UNFILTERED,
    ),
    Attack(
        "mount",
        """
libc.unshare(0x20000)
libc.mount(b'none', b'/', None, 0x44000, None)
return check(libc.mount(b'none', tempfile.mkdtemp().encode(), b'tmpfs', 0, None))
""",
    ),
    Attack("mount by fsopen", "return known(430, 0, 0)"),
    Attack(
        "mknod",
        """
path = os.path.join(tempfile.mkdtemp(), 'disk')
os.mknod(path, 0o600 | stat.S_IFBLK, os.makedev(1, 0))
return True
""",
        (*AS_ROOT, "--cap-add", "MKNOD"),
    ),
    Attack("io_uring", "return known(425, 1, 0)", UNFILTERED),
    Attack("keyctl", "return known(250, 0, -3, 1)", UNFILTERED),
    Attack("add_key", "return known(248, b'user', b'viva', b'x', 1, -3)", UNFILTERED),
    Attack("AF_VSOCK", "return bool(socket.socket(40, socket.SOCK_STREAM))", UNFILTERED),
    Attack("bpf", "return known(321, 0, 0, 0)"),
    Attack("perf", "return known(298, 0, 0, -1, -1, 0)"),
    Attack("userfaultfd", "return call(323, 1) > 0", UNFILTERED),
    Attack(
        "flock as a channel",
        """
import fcntl
with open(os.__file__) as shared:
    fcntl.flock(shared, fcntl.LOCK_SH)
return True
""",
        UNFILTERED,
    ),
    Attack("inotify as a channel", "return call(294, 0) > 0", UNFILTERED),
    Attack(
        "ptrace",
        """
pid = os.fork()
if not pid:
    import time; time.sleep(5); os._exit(0)
try:
    return call(101, 16, pid, 0, 0) == 0
finally:
    os.kill(pid, 9)
    os.waitpid(pid, 0)
""",
        UNFILTERED,
    ),
    Attack(
        "memory of another process",
        "return known(310, os.getppid() or 1, 0, 0, 0, 0, 0)",
        UNFILTERED,
    ),
    Attack("raw sockets", "return bool(socket.socket(2, socket.SOCK_RAW, 1))", AS_ROOT),
    Attack("ARP and other frames", "return bool(socket.socket(17, socket.SOCK_RAW, 3))"),
    Attack("chroot", "os.chroot('/'); return True", AS_ROOT),
    Attack("file handles", "return known(303, -100, b'/', 0, 0, 0)", UNFILTERED),
    Attack("core_pattern", "return bool(os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY))"),
    Attack(
        "sysctl",
        "return bool(os.open('/proc/sys/vm/drop_caches', os.O_WRONLY))",
    ),
    Attack(
        "cgroup writes",
        """
return any(
    os.access(path, os.W_OK)
    for pattern in ('cgroup.procs', '*/cgroup.procs', '*/*/cgroup.procs')
    for path in glob.glob('/sys/fs/cgroup/' + pattern)
)
""",
    ),
    Attack(
        "devices of the host",
        """
names = 'mem kmem port kmsg kvm fuse loop* vd* sd* nvme* dm-* mapper/* vsock vhost* rtc* tun'
found = [path for name in names.split() for path in glob.glob('/dev/' + name)]
return any(os.access(path, os.R_OK) for path in found)
""",
    ),
    Attack(
        "becoming root",
        "os.setresuid(0, 0, 0); return True",
        AS_ROOT,
    ),
    Attack(
        "raising one's own limits",
        """
import resource
resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
return True
""",
    ),
    Attack("a higher priority", "os.setpriority(os.PRIO_PROCESS, 0, -10); return True"),
]

# A program that becomes another user by its file's mode; it says which one.
SETUID = """
import glob, os, stat
found = []
for folder in ('/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin', '/usr/lib', '/opt'):
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode) and mode & 0o6000:
                found.append(path)
options = os.statvfs(found[0]).f_flag if found else os.ST_NOSUID
status = dict(line.split(':', 1) for line in open('/proc/self/status'))
private = status['NoNewPrivs'].strip() == '1' or options & os.ST_NOSUID
print('refused' if private else 'gained', found)
"""

# What a candidate asks of their own database to get out of it, and what it must answer.
QUERY = """
import psycopg
try:
    with psycopg.connect('host=/pg user=candidate dbname=shop', autocommit=True) as connection:
        cursor = connection.execute({query!r})
        print('gained', cursor.fetchone() if cursor.description else cursor.statusmessage)
except psycopg.Error as error:
    print('refused', error.sqlstate, str(error).splitlines()[0])
"""
LOGIN = """
import psycopg
try:
    psycopg.connect({address!r}, connect_timeout=3).close()
    print('gained')
except psycopg.Error as error:
    print('refused', str(error).splitlines()[0])
"""
QUERIES = {
    "COPY PROGRAM": "copy (select 1) to program 'cat > /dev/null'",
    "COPY to a file": "copy (select 1) to '/tmp/gained'",
    "pg_read_file": "select pg_read_file('PG_VERSION')",
    "pg_ls_dir": "select pg_ls_dir('.')",
    "large object from a file": "select lo_import('/etc/passwd')",
    "library of the system": "create function handler() returns language_handler language c"
    " as '$libdir/plpgsql', 'plpgsql_call_handler'",
    "superuser": "alter role candidate superuser",
    "becoming the superuser": "set role postgres",
    "new role": "create role other superuser login",
    "another database": "create database other template shop",
    "the template": "alter database template1 connection limit 5",
    "server settings": "alter system set archive_command = 'id'",
    "preloaded library": "set session_preload_libraries = 'x'",
    "password hashes": "select rolpassword from pg_authid",
    "reload": "select pg_reload_conf()",
    "its own bound of temporary files": "set temp_file_limit = -1",
    "the server's log": "set log_min_messages = debug5",
}
# Of these nothing may be learnt about anybody else: a room's catalogue has no one in it.
WHO_IS_HERE = "select array_agg(rolname order by rolname)::text from pg_roles where rolcanlogin"
# User, database and host; no host is the instance's own socket.
LOGINS = {
    "the superuser": ("postgres", "shop", ""),
    "the superuser by its database": ("postgres", "postgres", ""),
    "the template": ("candidate", "template1", ""),
    "the other database": ("candidate", "postgres", ""),
    "by the network": ("candidate", "shop", "127.0.0.1"),
}
# Statements that use an instance up. Where nothing bounds it they succeed.
GREEDY = {
    "temporary files": "select count(*) from (select repeat(n::text, 100) as t"
    " from generate_series(1, 800000) n order by 1 offset 1) as sorted",
    "memory": "select array_length(array_agg(repeat(n::text, 200)), 1)"
    " from generate_series(1, 300000) n",
}
# The first session stays within a transaction and so reads none of what is sent.
NOTIFY = """
import psycopg
listening = psycopg.connect({address!r})
listening.execute('listen flood')
listening.commit()
listening.execute('select 1')
try:
    with psycopg.connect({address!r}, autocommit=True) as flood:
        for _ in range(12):
            flood.execute("select count(pg_notify('flood', n || repeat('x', 7900)))"
                          " from generate_series(1, 1000) n")
    print('gained')
except psycopg.Error as error:
    print('refused', error.sqlstate, str(error).splitlines()[0])
"""
# What one session of an instance can take from all its others, for as long as it lasts.
HOLDING = {
    "lock table": """
import psycopg, sys, time
held = psycopg.connect({address!r}, autocommit=True)
try:
    held.execute('select count(pg_advisory_lock(n)) from generate_series(1, 1000000) n')
except psycopg.Error as error:
    print('held', error.sqlstate, flush=True)
sys.stdin.readline()
""",
    "connections": """
import psycopg, sys, time
held = []
try:
    while len(held) < 300:
        held.append(psycopg.connect({address!r}))
except psycopg.Error as error:
    print('held', len(held), flush=True)
sys.stdin.readline()
""",
}
OWN = "host=/pg user=candidate dbname=shop"
# Takes one lock more; where nothing is used up it answers.
LOCKING = "select 7 from (select pg_try_advisory_xact_lock(-1)) as taken"
# Each fills a disk, tidies up behind itself and says how it ended. None of its files or tables is
# large; where nothing bounds them together, all are had.
FILL_HOME = """
import os, pathlib, shutil
folder = pathlib.Path('/home/candidate/fill')
folder.mkdir()
try:
    for number in range(14):
        (folder / str(number)).write_bytes(os.urandom(1 << 20) * 8)
    print('gained')
except OSError as error:
    print('refused', error.strerror)
shutil.rmtree(folder)
"""
MANY_FILES = """
import os, pathlib, shutil
folder = pathlib.Path('/home/candidate/many')
folder.mkdir()
try:
    for number in range(9000):
        os.close(os.open(folder / str(number), os.O_CREAT | os.O_WRONLY))
    print('gained')
except OSError as error:
    print('refused', error.strerror)
shutil.rmtree(folder)
"""
FILL_DATABASE = """
import psycopg
with psycopg.connect({address!r}, autocommit=True) as connection:
    try:
        for number in range(14):
            connection.execute(f"create table fill{{number}} as select repeat('x', 900) as x"
                               " from generate_series(1, 18000)")
        print('gained')
    except psycopg.Error as error:
        print('refused', error.sqlstate, str(error).splitlines()[0])
for number in range(14):
    with psycopg.connect({address!r}, autocommit=True) as connection:
        connection.execute(f'drop table if exists fill{{number}}')
"""
DESCRIPTORS = """
import os, resource
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
opened = []
try:
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for _ in range({count}):
        opened.append(os.open('/dev/null', os.O_RDONLY))
    answer = 'gained'
except OSError as error:
    answer = f'refused {{error.strerror}}'
for each in opened:
    os.close(each)
print(answer)
"""
FILL_SHARED_MEMORY = """
import os
try:
    with open('/dev/shm/fill', 'wb', 0) as file:
        for _ in range({mib}):
            file.write(bytes(1 << 20))
    print('gained')
except OSError as error:
    print('refused', error.strerror)
os.remove('/dev/shm/fill')
"""
# Stops by itself: run without a bound it must not take the machine that tests.
FORK_BOMB = """
import os, signal, time
born = []
try:
    while len(born) < {count}:
        pid = os.fork()
        if not pid:
            time.sleep(30)
            os._exit(0)
        born.append(pid)
    answer = 'gained'
except OSError as error:
    answer = f'refused {{error.strerror}}'
for pid in born:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
print(answer)
"""
