"""Decides what the console shows to a candidate's server: a pass for that server, for minutes.

A candidate who controls the process of their server reads every header that reaches it. So the
console's own token goes to the hub alone. A pass belongs to the candidate's user and reaches the
candidate's server: whoever steals it has what the candidate has already.
"""

import time
from collections.abc import Callable
from threading import Lock

from pydantic import SecretStr

PASS_S = 300
"""How long the hub takes a pass: longer than any one answer of a room may take."""
RENEW_S = 150
"""Age from which a new one is fetched."""
NOTE = "the console, to place and collect notebooks"


def pass_request(user: str) -> dict[str, object]:
    """Give the body that asks the hub for a pass to a user's server.

    Parameters
    ----------
    user : str
        The candidate's name in the hub.
    """
    return {"note": NOTE, "expires_in": PASS_S, "scopes": [f"access:servers!server={user}/"]}


class Passes:
    """The passes at hand, by user.

    Parameters
    ----------
    fetch : callable
        Gives a new pass for a user.
    monotonic : callable
        Seconds on a clock that never goes back.
    """

    def __init__(
        self,
        fetch: Callable[[str], SecretStr],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._held: dict[str, tuple[SecretStr, float]] = {}
        self._lock = Lock()

    def of(self, user: str) -> SecretStr:
        """Give a pass that is good for some minutes.

        Raises
        ------
        UnavailableError
            When the hub gives none.
        """
        now_s = self._monotonic()
        with self._lock:
            self._held = {u: one for u, one in self._held.items() if now_s - one[1] < RENEW_S}
            if user in self._held:
                return self._held[user][0]
        # Fetched outside the lock: the hub may be slow, and other rooms are not to wait.
        fresh = self._fetch(user)
        with self._lock:
            self._held[user] = (fresh, now_s)
        return fresh

    def forget(self, user: str) -> None:
        """Fetch anew at the next use: the hub may have been set up afresh."""
        with self._lock:
            self._held.pop(user, None)
