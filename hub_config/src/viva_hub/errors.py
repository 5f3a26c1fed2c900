"""Decides which mistakes of the hub zone have a name; each message is safe to show to anybody."""


class HubError(Exception):
    """Something went wrong in the hub, and the message says what and what to do, in one line.

    Attributes
    ----------
    code : str
        Stable, dotted, lower case: what programs and documents refer to.
    """

    code = "hub.error"

    @property
    def jupyterhub_message(self) -> str:
        """The line that JupyterHub hands on to whoever asked for the server."""
        return str(self.args[0]) if self.args else self.code


class BadRoomError(HubError):
    """The console asked for a room in a way that cannot be honoured."""

    code = "hub.room.invalid"


class FirewallError(HubError):
    """The wall around candidates' networks cannot be built; no candidate starts without it."""

    code = "hub.firewall.unavailable"


class RoomStartError(HubError):
    """A part of a candidate's room did not start."""

    code = "hub.room.failed"


class DiskError(HubError):
    """A room's disk of a fixed size cannot be made or reached."""

    code = "hub.disk.unavailable"
