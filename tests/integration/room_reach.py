"""Decides what is probed from inside a room: every listener of this machine at every address.

The same lines run inside a room, inside a container without walls, and on the machine itself.
"""

import ast
import json
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Target = tuple[str, int]
IP_MULTICAST_ALL = 49  # ip(7); Python has no name for it
# Tries all at once: hundreds of targets would otherwise take minutes to be silent.
TCP = """
import errno, select, socket, time
poll, waiting, reached = select.poll(), {{}}, []
for address, port in {targets!r}:
    try:
        family, kind, _, _, where = socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)[0]
        probe = socket.socket(family, kind)
        probe.setblocking(False)
        if probe.connect_ex(where) == errno.EINPROGRESS:
            poll.register(probe, select.POLLOUT)
            waiting[probe.fileno()] = probe, (address, port)
        elif probe.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0 and probe.getpeername():
            reached.append((address, port))
    except OSError:
        pass
end = time.monotonic() + {wait_s}
while waiting and time.monotonic() < end:
    for number, _ in poll.poll(100):
        probe, target = waiting.pop(number)
        poll.unregister(number)
        if probe.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
            reached.append(target)
        probe.close()
print(sorted(reached))
"""
# Datagrams are answered or not; `ping` needs no raw socket where the system allows it to all. What
# goes to many at once has no route in a room: it is sent by the link itself.
UDP = """
import socket, time
answered, probes = set(), []
pings = [('ping', address, 0) for address in {addresses!r} if ':' not in address]
for protocol, address, port in [('udp', *each) for each in {targets!r}] + pings:
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    try:
        number = socket.IPPROTO_ICMP if protocol == 'ping' else 0
        probe = socket.socket(family, socket.SOCK_DGRAM, number)
        probe.setblocking(False)
        if address.startswith(('255.', '224.', 'ff02:')):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'eth0')
        where = socket.getaddrinfo(address, port, family, socket.SOCK_DGRAM)[0][4]
        hello = bytes([8, 0, 0, 0, 0, 0, 0, 1]) + b'viva' if protocol == 'ping' else b'viva'
        probe.sendto(hello, where)
        probes.append(((protocol, address, port), probe))
    except OSError:
        pass
end = time.monotonic() + {wait_s}
while time.monotonic() < end and len(answered) < len(probes):
    for target, probe in probes:
        try:
            probe.recv(100)
            answered.add(target)
        except OSError:
            pass
    time.sleep(0.02)
print(sorted(answered))
"""
# Of this machine, or of a room, from where it is run.
LISTENERS = """
found = {kind: set() for kind in ('tcp', 'udp')}
for kind, listens in (('tcp', '0A'), ('udp', '07')):
    for name in (kind, kind + '6'):
        try:
            lines = open('/proc/net/' + name).read().splitlines()[1:]
        except OSError:
            continue
        for local, state in (line.split()[1:4:2] for line in lines):
            if state == listens:
                found[kind].add(int(local.rpartition(':')[2], 16))
print({kind: sorted(ports) for kind, ports in found.items()})
"""


def addresses() -> list[str]:
    """Return every address of this machine, of both versions, with its interface where needed."""
    shown = subprocess.run(["ip", "-j", "addr"], capture_output=True, text=True, check=True)
    found = []
    for interface in json.loads(shown.stdout):
        for info in interface["addr_info"]:
            scope = f"%{interface['ifname']}" if info["scope"] == "link" else ""
            found.append(info["local"] + (scope if ":" in info["local"] else ""))
    return sorted(set(found))


def listeners(run: Callable[[str], str]) -> dict[str, list[int]]:
    """Return every port at which somebody listens, at any address, by ``tcp`` and ``udp``."""
    return ast.literal_eval(run(LISTENERS).strip())


def tcp(run: Callable[[str], str], targets: list[Target], wait_s: float = 1.5) -> set[Target]:
    """Return which of the targets take a connection from where `run` runs Python."""
    return set(ast.literal_eval(run(TCP.format(targets=targets, wait_s=wait_s)).strip()))


def datagrams(
    run: Callable[[str], str], addresses: list[str], ports: list[int], wait_s: float = 1.0
) -> set[tuple[str, str, int]]:
    """Return what is answered: ``udp`` at each port of each address, and ``ping`` at port 0."""
    targets = [(address, port) for address in addresses for port in ports]
    said = run(UDP.format(addresses=addresses, targets=targets, wait_s=wait_s))
    return set(ast.literal_eval(said.strip()))


@contextmanager
def careless_service() -> Iterator[tuple[int, int]]:
    """Listen at all addresses of this machine, as a careless service would; give both ports."""
    stream = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    datagram = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    datagram.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    # What is sent to all hosts of a link is for it as well; a socket of both versions must ask.
    datagram.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL, 1)
    datagram.bind(("::", 0))
    stopped = threading.Event()

    def accept() -> None:
        while not stopped.is_set():
            with suppress(OSError):
                stream.accept()[0].close()

    def echo() -> None:
        while not stopped.is_set():
            with suppress(OSError):
                said, sender = datagram.recvfrom(100)
                datagram.sendto(said, sender)

    for each in (stream, datagram):
        each.settimeout(0.2)
    threads = [threading.Thread(target=work, daemon=True) for work in (accept, echo)]
    for thread in threads:
        thread.start()
    try:
        yield stream.getsockname()[1], datagram.getsockname()[1]
    finally:
        stopped.set()
        for thread in threads:
            thread.join(5)
        stream.close()
        datagram.close()
