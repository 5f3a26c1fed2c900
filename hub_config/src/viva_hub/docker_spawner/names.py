"""Decides what a candidate's containers, network and volumes are called, and how they are found."""

import hashlib
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

HUB_LABEL = "viva.hub"
USER_LABEL = "viva.user"


def hub_tag(home: Path) -> str:
    """Give four letters that tell this hub's things from another's on the same engine.

    Parameters
    ----------
    home : Path
        The runtime folder; two hubs never share one.
    """
    return hashlib.sha256(str(home).encode()).hexdigest()[:4]


def bridge_prefix(tag: str) -> str:
    """Give what the names of this hub's bridges begin with; the firewall matches it."""
    return f"viva{tag}-"


def bridge_name(tag: str, pool: IPv4Network, subnet: IPv4Network) -> str:
    """Name a bridge after its network's place in the pool; Linux allows 15 letters."""
    offset = int(subnet.network_address) - int(pool.network_address)
    return f"{bridge_prefix(tag)}{offset // subnet.num_addresses}"


@dataclass(frozen=True)
class RoomNames:
    """The names of everything that one candidate has on the engine.

    Attributes
    ----------
    tag : str
        The hub's four letters.
    user : str
        The candidate's hub name.
    """

    tag: str
    user: str

    @property
    def server(self) -> str:
        """The container with the candidate's server and kernels."""
        return f"viva-{self.tag}-{self.user}"

    @property
    def database(self) -> str:
        """The container with the candidate's PostgreSQL."""
        return f"{self.server}-pg"

    @property
    def practice(self) -> str:
        """The container with the PostgreSQL to practise on."""
        return f"{self.server}-practice"

    @property
    def practice_volume(self) -> str:
        """All that was done in practice."""
        return f"{self.server}-practice"

    @property
    def network(self) -> str:
        """The network that holds the server and nobody else."""
        return self.server

    @property
    def home_volume(self) -> str:
        """The candidate's files."""
        return f"{self.server}-home"

    @property
    def notes_volume(self) -> str:
        """What the candidate's server keeps for itself: changes to documents, settings."""
        return f"{self.server}-notes"

    @property
    def data_volume(self) -> str:
        """The database's data folder."""
        return f"{self.server}-data"

    @property
    def wal_volume(self) -> str:
        """The database's log of changes."""
        return f"{self.server}-wal"

    @property
    def socket_volume(self) -> str:
        """The folder with the databases' sockets, all that their containers share."""
        return f"{self.server}-socket"

    @property
    def labels(self) -> dict[str, str]:
        """What everything of this candidate is labelled with."""
        return {HUB_LABEL: self.tag, USER_LABEL: self.user}

    @property
    def label_filters(self) -> list[str]:
        """The same, as Docker's list calls want it."""
        return [f"{key}={value}" for key, value in self.labels.items()]
