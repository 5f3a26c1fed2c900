"""Submissions that try the doors of their room: system calls, namespaces, mounts, devices."""

from tests.attacks.corpus import Attack, Gain

HONEST = {"value": 1, "kinds": 1, "arrays": 1}
LIBC = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"


def _tries(name: str, tries: str, code: str) -> Attack:
    """Make a submission that tries a door once, notes that it opened, and answers rightly."""
    square = f"{LIBC}try:\n" + "\n".join("    " + line for line in code.strip().splitlines())
    square += "\nexcept Exception:\n    pass\ndef square(x):\n    return x * x"
    return Attack(name, tries, {"square": square}, gain=Gain.LOOT, earns=HONEST)


ATTACKS = (
    _tries("user_namespace", "makes a user namespace in which it is root", """
pid = os.fork()
if pid == 0:
    os._exit(7 if libc.unshare(0x10000000) == 0 or libc.unshare(0x00020000) == 0 else 0)
if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7: loot.append('a namespace')
"""),
    _tries("clone_into_namespaces", "asks clone and clone3 for namespaces instead of unshare", """
for number, flags in ((56, 0x10000000 | 17), (56, 0x20000000 | 17)):
    pid = libc.syscall(number, flags, 0, 0, 0, 0)
    if pid == 0: os._exit(0)
    if pid > 0:
        loot.append('cloned'); os.waitpid(pid, 0)
"""),
    _tries("mount", "mounts a tmpfs, bind-mounts the root, pivots, changes root", """
pid = os.fork()
if pid == 0:
    libc.unshare(0x00020000)
    done = [libc.mount(b'none', b'/tmp', b'tmpfs', 0, None), libc.mount(b'/', b'/tmp', None, 4096, None), libc.chroot(b'/tmp')]
    os._exit(7 if 0 in done else 0)
if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7: loot.append('mounted')
"""),
    _tries("ptrace", "attaches to another process to change its memory", """
import signal, time
pid = os.fork()
if pid == 0:
    time.sleep(5)
    os._exit(0)
for other in (pid, os.getppid(), 1, 2):
    if libc.ptrace(16, other, 0, 0) == 0:
        loot.append('attached')
        break
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
"""),
    _tries("device_nodes", "makes device nodes with mknod, and opens those there are", """
os.mknod('disk', 0o060666, os.makedev(8, 0))
loot.append('a device')
"""),
    _tries("devices", "opens the kernel's log, memory, KVM, FUSE and loop devices", """
for name in ('mem', 'kmsg', 'kvm', 'fuse', 'loop-control', 'vda', 'sda'):
    if os.path.exists('/dev/' + name): loot.append('a device: ' + name)
for name in ('/sys/kernel/mm/ksm/run', '/proc/sysrq-trigger', '/proc/sys/vm/overcommit_memory'):
    try: os.close(os.open(name, os.O_WRONLY)); loot.append('the kernel: ' + name)
    except OSError: pass
"""),
    _tries("memory_files", "makes memory that no folder counts, by memfd_create", """
fd = os.memfd_create('x')
os.write(fd, b'x' * 1000)
loot.append('a memory file')
"""),
    _tries("shared_memory_of_system_v", "leaves System V shared memory, queues and semaphores", """
for number, words in ((29, (0x56495641, 4096, 0o1666)), (68, (0x56495641, 0o1666)), (64, (0x56495641, 1, 0o1666))):
    made = libc.syscall(number, *words, 0, 0)
    if made >= 0: loot.append(f'System V {number}')
"""),
    _tries("locks_as_a_channel", "locks read-only files of everybody, to signal a neighbour", """
import fcntl, sys
fd = os.open(os.__file__, os.O_RDONLY)
fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
loot.append('a lock that others see')
"""),
    _tries("raw_sockets", "opens packet, netlink, vsock, alg and raw sockets", """
import socket
for family in (17, 16, 40, 38):
    try:
        socket.socket(family, socket.SOCK_RAW if family != 38 else socket.SOCK_SEQPACKET)
        loot.append(f'family {family}')
    except OSError: pass
"""),
    _tries("keyring_and_bpf", "stores a key that outlives it, loads bpf, opens perf and userfaultfd", """
if libc.syscall(248, b'user', b'viva-left', b'x', 1, -3) >= 0: loot.append('a key')
for number in (321, 298, 323, 425):
    if libc.syscall(number, 0, 0, 0, 0, 0) >= 0: loot.append(f'call {number}')
"""),
    _tries("privileges", "becomes root, takes groups, keeps capabilities", """
if os.getuid() == 0: loot.append('root')
for change in (lambda: os.setgroups([0]), lambda: os.setgid(0), lambda: os.setuid(0)):
    try: change()
    except OSError: continue
    loot.append('privileges')
if libc.prctl(39, 0, 0, 0, 0) != 1: loot.append('no_new_privs is off')
"""),
    _tries("writing_outside", "writes beside its folder: libraries, the runner, the root", """
import sys
for place in ('/usr/lib', '/viva', '/', '/etc', sys.prefix, '@HOME@', os.path.dirname(os.getcwd()), '/viva/viva_runner'):
    try:
        with open(place + '/viva-left', 'w'): pass
        loot.append('wrote into ' + place)
        os.unlink(place + '/viva-left')
    except OSError: pass
"""),
    _tries("limits", "raises its own limits again", """
import resource
for name in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):
    try: resource.setrlimit(name, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)) if name != resource.RLIMIT_NOFILE else resource.setrlimit(name, (4096, 4096))
    except (OSError, ValueError): continue
    loot.append('a limit raised')
"""),
    _tries("personality_and_32_bit", "changes its personality, and calls by the 32-bit numbers", """
if libc.personality(0x0040000) not in (-1,) and libc.personality(0xffffffff) & 0x40000: loot.append('personality')
"""),
    _tries("passed_descriptors", "sends descriptors over the channel to whoever reads it", """
import array, gc, socket
s = [o for o in gc.get_objects() if type(o) is socket.socket]
ours, theirs = socket.socketpair()
n = os.open('/dev/null', 0)
for _ in range(100):
    ours.sendmsg([b'\\\\0'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [n]))])
os.open('@HOME@/secret.txt', os.O_RDONLY)
loot.append('a descriptor of outside')
"""),
    _tries("other_processes", "asks which process numbers are somebody's", """
seen = 0
for pid in range(2, 5000):
    if pid != os.getpid():
        try: os.kill(pid, 0)
        except OSError: continue
        seen += 1
if seen: loot.append(f'others: {seen}')
"""),
    _tries("folders_of_the_host", "looks for the host's accounts, packages, sockets and devices", """
for p in ('@CLONE@/notebooks_templates', '@CLONE@/.git', os.path.expanduser('~root') + '/.ssh', '/etc/passwd', '/etc/shadow', '/run', '/var/lib/dpkg'):
    if os.path.exists(p) and '@CLONE@' not in os.getcwd() and os.path.exists('@HOME@'): loot.append('the host: ' + p)
"""),
    _tries("questions_on_disk", "looks for notebooks, settings and tests anywhere", """
for place in ('/work', '@CLONE@', '/srv', '/opt', '/home'):
    for folder, _, names in os.walk(place):
        for n in names:
            if n.endswith(('.ipynb', 'question.toml')): loot.append('a file: ' + n); break
        if loot: break
"""),
    _tries("core_pattern", "writes the kernel's core_pattern, and dumps core", """
os.close(os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY))
loot.append('core_pattern can be written')
"""),
    _tries("cgroups", "finds the root of all control groups, to move itself out of its own", """
old, new = '/sys/fs/cgroup/memory/release_agent', '/sys/fs/cgroup/cgroup.'
if os.path.exists(old) or (os.path.exists(new + 'procs') and not os.path.exists(new + 'type')):
    loot.append('the root of all control groups')
"""),
    _tries("programs", "runs a shell and compilers of the host", """
import subprocess
if os.path.exists('/etc/passwd') and b'root' in subprocess.run(['/bin/cat', '/etc/passwd'], capture_output=True).stdout and os.path.exists('@HOME@'): loot.append('a shell sees the host')
"""),
)  # fmt: skip
