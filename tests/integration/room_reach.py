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
from pathlib import Path

Target = tuple[str, int]
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
# Datagrams are answered or not; `ping` needs no raw socket where the system allows it to all.
UDP = """
import socket, time
answered, probes = set(), []
for protocol, port, targets in (('udp', {port}, {targets!r}), ('ping', 0, {targets!r})):
    for address in targets:
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        if protocol == 'ping' and family == socket.AF_INET6:
            continue
        try:
            number = socket.IPPROTO_ICMP if protocol == 'ping' else 0
            probe = socket.socket(family, socket.SOCK_DGRAM, number)
            probe.setblocking(False)
            where = socket.getaddrinfo(address, port, family, socket.SOCK_DGRAM)[0][4]
            hello = bytes([8, 0, 0, 0, 0, 0, 0, 1]) + b'viva' if protocol == 'ping' else b'viva'
            probe.sendto(hello, where)
            probes.append((protocol, address, probe))
        except OSError:
            pass
end = time.monotonic() + {wait_s}
while time.monotonic() < end and len(answered) < len(probes):
    for protocol, address, probe in probes:
        try:
            probe.recv(100)
            answered.add((protocol, address))
        except OSError:
            pass
    time.sleep(0.02)
print(sorted(answered))
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


def listening_ports() -> list[int]:
    """Return every TCP port at which somebody listens on this machine, at any address."""
    ports = set()
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if state == "0A":
                ports.add(int(local.rpartition(":")[2], 16))
    return sorted(ports)


def tcp(run: Callable[[str], str], targets: list[Target], wait_s: float = 1.5) -> set[Target]:
    """Return which of the targets take a connection from where `run` runs Python."""
    return set(ast.literal_eval(run(TCP.format(targets=targets, wait_s=wait_s)).strip()))


def datagrams(
    run: Callable[[str], str], targets: list[str], port: int, wait_s: float = 1.0
) -> set[tuple[str, str]]:
    """Return which addresses answer a datagram, as ``udp`` at the port or as ``ping``."""
    said = run(UDP.format(targets=targets, port=port, wait_s=wait_s))
    return set(ast.literal_eval(said.strip()))


@contextmanager
def careless_service() -> Iterator[tuple[int, int]]:
    """Listen at all addresses of this machine, as a careless service would; give both ports."""
    stream = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    datagram = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    datagram.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
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
