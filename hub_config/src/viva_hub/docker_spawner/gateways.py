"""Decides where the hub's API can be reached by candidates' servers: at their own gateways only.

The hub itself listens on loopback. For each candidate's network it listens once more, at that
network's gateway, and answers there nothing but its API: no login page, no other page.
"""

from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets
from tornado.routing import PathMatches, Rule, RuleRouter

# A server asks the hub a few short questions at a time; more would only serve to exhaust the hub.
MAX_CONNECTIONS = 32
MAX_BODY_BYTES = 256 * 1024
MAX_HEADER_BYTES = 32 * 1024
BODY_S = 10.0
IDLE_S = 60.0


class GatewayServer(HTTPServer):
    """The hub's API for one candidate: so many connections at once, so much in each."""

    def handle_stream(self, stream: IOStream, address: tuple[str, int]) -> None:
        """Take a connection, unless there are too many."""
        if len(self._connections) >= MAX_CONNECTIONS:
            stream.close()
        else:
            super().handle_stream(stream, address)  # pyright: ignore[reportUnknownMemberType] -- any address


class Gateways:
    """The addresses at which one hub listens for its candidates' servers.

    Parameters
    ----------
    application : tornado.web.Application
        The hub's.
    port : int
        The hub's port, the same at every gateway.
    """

    def __init__(self, application: Any, port: int) -> None:
        self._api = RuleRouter([Rule(PathMatches(r"/hub/api(/.*)?"), application)])
        self._port = port
        self._servers: dict[str, GatewayServer] = {}

    def open(self, gateway: str) -> None:
        """Listen at a gateway; nothing changes where this hub listens already.

        Raises
        ------
        OSError
            If the address is not this machine's, or the port is taken there.
        """
        if gateway in self._servers:
            return
        # What comes from a candidate's network is believed nothing about where it comes from.
        server = GatewayServer(
            self._api,
            xheaders=False,
            max_body_size=MAX_BODY_BYTES,
            max_buffer_size=MAX_BODY_BYTES,
            max_header_size=MAX_HEADER_BYTES,
            body_timeout=BODY_S,
            idle_connection_timeout=IDLE_S,
        )
        server.add_sockets(bind_sockets(self._port, gateway))
        self._servers[gateway] = server

    def close(self, gateway: str) -> None:
        """Stop listening at a gateway."""
        if server := self._servers.pop(gateway, None):
            server.stop()
