"""Decides what passes between candidates' networks and this machine: the hub's port, and replies.

An ``--internal`` network has no way out, but every service of the host answers at the gateway's
address and at the host's others, and networks of one host can meet. So: what comes in over one of
our bridges may open connections to the hub's port at a gateway, and to nothing else; nothing is
forwarded from or to our bridges; of IPv6 nothing passes at all.
"""

import subprocess
from dataclasses import dataclass
from ipaddress import IPv4Network

from viva_hub.docker_spawner.names import bridge_prefix
from viva_hub.errors import FirewallError

TIMEOUT_S = 20


@dataclass(frozen=True)
class Firewall:
    """The rules of one hub.

    Attributes
    ----------
    tag : str
        The hub's four letters; chains and bridges carry them.
    pool : IPv4Network
        Where candidates' networks lie.
    hub_port : int
        The port at which the hub answers at each gateway.
    """

    tag: str
    pool: IPv4Network
    hub_port: int

    @property
    def bridges(self) -> str:
        """The pattern that all of this hub's bridges match, and no other interface."""
        return f"{bridge_prefix(self.tag)}+"

    @property
    def inbound(self) -> str:
        """The chain for what reaches this machine."""
        return f"VIVA-{self.tag}-IN"

    def chain(self, family: int) -> str:
        """Give the inbound chain as ``iptables-restore`` reads it.

        Parameters
        ----------
        family : {4, 6}
            The version of the Internet Protocol.
        """
        allowed = [
            # The hub opens connections to candidates' servers; these are their replies.
            "-m conntrack --ctstate ESTABLISHED -j ACCEPT",
            f"-p tcp -d {self.pool} --dport {self.hub_port} -j ACCEPT",
        ]
        rules = [*(allowed if family == IPV4 else []), "-j DROP"]
        lines = [f"-A {self.inbound} {rule}" for rule in rules]
        return "\n".join(["*filter", f":{self.inbound} - [0:0]", *lines, "COMMIT", ""])

    def jumps(self, family: int) -> list[list[str]]:
        """Give the rules of the built-in chains that lead our traffic to its decision."""
        # Docker keeps DOCKER-USER first in FORWARD, and only where it does IPv4.
        forward = "DOCKER-USER" if family == IPV4 else "FORWARD"
        return [
            ["INPUT", "-i", self.bridges, "-j", self.inbound],
            [forward, "-i", self.bridges, "-j", "DROP"],
            [forward, "-o", self.bridges, "-j", "DROP"],
        ]

    def ensure(self) -> None:
        """Install what is missing; nothing changes where all stands.

        Raises
        ------
        FirewallError
            If this process may not, or the machine has no iptables: then no candidate may start.
        """
        for family, program in PROGRAMS.items():
            _demand([f"{program}-restore", "--wait", "--noflush"], self.chain(family))
            for rule in self.jumps(family):
                if not _succeeds([program, "--wait", "--check", *rule]):
                    _demand([program, "--wait", "--insert", *rule])

    def remove(self) -> None:
        """Take every rule away again; for when this hub's last candidate is gone for good."""
        for family, program in PROGRAMS.items():
            for rule in self.jumps(family):
                while _succeeds([program, "--wait", "--delete", *rule]):
                    pass
            _succeeds([program, "--wait", "--flush", self.inbound])
            _succeeds([program, "--wait", "--delete-chain", self.inbound])


IPV4 = 4
PROGRAMS = {IPV4: "iptables", 6: "ip6tables"}


def _call(command: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - fixed programs, arguments made here
            command, input=text, capture_output=True, text=True, check=False, timeout=TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FirewallError(
            f"{command[0]} cannot run here; candidates' containers need it"
        ) from error


def _succeeds(command: list[str]) -> bool:
    return _call(command).returncode == 0


def _demand(command: list[str], text: str = "") -> None:
    done = _call(command, text)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise FirewallError(
            f"the firewall around candidates cannot be set ({reason}); start the hub as root"
        )
