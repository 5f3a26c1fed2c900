"""Decides, on a real engine, that of all listeners at all addresses a room hears only its hub.

Each probe is shown to be heard where the wall does not stand.
"""

import ast
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from tests.integration.room_reach import (
    addresses,
    careless_service,
    datagrams,
    listeners,
    tcp,
)

pytestmark = pytest.mark.docker

# Whoever asks a cloud's metadata service gets its machine's keys; the other is nobody's address.
BEYOND = ("169.254.169.254", "192.0.2.1")
# All that share the link.
MANY = ("255.255.255.255", "224.0.0.1")
FIXED = [*BEYOND, *MANY, "fd00:ec2::254", "2001:db8::1", "ff02::1%eth0"]
SPEAKS_IPV6 = "net.ipv6.conf.eth0.disable_ipv6=0"
NAMES = """
import socket
for name in {names!r}:
    try:
        print(name, socket.getaddrinfo(name, 80)[0][4][0])
    except OSError:
        print(name, 'unknown')
"""
ABSTRACT = """
import socket
with socket.socket(socket.AF_UNIX) as probe:
    try:
        probe.connect({name!r})
        print('reached')
    except OSError:
        print('refused')
"""
OWN = ("/pg/", "/tmp/")  # noqa: S108 -- inside
SOCKETS = """
import os, stat
found = []
for folder, folders, names in os.walk('/'):
    if folder in ('/proc', '/sys'):
        folders.clear()
        continue
    for name in names:
        path = os.path.join(folder, name)
        if stat.S_ISSOCK(os.lstat(path).st_mode):
            found.append(path)
print(sorted(found))
"""


def here(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def container(*flags: str) -> Callable[[str], str]:
    """Run Python in a container of the candidates' image that has none of the room's walls."""

    def run(code: str) -> str:
        words = ["docker", "run", "--rm", *flags, "viva/candidate", "/opt/viva/bin/python", "-c"]
        done = subprocess.run([*words, code], capture_output=True, text=True, check=True)
        return done.stdout

    return run


@contextmanager
def plain_network() -> Iterator[tuple[str, str]]:
    """Make a network as Docker makes them; give its name and its gateway."""
    name = f"viva-control-{uuid.uuid4().hex[:6]}"
    make = ["docker", "network", "create", "--subnet", "10.241.240.0/28", name]
    subprocess.run(make, capture_output=True, check=True)
    try:
        yield name, "10.241.240.1"
    finally:
        subprocess.run(["docker", "network", "rm", name], capture_output=True, check=True)


@contextmanager
def lifted(firewall) -> Iterator[None]:
    """Take the rule for what reaches this machine away, and put it back."""
    for program in ("iptables", "ip6tables"):
        jump = ["INPUT", "-i", firewall.bridges, "-j", firewall.inbound]
        subprocess.run([program, "-w", "-D", *jump], check=True)
    try:
        yield
    finally:
        firewall.ensure()


def seen_inside(address: str) -> str:
    """Name an address's link as it is called inside, where every link is the room's own."""
    return address.partition("%")[0] + ("%eth0" if "%" in address else "")


def test_every_listener_at_every_address_is_silent_but_the_hub(rooms, docker_hub):
    first, second = rooms
    with careless_service() as (port, _):
        ports = listeners(here)["tcp"]
        assert port in ports
        assert docker_hub.settings.port in ports
        machine = sorted({seen_inside(address) for address in addresses()})
        assert {first.gateway(), second.gateway(), "127.0.0.1"} <= set(machine)
        inside = [each for each in machine if not each.startswith("127.") and each != "::1"]
        wanted = [(address, number) for address in inside for number in ports]
        neighbours = listeners(second.inside)["tcp"]
        assert 8888 in neighbours
        wanted += [(second.address(), number) for number in {*ports, *neighbours, 22}]
        reached = tcp(first.inside, wanted)
        hub_port = docker_hub.settings.hub_port
        gateways = {address for address, number in reached if number == hub_port}
        assert reached == {(address, hub_port) for address in gateways}
        assert {first.gateway()} <= gateways
        pool = docker_hub.settings.network_pool
        assert all(ip_address(address) in pool for address in gateways)
        # The control: the same service is heard at each of those addresses from outside the walls.
        heard = tcp(here, [(address, port) for address in addresses()])
        assert {address for address, _ in heard} >= {"127.0.0.1", first.gateway()}
        with lifted(docker_hub.firewall):
            assert (first.gateway(), port) in tcp(first.inside, [(first.gateway(), port)])
        assert tcp(first.inside, [(first.gateway(), port)]) == set()


def test_own_loopback_has_nothing_of_the_machines(rooms):
    room, _ = rooms
    with careless_service() as (port, _):
        targets = [("127.0.0.1", port), ("::1", port)]
        assert tcp(room.inside, targets) == set()
        assert tcp(here, targets) == set(targets)
        assert tcp(container("--network", "host"), targets) == set(targets)


def test_listeners_are_all_that_the_machine_knows_of():
    with careless_service() as (port, datagram_port):
        before = listeners(here)
        for kind, flag in (("tcp", "-t"), ("udp", "-u")):
            shown = subprocess.run(["ss", "-Hln", flag], capture_output=True, text=True, check=True)
            known = {int(line.split()[3].rpartition(":")[2]) for line in shown.stdout.splitlines()}
            assert {"tcp": port, "udp": datagram_port}[kind] in known
            # Others on this machine begin and end to listen meanwhile.
            after = listeners(here)
            assert set(before[kind]) & set(after[kind]) <= known
            assert known <= set(before[kind]) | set(after[kind])


def test_no_datagram_is_answered_nor_one_to_many_nor_a_ping(rooms, docker_hub):
    first, second = rooms
    with careless_service() as (_, port):
        ports = listeners(here)["udp"]
        assert port in ports
        targets = [seen_inside(address) for address in addresses()]
        targets = [address for address in targets if not address.startswith(("127.", "::1"))]
        targets += [second.address(), *FIXED]
        assert datagrams(first.inside, sorted(set(targets)), ports) == set()
        with lifted(docker_hub.firewall):
            heard = datagrams(first.inside, [first.gateway(), *MANY], [port])
            assert heard >= {("udp", address, port) for address in (first.gateway(), *MANY)}
            assert ("ping", first.gateway(), 0) in heard


def test_room_has_no_ipv6_but_its_loopback(rooms):
    links = "print(*{line.split()[-1] for line in open('/proc/net/if_inet6')})"
    assert rooms[0].inside(links) in {"lo", ""}
    assert "eth0" in container("--network", "bridge", "--sysctl", SPEAKS_IPV6)(links)


def test_link_local_addresses_of_the_bridge_are_silent(rooms, docker_hub):
    room, _ = rooms
    options = room.inspect(room.names.network, "network")["Options"]
    link = options["com.docker.network.bridge.name"]
    local = [address for address in addresses() if address.endswith(f"%{link}")]
    if not local:
        pytest.skip("not run: this host gives bridges no IPv6 address")
    target = seen_inside(local[0])
    with careless_service() as (port, _):
        assert tcp(here, [(local[0], port)]) == {(local[0], port)}
        assert tcp(room.inside, [(target, port)]) == set()


@pytest.mark.skipif(os.geteuid() != 0, reason="not run: giving a bridge an address takes root")
def test_outside_addresses_and_metadata_are_out_of_reach_and_a_plain_network_leads_there(rooms):
    """Nothing leaves this machine: the addresses are given to a bridge for the moment."""
    room, _ = rooms
    with careless_service() as (port, _), plain_network() as (name, gateway):
        shown = ["ip", "-o", "addr", "show", "to", gateway]
        link = subprocess.run(shown, capture_output=True, text=True, check=True).stdout.split()[1]
        for address in BEYOND:
            subprocess.run(["ip", "addr", "add", f"{address}/32", "dev", link], check=True)
        targets = [(address, port) for address in BEYOND]
        assert tcp(container("--network", name), targets) == set(targets)
        assert tcp(room.inside, targets) == set()


def test_names_of_neighbours_and_of_the_world_are_unknown(rooms):
    first, second = rooms
    own, other = first.names.server, second.names.server
    names = [own, other, second.names.database, "example.org", "metadata.google.internal", "host"]
    said = dict(line.split() for line in first.inside(NAMES.format(names=names)).splitlines())
    assert said.pop(own) == first.address(), "the control: the engine's name server answers"
    assert set(said.values()) == {"unknown"}


def test_neighbour_is_reached_once_both_stand_in_one_network(rooms, docker_hub):
    first, second = rooms
    target = (second.address(), 8888)
    assert tcp(first.inside, [target]) == set()
    join = ["docker", "network", "connect", second.names.network, first.names.server]
    subprocess.run(join, check=True)
    try:
        firewall = docker_hub.firewall
        for side in ("-i", "-o"):
            rule = ["DOCKER-USER", side, firewall.bridges, "-j", "DROP"]
            subprocess.run(["iptables", "-w", "-D", *rule], check=True)
        assert tcp(first.inside, [target]) == {target}
    finally:
        docker_hub.firewall.ensure()
        join[2] = "disconnect"
        subprocess.run(join, check=True)
    assert tcp(first.inside, [target]) == set()


def test_abstract_sockets_of_the_machine_are_out_of_reach(rooms):
    room, _ = rooms
    name = f"\0viva-test-{uuid.uuid4().hex}"
    attack = ABSTRACT.format(name=name)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        listening.listen()
        assert here(attack) == "reached\n"
        assert container("--network", "host")(attack) == "reached\n"
        assert room.inside(attack) == "refused"


def test_only_the_databases_socket_and_the_servers_own_stand_in_a_room(rooms):
    room, _ = rooms
    found = room.inside(SOCKETS)
    assert "/pg/.s.PGSQL.5432" in found
    assert [path for path in ast.literal_eval(found) if not path.startswith(OWN)] == []
    socket_path = "/var/run/docker.sock"
    shared = container("--volume", f"{socket_path}:{socket_path}")(SOCKETS)
    assert "docker.sock" in shared


HUB = """
import os, urllib.error, urllib.request as u
api, headers = os.environ['JUPYTERHUB_API_URL'], {{'Authorization': 'token '
           + os.environ['JUPYTERHUB_API_TOKEN']}}
for path in {paths!r}:
    try:
        print(u.urlopen(u.Request(api + path, headers=headers), timeout=5).status)
    except urllib.error.HTTPError as error:
        print(error.code)
"""


def test_servers_token_opens_no_other_user_and_no_service(rooms, docker_hub):
    first, second = rooms
    paths = [f"/users/{second.user}", "/users", "/groups", "/services", "/services/console"]
    paths += ["/proxy", "/info", f"/users/{second.user}/tokens", f"/users/{first.user}/tokens"]
    assert set(first.inside(HUB.format(paths=paths)).split()) <= {"403", "404"}
    # The controls: the token is good for what is its own, and the console's opens more.
    assert first.inside(HUB.format(paths=["/user"])) == "200"
    assert docker_hub.api("GET", f"users/{second.user}").status_code == 200
