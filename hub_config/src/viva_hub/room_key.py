"""Decides what a browser shows the proxy to be let into a room.

``room_door.mjs``, which the proxy runs, makes the same and compares.
"""

import hashlib
import hmac

COOKIE = "viva-room"


def room_key(ticket_key: str, name: str) -> str:
    """Give the value of the cookie that opens one candidate's room.

    Parameters
    ----------
    ticket_key : str
        The key that console and hub share; it outlives a restart of either.
    name : str
        The candidate's hub name.

    Returns
    -------
    str
        64 hexadecimal digits, HMAC-SHA256 (RFC 2104).
    """
    return hmac.digest(ticket_key.encode(), f"viva.room {name}".encode(), hashlib.sha256).hex()
