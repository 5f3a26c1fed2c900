"""Decides how a candidate's network is made and found: internal, a /28, a bridge of ours."""

# docker-py and dockerspawner carry no types; the tests on a real engine check what they give.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from viva_hub.docker_spawner.addresses import free_subnets, gateway_of
from viva_hub.docker_spawner.engine import Client, unless_gone
from viva_hub.docker_spawner.names import RoomNames, bridge_name
from viva_hub.errors import RoomStartError

# Two hubs may choose the same subnet at the same moment; the engine refuses the second.
ATTEMPTS = 16


def create_network(client: Client, names: RoomNames, pool: IPv4Network, start: int) -> IPv4Address:
    """Make a candidate's network, in the place of an older one of that name.

    Parameters
    ----------
    start : int
        Which of the pool's subnets to try first.

    Returns
    -------
    IPv4Address
        The gateway: where the hub is to be reached from inside.

    Raises
    ------
    RoomStartError
        If the pool is exhausted.
    """
    unless_gone(client.remove_network, names.network)
    refusal = "no subnet is free"
    attempts = zip(range(ATTEMPTS), free_subnets(pool, _taken(client), start), strict=False)
    for _, subnet in attempts:
        try:
            _create(client, names, pool, subnet)
        except APIError as error:
            refusal = str(error.explanation)
        else:
            return gateway_of(subnet)
    raise RoomStartError(f"no network for the candidate in {pool}: {refusal}")


def gateway_in_use(client: Client, names: RoomNames) -> IPv4Address | None:
    """Give the gateway of a candidate's network, or None where the network is gone."""
    try:
        network: dict[str, Any] = client.inspect_network(names.network)
    except NotFound:
        return None
    return gateway_of(IPv4Network(network["IPAM"]["Config"][0]["Subnet"]))


def _taken(client: Client) -> list[str]:
    plans = [network["IPAM"]["Config"] or [] for network in client.networks()]
    return [config["Subnet"] for plan in plans for config in plan if "Subnet" in config]


def _create(client: Client, names: RoomNames, pool: IPv4Network, subnet: IPv4Network) -> None:
    gateway = str(gateway_of(subnet))
    client.create_network(
        names.network,
        driver="bridge",
        internal=True,
        labels=names.labels,
        options={"com.docker.network.bridge.name": bridge_name(names.tag, pool, subnet)},
        ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet), gateway=gateway)]),
    )
