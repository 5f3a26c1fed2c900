"""Decides what a hostile candidate asks of the machine's kernel: lines to run as they are.

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
        "other namespaces",
        """
made = []
for flag in (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x20000000, 0x40000000):
    pid = os.fork()
    if not pid:
        os._exit(1 if libc.unshare(flag) else 0)
    made.append(os.waitpid(pid, 0)[1] == 0)
return any(made)
""",
    ),
    Attack("setns", "return call(308, os.open('/proc/self/ns/net', os.O_RDONLY), 0) == 0"),
    Attack("pivot_root", "return known(155, b'/nowhere', b'/nowhere')"),
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
    Attack("request_key", "return known(249, b'user', b'viva', 0, -3)", UNFILTERED),
    Attack(
        "keyctl by the calls of 32 bits",
        """
import mmap
page = mmap.mmap(-1, 4096, prot=7)
# push rbx; eax = keyctl; ebx = 0; ecx = -3; edx = 1; int 0x80; pop rbx; ret
page.write(bytes.fromhex('53b820010000bb00000000b9fdffffffba01000000cd805bc3'))
run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
pid = os.fork()
if not pid:
    os._exit(0 if run() > 0 else 1)
return os.waitpid(pid, 0)[1] == 0
""",
        UNFILTERED,
    ),
    Attack("AF_VSOCK", "return bool(socket.socket(40, socket.SOCK_STREAM))", UNFILTERED),
    Attack("bpf", "return known(321, 0, 0, 0)"),
    Attack("perf", "return known(298, 0, 0, -1, -1, 0)"),
    Attack("userfaultfd", "return call(323, 1) > 0", UNFILTERED),
    Attack(
        "userfaultfd by its device",
        "return bool(os.open('/dev/userfaultfd', os.O_RDWR))",
    ),
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
    Attack("fanotify as a channel", "return known(300, 0, 0)"),
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
        "anything below /sys and /proc/sys",
        """
# A room's own namespaces have settings of their own, which bind nobody else.
own = tuple('kernel/' + name for name in ('auto_msgmni', 'msg', 'sem', 'shm', 'pid_max'))
def rewritten(path):
    if path.removeprefix('/proc/sys/').startswith(('fs/mqueue/', *own)):
        return False
    try:
        with open(path) as file:
            text = file.read()
        # Some may be opened by anybody, and refuse what is written.
        with open(path, 'w') as file:
            return file.write(text) >= 0
    except (OSError, ValueError):
        return False
return any(
    rewritten(os.path.join(folder, name))
    for top in ('/proc/sys', '/sys')
    for folder, folders, names in os.walk(top)
    for name in names
    if os.access(os.path.join(folder, name), os.W_OK)
)
""",
    ),
    Attack(
        "what /proc keeps for root",
        """
def read(name):
    try:
        return open('/proc/' + name, 'rb').read(1)
    except OSError:
        return b''
return any(map(read, 'kcore kpageflags slabinfo vmallocinfo timer_list pagetypeinfo'.split()))
""",
    ),
    Attack(
        "the kernel's log",
        "return call(103, 3, ctypes.create_string_buffer(4096), 4096) > 0",
    ),
    # Its time zone, to what it is: whoever may do that may set the clock.
    Attack("the machine's clock", "return call(164, 0, ctypes.byref((ctypes.c_int * 2)())) == 0"),
    Attack("swap", "return known(167, b'/nowhere', 0)"),
    Attack("reboot", "return known(169, 0, 0, 0, 0)"),
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
