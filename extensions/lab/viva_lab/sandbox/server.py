"""Decides how the single-user server starts: told by a pipe, heard by a socket it is given."""

import importlib
import json
import os
import socket
import sys

from jupyter_server.serverapp import ServerApp

from viva_lab.lean import HUBS_OWN, LISTINGS, without
from viva_lab.sandbox.door import lead_to

with without(HUBS_OWN):
    from jupyterhub.singleuser.extension import (  # pyright: ignore[reportMissingTypeStubs] -- has none
        JupyterHubSingleUser,
    )

# What the server imports by name when it has been told whose it is.
LOADED_AHEAD = ("jupyterlab.labapp", "jupyterlab.serverextension", "viva_lab.handlers")
# Not part of the room: a candidate does not end their own server, and a conversion would run
# templates in the server's process.
ABSENT_SERVICES = {"nbconvert", "shutdown"}


class RoomServer(ServerApp):
    """A server that listens on a socket made outside, where there is a network."""

    default_services = tuple(
        service for service in ServerApp.default_services if service not in ABSENT_SERVICES
    )
    listening: socket.socket

    def _bind_http_server_tcp(self) -> bool:
        # The one place where the server opens a port; there is no public one to replace.
        self.http_server.add_socket(self.listening)
        return True


def main() -> None:
    """Load what every server needs, read what the hub says about this one, then be it."""
    with without(LISTINGS):
        importlib.import_module("jupyterlab_server.listings_handler")
    for name in LOADED_AHEAD:
        importlib.import_module(name)
    # It may be long until the hub says anything: this room may be one that waits.
    told = json.load(sys.stdin)
    # Set here rather than handed over, so that /proc shows none of it.
    os.environ.update(told["environment"])
    lead_to(told["door"], told["hub_port"])
    os.set_inheritable(told["listening"], False)
    RoomServer.listening = socket.socket(fileno=told["listening"])
    RoomServer.listening.setblocking(False)
    JupyterHubSingleUser.serverapp_class = RoomServer
    # JupyterHub's client takes the address from the environment when it is imported, which was
    # before: its cookies would be for the whole site.
    own_address = f"--HubOAuth.base_url={os.environ['JUPYTERHUB_SERVICE_PREFIX']}"
    JupyterHubSingleUser.launch_instance([*told["arguments"], own_address])


if __name__ == "__main__":
    main()
