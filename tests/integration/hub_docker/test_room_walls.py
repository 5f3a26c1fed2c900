"""Decides, on a real engine, what a candidate can reach from inside their room, and what not."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from viva_hub.docker_spawner.limits import SERVER_UID

pytestmark = pytest.mark.docker


@contextmanager
def open_service(address: str) -> Iterator[int]:
    """Listen at an address of a candidates' network, as a careless service of the host would."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    host = socket.getaddrinfo(address, 0, family, socket.SOCK_STREAM)[0][4]
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.bind(host)
        listener.listen()
        stopped = threading.Event()

        def accept() -> None:
            while not stopped.is_set():
                try:
                    listener.accept()[0].close()
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def test_hub_api_answers_at_the_gateway_only_under_api(rooms):
    room, _ = rooms
    said = room.inside(
        "import os, urllib.error, urllib.request as u\n"
        "api = os.environ['JUPYTERHUB_API_URL']\n"
        "print(u.urlopen(api, timeout=5).status)\n"
        "for path in ('/hub/login', '/hub/join', '/hub/apix', '/'):\n"
        "    try: print(path, u.urlopen(api.removesuffix('/hub/api') + path, timeout=5).status)\n"
        "    except urllib.error.HTTPError as error: print(path, error.code)\n"
    )
    assert said.splitlines() == ["200", "/hub/login 404", "/hub/join 404", "/hub/apix 404", "/ 404"]


@pytest.mark.parametrize(
    ("address", "port"),
    [("203.0.113.1", 443), ("192.0.2.1", 80), ("169.254.169.254", 80), ("172.17.0.1", 22)],
    ids=["internet", "another-internet", "metadata", "docker0"],
)
def test_outside_is_blocked(rooms, address, port):
    assert not rooms[0].reaches(address, port)


def test_dns_resolves_no_name_beyond_the_room(rooms):
    said = rooms[0].inside(
        "import socket\n"
        "for name in ('example.org', 'deb.debian.org'):\n"
        "    try: print(socket.getaddrinfo(name, 80))\n"
        "    except OSError: print('no such name')\n"
    )
    assert said.splitlines() == ["no such name", "no such name"]


def test_service_of_the_host_is_blocked_and_reached_once_the_rule_is_lifted(rooms, docker_hub):
    room, _ = rooms
    firewall = docker_hub.firewall
    with open_service(room.gateway()) as port:
        assert not room.reaches(room.gateway(), port)
        jump = ["INPUT", "-i", firewall.bridges, "-j", firewall.inbound]
        subprocess.run(["iptables", "-w", "-D", *jump], check=True)
        try:
            assert room.reaches(room.gateway(), port)
        finally:
            firewall.ensure()
        assert not room.reaches(room.gateway(), port)


def test_ports_of_hub_and_proxy_on_loopback_are_not_at_the_gateway(rooms, docker_hub):
    room, settings = rooms[0], docker_hub.settings
    for port in (settings.port, settings.proxy_api_port, settings.console_port):
        assert not room.reaches(room.gateway(), port)
    assert room.reaches(room.gateway(), settings.hub_port)


def test_neighbour_is_blocked_though_its_server_listens(rooms):
    first, second = rooms
    socket.create_connection((second.address(), 8888), 5).close()
    assert not first.reaches(second.address(), 8888)
    assert not first.reaches(second.gateway(), 22)


def test_neighbours_gateway_gives_nothing_but_the_hub(rooms):
    first, second = rooms
    with open_service(second.gateway()) as port:
        assert not first.reaches(second.gateway(), port)


def test_ipv6_link_local_of_the_bridge_is_blocked(rooms):
    room, _ = rooms
    name = room.inspect(room.names.network, "network")["Options"]["com.docker.network.bridge.name"]
    shown = ["ip", "-6", "-o", "addr", "show", "dev", name, "scope", "link"]
    found = subprocess.run(shown, capture_output=True, text=True, check=True).stdout.split()
    if not found:
        pytest.skip("this host gives bridges no IPv6 address")
    link_local = found[found.index("inet6") + 1].partition("/")[0]
    with open_service(f"{link_local}%{name}") as port:
        assert not room.reaches(f"{link_local}%eth0", port)


def test_firewall_is_installed_once_however_often_it_is_ensured(rooms, docker_hub):
    firewall = docker_hub.firewall
    firewall.ensure()
    firewall.ensure()
    rules = subprocess.run(["iptables", "-S"], capture_output=True, text=True, check=True).stdout
    assert rules.count(f"-A INPUT -i {firewall.bridges} -j {firewall.inbound}") == 1
    assert rules.count(f"-A DOCKER-USER -i {firewall.bridges} -j DROP") == 1
    assert rules.count(f"-A {firewall.inbound} -j DROP") == 1


def test_server_runs_without_privileges_on_a_read_only_root(rooms):
    said = rooms[0].inside(
        "import os\n"
        "status = dict(line.split(':', 1) for line in open('/proc/1/status'))\n"
        "print(os.getuid(), status['CapEff'].strip(), status['CapBnd'].strip(),"
        " status['NoNewPrivs'].strip(), status['Seccomp'].strip())\n"
        "for path in ('/', '/usr/local/bin', '/opt/viva', '/pg', '/etc', '/home/candidate'):\n"
        "    try: open(path + '/probe', 'w').close()\n"
        "    except OSError as error: print(path, 'refused')\n"
        "    else: print(path, 'writable')\n"
    )
    nothing = "0" * 16
    assert said.splitlines() == [
        f"{SERVER_UID} {nothing} {nothing} 1 2",
        "/ refused",
        "/usr/local/bin refused",
        "/opt/viva refused",
        "/pg refused",
        "/etc refused",
        "/home/candidate writable",
    ]


def test_raw_sockets_namespaces_and_mounts_are_refused(rooms):
    said = rooms[0].inside(
        "import ctypes, os, socket\n"
        "try: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); print('raw socket')\n"
        "except PermissionError: print('refused')\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.unshare(0x10000000), libc.mount(b'x', b'/tmp', b'tmpfs', 0, None))\n"
        "print(os.path.exists('/var/run/docker.sock'))\n"
    )
    assert said.splitlines() == ["refused", "-1 -1", "False"]


def test_limits_are_set_on_both_containers(rooms):
    room, _ = rooms
    server, database = (
        room.inspect(name)["HostConfig"] for name in (room.names.server, room.names.database)
    )
    for config in (server, database):
        assert config["ReadonlyRootfs"]
        assert config["CapDrop"] == ["ALL"]
        assert config["SecurityOpt"][0] == "no-new-privileges"
        assert 0 < config["Memory"] == config["MemorySwap"]
        assert 0 < config["PidsLimit"] <= 256
        assert config["LogConfig"]["Config"] == {"max-size": "1m", "max-file": "2"}
    assert server["CpuQuota"] == server["CpuPeriod"] == 100_000
    assert database["CpuQuota"] == database["CpuPeriod"] == 100_000
    assert [mount.startswith("rw,nosuid,nodev") for mount in server["Tmpfs"].values()] == [True]
    assert database["NetworkMode"] == "none"


def test_fork_bomb_ends_at_the_limit_and_the_server_lives(rooms):
    room, _ = rooms
    said = room.inside(
        "import os, time\n"
        "made = []\n"
        "try:\n"
        "    for _ in range(2000):\n"
        "        pid = os.fork()\n"
        "        if not pid: time.sleep(5); os._exit(0)\n"
        "        made.append(pid)\n"
        "except BlockingIOError: print('stopped below', len(made) < 256)\n"
        "for pid in made: os.kill(pid, 9)\n"
    )
    assert said == "stopped below True"
    assert room.is_ready()


def test_memory_bomb_is_killed_inside_and_the_neighbour_lives(rooms):
    first, second = rooms
    said = first.inside(
        "import os\n"
        "open('/proc/self/oom_score_adj', 'w').write('1000')\n"
        "held = [bytearray(64 << 20) for _ in range(64)]\n"
        "print('held', len(held))\n"
    )
    assert "held" not in said
    assert first.inspect(first.names.server)["State"]["Running"]
    assert second.inside("print('alive')") == "alive"


def test_environment_tells_of_the_room_and_nothing_of_the_host(rooms, docker_hub):
    room, _ = rooms
    variables = dict(
        line.partition("=")[::2] for line in room.inspect(room.names.server)["Config"]["Env"]
    )
    assert variables["VIVA_SESSION_TOKEN"] == f"token-of-{room.user}"
    assert variables["VIVA_CONSOLE_PATH"] == "/services/console"
    assert variables["VIVA_HAS_DATABASE"] == "1"
    # Practice's socket first, where there is one.
    address = "postgresql+psycopg://candidate@/shop?host=/pg,/pg&port=5433,5432"
    assert variables["DATABASE_URL"] == address
    told = "\n".join(variables.values())
    secrets = ("VIVA_CONSOLE_TOKEN", "VIVA_TICKET_KEY", "VIVA_STAFF_KEY", "VIVA_HOME")
    assert not [name for name in secrets if docker_hub.environment[name] in told]


def test_servers_token_is_good_for_its_own_server_only(rooms):
    first, second = rooms
    said = first.inside(
        "import json, os, urllib.error, urllib.request as u\n"
        "api, own = os.environ['JUPYTERHUB_API_URL'], os.environ['JUPYTERHUB_USER']\n"
        "def ask(method, path):\n"
        "    headers = {'Authorization': 'token ' + os.environ['JUPYTERHUB_API_TOKEN']}\n"
        "    request = u.Request(api + path, method=method, headers=headers)\n"
        "    try: return u.urlopen(request, timeout=5).status\n"
        "    except urllib.error.HTTPError as error: return error.code\n"
        f"print(ask('GET', '/users/{second.user}'), ask('GET', '/users'),"
        " ask('DELETE', f'/users/{own}/server'), ask('POST', f'/users/{own}/tokens'),"
        " ask('GET', '/proxy'))\n"
    )
    assert set(said.split()) <= {"403", "404"}, said
