"""Decides which sixteen addresses a candidate's network gets."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, ip_network

# A /28 has room for the gateway and the server; Docker takes no /30 with a gateway reliably.
PREFIX_LENGTH = 28


def free_subnets(pool: IPv4Network, taken: Iterable[str], start: int) -> Iterator[IPv4Network]:
    """Give the pool's networks that overlap with none in use.

    Parameters
    ----------
    pool : IPv4Network
        Where candidates' networks may lie.
    taken : iterable of str
        Subnets that exist on the engine, in CIDR notation; IPv6 ones are passed over.
    start : int
        Which network to try first, so that hubs that share a pool seldom meet.

    Yields
    ------
    IPv4Network
        In order from ``start``, around the pool's end, each once.
    """
    networks = [ip_network(cidr, strict=False) for cidr in taken]
    in_use = [network for network in networks if isinstance(network, IPv4Network)]
    total = 1 << (PREFIX_LENGTH - pool.prefixlen)
    size = 1 << (32 - PREFIX_LENGTH)
    for index in range(total):
        first = int(pool.network_address) + (start + index) % total * size
        subnet = IPv4Network((first, PREFIX_LENGTH))
        if not any(subnet.overlaps(other) for other in in_use):
            yield subnet


def gateway_of(subnet: IPv4Network) -> IPv4Address:
    """Give the address at which the host, and so the hub, stands in a network."""
    return subnet[1]
