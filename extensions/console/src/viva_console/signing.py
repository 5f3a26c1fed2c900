"""Decides how the console vouches for links, sessions and logins: signed, one salt per use."""

from datetime import datetime
from typing import Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from viva_console.domain.clock import Clock
from viva_console.domain.errors import NotAllowedError

INVITE = "viva.invite"
SESSION = "viva.session"
JOIN = "viva.join"


class _ClockedSigner(TimestampSigner):
    """A signer that asks the console's clock instead of the machine's."""

    def __init__(self, *args: Any, clock: Clock, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock.now().timestamp())


class Signer:
    """Signs small JSON values and reads them back.

    Parameters
    ----------
    key : bytes
        The console's own key, for everything but tickets.
    ticket_key : str
        The key shared with the hub, for salt ``viva.join`` only.
    """

    def __init__(self, key: bytes, ticket_key: str, clock: Clock) -> None:
        self._key = key
        self._ticket_key = ticket_key
        self._clock = clock

    def sign(self, salt: str, value: Any) -> str:
        """Give a URL-safe token over ``value``, JSON."""
        return self._serializer(salt).dumps(value)

    def read(self, salt: str, token: str, max_age_s: int | None = None) -> Any:
        """Give the signed value back.

        Raises
        ------
        NotAllowedError
            When it was altered, signed for another use, or is older than ``max_age_s`` seconds.
        """
        try:
            return self._serializer(salt).loads(token, max_age=max_age_s)
        except BadData as error:
            raise NotAllowedError("This link is not valid.", code="link.invalid") from error

    def signed_at(self, salt: str, token: str) -> datetime:
        """Give the second in which a valid token was signed.

        Raises
        ------
        NotAllowedError
            As :meth:`read`.
        """
        try:
            _, moment = self._serializer(salt).loads(token, return_timestamp=True)
        except BadData as error:
            raise NotAllowedError("This link is not valid.", code="link.invalid") from error
        return moment

    def join_ticket(self, hub_user: str, *, opens: bool) -> str:
        """Vouch for a candidate's login, and let them into their room or not; good for 60 s."""
        return self.sign(JOIN, {"user": hub_user, "opens": opens})

    def _serializer(self, salt: str) -> URLSafeTimedSerializer:
        key = self._ticket_key if salt == JOIN else self._key
        return URLSafeTimedSerializer(
            key, salt=salt, signer=_ClockedSigner, signer_kwargs={"clock": self._clock}
        )
