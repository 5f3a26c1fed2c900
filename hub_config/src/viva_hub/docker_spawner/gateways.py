"""Decides where the hub's API can be reached by candidates' servers: at their own gateways only.

The hub itself listens on loopback. For each candidate's network it listens once more, at that
network's gateway, and answers there nothing but its API: no login page, no other page.
"""

from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.routing import PathMatches, Rule, RuleRouter


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
        self._servers: dict[str, HTTPServer] = {}

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
        server = HTTPServer(self._api, xheaders=False)
        server.add_sockets(bind_sockets(self._port, gateway))
        self._servers[gateway] = server

    def close(self, gateway: str) -> None:
        """Stop listening at a gateway."""
        if server := self._servers.pop(gateway, None):
            server.stop()
