"""Decides which join tickets are good: signed, at most a minute old, and naming a candidate."""

from typing import cast

from itsdangerous import BadData, URLSafeTimedSerializer

from viva_hub.landing import is_candidate

TICKET_SALT = "viva.join"
TICKET_MAX_AGE_S = 60


def candidate_of(ticket: str, ticket_key: str) -> str | None:
    """Give the name of the candidate whom a join ticket vouches for.

    Parameters
    ----------
    ticket : str
        What the link carried; anything may stand in it.
    ticket_key : str
        The key that console and hub share.

    Returns
    -------
    str or None
        The candidate's hub name, or ``None`` where the ticket is forged, altered, too old, or names
        anybody but a candidate: a member of staff can never come from a ticket.
    """
    try:
        claims = URLSafeTimedSerializer(ticket_key, salt=TICKET_SALT).loads(
            ticket, max_age=TICKET_MAX_AGE_S
        )
    except BadData:
        return None
    name: object = (
        cast("dict[str, object]", claims).get("user") if isinstance(claims, dict) else None
    )
    return name if isinstance(name, str) and is_candidate(name) else None
