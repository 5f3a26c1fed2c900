"""Decides whether a hostile candidate stays within an embedded room's walls.

Each attack has a control: the same lines do harm where that wall does not stand.
"""

import ast
import json
import os
import platform
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres, pytest.mark.timeout(240)]

CONNECT = """
import socket
try:
    with socket.create_connection({address!r}, 3):
        print('reached')
except OSError as error:
    print('refused', error)
"""
ABSTRACT = """
import socket
with socket.socket(socket.AF_UNIX) as unix:
    try:
        unix.connect({name!r})
        print('reached')
    except OSError as error:
        print('refused', error)
"""
SYSCALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(os.strerror(ctypes.get_errno()) if libc.syscall({words}) < 0 else 'done')
"""
FAMILY = """
import socket
try:
    socket.socket(socket.{family}, socket.SOCK_DGRAM)
    print('made')
except OSError as error:
    print(error.strerror)
"""
NAMES = """
import glob
lines = [open(path).read() for path in glob.glob('/proc/[0-9]*/cmdline')]
print({line.split(chr(0))[0].split('/')[-1] for line in lines})
"""
ENVIRONMENTS = """
import glob, os
print(dict(os.environ))
for path in glob.glob('/proc/[0-9]*/environ'):
    print(open(path).read())
"""
FULL = """
open('/tmp/big', 'wb').write(bytes(255 << 20))
open('/tmp/more', 'wb').write(bytes(4 << 20))
"""
FLOOD = """
import os, subprocess
subprocess.run(['sh', '-c', 'head -c 5000000 /dev/zero >&2; head -c 5000000 /dev/zero'])
for fd in range(1, 40):
    link = f'/proc/self/fd/{fd}'
    if os.path.lexists(link) and 'null' in os.readlink(link):
        os.write(fd, b'x' * 1000000)
"""
QUERY = """
import psycopg
with psycopg.connect('host=/pg user=candidate dbname=shop') as connection:
    print(connection.execute({query!r}).rowcount)
"""
LINK = """
import os
for name in ('link.txt', 'root'):
    if os.path.lexists(name):
        os.remove(name)
os.symlink({target!r}, 'link.txt')
os.symlink('/', 'root')
"""
# What Python and Jupyter read at start, if it stands where they look; it notes who ran it.
PLANT = """
import pathlib, site
HOME = pathlib.Path.home()
CODE = "import os; mine = not os.path.exists('/run/viva/runtime'); "
CODE += "open('/home/candidate/taken', 'a').write(f'{mine} ')"
for folder in (HOME, HOME / '.jupyter', pathlib.Path(site.getusersitepackages())):
    folder.mkdir(parents=True, exist_ok=True)
    for name in ('jupyter_server_config', 'jupyter_config', 'usercustomize', 'sitecustomize'):
        (folder / f'{name}.py').write_text(CODE)
print('planted')
"""
HARVEST = """
import os, pathlib, shutil, subprocess, sys
subprocess.run([sys.executable, '-c', ''], env={**os.environ, 'PYTHONPATH': os.environ['HOME']})
taken = pathlib.Path('/home/candidate/taken')
print(taken.read_text() if taken.exists() else 'never run')
for name in ('jupyter_server_config', 'jupyter_config', 'usercustomize', 'sitecustomize'):
    pathlib.Path(f'/home/candidate/{name}.py').unlink()
for name in ('.jupyter', '.local'):
    shutil.rmtree(f'/home/candidate/{name}')
"""
USERNS = """
import ctypes
print('made' if ctypes.CDLL(None).unshare(0x10000000) == 0 else 'refused')
"""


def outside(code: str) -> str:
    """Run the same lines where no wall stands, as this machine's own process."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def kernel(room):
    return room.kernel()


def test_kernel_reaches_no_port_of_this_machine(hub, kernel):
    attack = CONNECT.format(address=("127.0.0.1", hub.api_port))
    assert outside(attack) == "reached\n"
    assert kernel.run(attack).startswith("refused")


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("169.254.169.254", 80), ("::1", 22)])
def test_kernel_reaches_no_other_address(kernel, address):
    answer = kernel.run(CONNECT.format(address=address))
    assert answer.startswith("refused"), answer
    assert "timed out" not in answer


def test_kernel_has_no_network_but_its_own_loopback(kernel):
    listing = "print([line.split(':')[0].strip() for line in open('/proc/net/dev')][2:])"
    assert kernel.run(listing) == "['lo']\n"


def test_kernel_reaches_no_abstract_socket(kernel):
    name = f"\0viva-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        listening.listen()
        attack = ABSTRACT.format(name=name)
        assert outside(attack) == "reached\n"
        assert kernel.run(attack).startswith("refused")


def test_kernel_makes_no_user_namespace(hub, kernel):
    as_user = ["setpriv", f"--reuid={hub.uid or 65534}", "--clear-groups", "--"]
    attack = ["unshare", "-U", "true"]
    control = subprocess.run(attack if os.geteuid() else [*as_user, *attack], check=False)
    assert control.returncode == 0
    assert kernel.run(USERNS) == "refused\n"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="not run: calls by other numbers")
@pytest.mark.parametrize(
    ("call", "words"),
    [("io_uring_setup", "425, 1, 0"), ("keyctl", "250, 0, -3, 1"), ("bpf", "321, 0, 0, 0"),
     ("userfaultfd", "323, 0"), ("perf_event_open", "298, 0, 0, -1, -1, 0"), ("flock", "73, 0, 8")],
)  # fmt: skip
def test_kernel_makes_no_refused_system_call(kernel, call, words):
    code = SYSCALL.format(words=words)
    assert outside(code) != "Operation not permitted\n"
    assert kernel.run(code) == "Operation not permitted\n", call


def test_kernel_makes_no_socket_of_a_strange_family(kernel):
    assert kernel.run(FAMILY.format(family="AF_INET")) == "made\n"
    refused = "Address family not supported by protocol\n"
    for family in ("AF_VSOCK", "AF_PACKET", "AF_ALG"):
        assert kernel.run(FAMILY.format(family=family)) == refused


def test_kernel_sees_no_process_but_its_own(kernel):
    names = ast.literal_eval(kernel.run(NAMES))
    assert names <= {"bwrap", "python"}


def test_kernel_environment_holds_no_secret(kernel):
    told = kernel.run(ENVIRONMENTS)
    assert "DATABASE_URL" in told
    for secret in ("token", "TOKEN", "JUPYTERHUB", "VIVA_SESSION"):
        assert secret not in told


def test_kernel_sees_only_its_own_folder_of_the_server(room, kernel):
    second = room.kernel()
    seen = kernel.run(
        "import os; print(os.listdir('/run/viva'), len(os.listdir('/run/viva/connections')))"
    )
    assert seen == "['connections'] 1\n"
    assert second.run("import os; print(len(os.listdir('/run/viva/connections')))") == "1\n"


@pytest.mark.parametrize("secret", ["hub/cookie_secret", "hub/hub.sqlite", "configuration.py", ""])
def test_kernel_sees_nothing_of_the_runtime_folder(hub, kernel, secret):
    path = str(hub.home / secret)
    assert Path(path).exists()
    assert kernel.run(f"import os; print(os.path.lexists({path!r}))") == "False\n"


def test_kernel_sees_nothing_of_the_machine_but_programs(kernel):
    root = ast.literal_eval(kernel.run("import os; print(sorted(os.listdir('/')))"))
    allowed = {
        "bin",
        "dev",
        "etc",
        "home",
        "lib",
        "lib32",
        "lib64",
        "libx32",
        "opt",
        "pg",
        "proc",
        "run",
    }
    interpreter = Path(sys.base_prefix).parts[1]
    assert set(root) <= allowed | {"sbin", "tmp", "usr", interpreter}
    etc = set(ast.literal_eval(kernel.run("import os; print(os.listdir('/etc'))")))
    assert not etc & {"shadow", "ssh", "machine-id", "resolv.conf", "hostname", "ssl"}
    assert kernel.run("import os; print(os.listdir('/home'))") == "['candidate']\n"


@pytest.mark.parametrize(
    "folder", ["/", "/etc", "/usr", "/opt/viva", "/pg", "/dev", "/run", "/run/viva"]
)
def test_kernel_writes_nothing_outside_its_home(kernel, folder):
    write = "import os; open({path!r}, 'w').close(); print('written')"
    assert kernel.run(write.format(path="/home/candidate/control")) == "written\n"
    assert "Error" in kernel.run(write.format(path=f"{folder}/attack"))


def test_kernel_memory_ends_before_the_room(room, kernel):
    assert (
        kernel.run("del_me = bytearray(200 << 20); print(len(del_me)); del del_me") == "209715200\n"
    )
    assert "MemoryError" in kernel.run("bytearray(3 << 30)")
    assert room.request("GET", "/api/status").status_code == 200


def test_kernel_processes_end_before_the_machine(room, kernel):
    answer = kernel.run(
        "import subprocess\nborn = []\n"
        "try:\n    for _ in range(400): born.append(subprocess.Popen(['sleep', '30']))\n"
        "except OSError as error: print('stopped', error)\n"
        "print(len(born))\n"
        "for child in born: child.kill(); child.wait()\n"
    )  # fmt: skip
    assert answer.startswith("stopped")
    assert 10 < int(answer.split()[-1]) < 260
    assert kernel.run("print(1)") == "1\n"


def test_kernel_file_is_bounded(kernel):
    assert "File too large" in kernel.run(
        "import os\nwith open('big', 'wb') as f:\n    os.posix_fallocate(f.fileno(), 0, 300 << 20)"
    )
    assert "No space left" in kernel.run(FULL)
    kernel.run("import os; os.remove('/tmp/big'); os.remove('big')")


def test_kernel_output_does_not_reach_the_server_log(room, kernel):
    log = room.folder / "server.log"
    before = log.stat().st_size
    kernel.run(FLOOD)
    time.sleep(0.5)
    assert log.stat().st_size - before < 20000


def test_database_answers_its_candidate_and_nobody_else(kernel):
    connect = "import psycopg; psycopg.connect({!r}); print('in')"
    assert kernel.run(connect.format("host=/pg user=candidate dbname=shop")) == "in\n"
    for other in ("host=/pg user=postgres dbname=shop", "host=/pg user=candidate dbname=template1"):
        assert "OperationalError" in kernel.run(connect.format(other))


@pytest.mark.parametrize(
    "query",
    [
        "copy orders to program 'id'",
        "select pg_read_file('/etc/passwd')",
        "create extension dblink",
    ],
)
def test_database_gives_no_way_out(kernel, query):
    code = QUERY.format(query=query)
    answer = kernel.run(code)
    assert "InsufficientPrivilege" in answer or "FeatureNotSupported" in answer


@pytest.mark.parametrize(
    "target", ["/proc/self/environ", "/run/viva/runtime/jupyter_cookie_secret", "/etc/passwd"]
)
def test_server_follows_no_link_that_a_kernel_plants(room, kernel, target):
    kernel.run("open('plain.txt', 'w').write('fine')")
    kernel.run(LINK.format(target=target))
    assert room.request("GET", "/api/contents/plain.txt").status_code == 200
    for path in (
        "/api/contents/link.txt",
        "/files/link.txt",
        f"/api/contents/root{target}",
        f"/files/root{target}",
    ):
        answer = room.request("GET", path)
        assert answer.status_code in (403, 404), (path, answer.text[:200])
    body = {"type": "file", "format": "text", "content": "over"}
    assert room.request("PUT", "/api/contents/root/tmp/x", json=body).status_code >= 400


def test_server_is_not_steered_by_what_a_kernel_writes(room, kernel):
    """Start-up files in the candidate's home run in a kernel, never in the server."""
    assert kernel.run(PLANT) == "planted\n"
    room.stop()
    room.start()
    taken = room.kernel().run(HARVEST)
    assert "True" in taken, "the control: Python runs what was planted where it looks"
    assert "False" not in taken


def test_processes_of_a_room_show_no_secret(hub, room):
    """Neither environments nor command lines, which every user of the machine may read."""
    secrets = (b"session-token-of-the-tests", b"JUPYTERHUB_API_TOKEN")
    pids = [pid for pid in os.listdir("/proc") if pid.isdigit()]  # noqa: PTH208
    read = 0
    for pid in pids:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            continue
        if b"viva_lab.sandbox" not in command and room.name.encode() not in environment:
            continue
        read += 1
        assert not any(secret in command + environment for secret in secrets)
    assert read >= 2


@pytest.mark.skipif(os.geteuid() != 0, reason="not run: entering a namespace takes root")
def test_server_reaches_the_hub_and_nothing_else(hub, room):
    pid = room.processes()["server"]["pid"]
    listening = socket.create_server(("127.0.0.1", 0))
    attack = CONNECT.format(address=listening.getsockname())
    assert outside(attack) == "reached\n"
    inside = ["nsenter", "-t", str(pid), "-n", sys.executable, "-c"]
    assert subprocess.run([*inside, attack], capture_output=True, text=True).stdout.startswith(
        "refused"
    )
    door = CONNECT.format(address=("127.0.0.1", hub.api_port))
    assert subprocess.run([*inside, door], capture_output=True, text=True).stdout == "reached\n"
    listening.close()
    listing = subprocess.run(
        ["nsenter", "-t", str(pid), "-n", "cat", "/proc/net/dev"], capture_output=True, text=True
    )
    assert [line.split(":")[0].strip() for line in listing.stdout.splitlines()[2:]] == ["lo"]


def test_server_tells_the_panel_its_session_token(room):
    answer = room.request("GET", "/viva/session")
    assert json.loads(answer.text) == {
        "console_path": "/services/console",
        "token": "session-token-of-the-tests",
    }
