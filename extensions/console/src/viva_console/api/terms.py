"""Decides the numbers by which the console lets strangers in: rates, sizes, times."""

from dataclasses import dataclass

from viva_console.api.rates import Rate

_ADDRESS_RATE = Rate(burst=400, per_s=120.0)
_KEY_RATE = Rate(burst=60, per_s=5.0)
_GUESS_RATE = Rate(burst=20, per_s=0.2)
_AHEAD_RATE = Rate(burst=3, per_s=1 / 1800)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms anybody may speak to the console.

    Attributes
    ----------
    address_rate : Rate
        All public requests of one client address. Forty candidates may share an office's
        address, and each looks five times in two seconds while the room starts.
    key_rate : Rate
        All public requests that show one invite or one panel's token.
    guess_rate : Rate
        Wrong invites, tokens and logins of one address; people mistype a few times.
    ahead_rate : Rate
        Rooms that one invite may have made ahead of its candidate's consent.
    staff_idle_s : int
        Seconds without a request after which staff log in again: a working day.
    login_s : int
        Seconds that a login may take.
    candidate_s : int
        Seconds that a browser remembers a consent.
    max_body_bytes : int
        The largest form or message; a reason has at most 2,000 characters.
    body_s : float
        Seconds in which a body must have arrived.
    """

    address_rate: Rate = _ADDRESS_RATE
    key_rate: Rate = _KEY_RATE
    guess_rate: Rate = _GUESS_RATE
    ahead_rate: Rate = _AHEAD_RATE
    staff_idle_s: int = 8 * 3600
    login_s: int = 600
    candidate_s: int = 14 * 86400
    max_body_bytes: int = 64 * 1024
    body_s: float = 10.0
