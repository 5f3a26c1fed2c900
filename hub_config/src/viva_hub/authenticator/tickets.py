"""Decides which join tickets are good: signed, at most a minute old, and naming a candidate."""

from dataclasses import dataclass
from typing import cast

from itsdangerous import BadData, URLSafeTimedSerializer

from viva_hub.landing import is_candidate

TICKET_SALT = "viva.join"
TICKET_MAX_AGE_S = 60


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the console vouches for.

    Attributes
    ----------
    name : str
        The candidate's hub name.
    opens : bool
        Whether the bearer is let into the room; otherwise they are logged in, and no more.
    """

    name: str
    opens: bool


def read_ticket(ticket: str, ticket_key: str) -> Ticket | None:
    """Give what a join ticket vouches for.

    Parameters
    ----------
    ticket : str
        What the link carried; anything may stand in it.
    ticket_key : str
        The key that console and hub share.

    Returns
    -------
    Ticket or None
        ``None`` where the ticket is forged, altered, too old, or names anybody but a candidate: a
        member of staff can never come from a ticket.
    """
    try:
        read = URLSafeTimedSerializer(ticket_key, salt=TICKET_SALT).loads(
            ticket, max_age=TICKET_MAX_AGE_S
        )
    except BadData:
        return None
    claims = cast("dict[str, object]", read) if isinstance(read, dict) else {}
    name = claims.get("user")
    if not isinstance(name, str) or not is_candidate(name):
        return None
    return Ticket(name, claims.get("opens") is True)
