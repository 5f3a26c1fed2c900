"""Decides how much, and for how long, the hub or a room may answer the console."""

import time
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
from pydantic import SecretStr

from viva_console.domain.errors import UnavailableError

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
WHOLE_ANSWER_S = 60.0
"""From the question to the last byte: a room that drips must not hold a deadline back."""
ANSWER_BYTES = 1024 * 1024
"""Most that an answer about users, servers and places of files may weigh."""


class TooSlowError(UnavailableError):
    """The question arrived; the answer did not come in time."""


class TooMuchError(UnavailableError):
    """The answer was larger than anyone needs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the body as it came, never unpacked."""

    status: int
    content: bytes


class BoundedClient:
    """An HTTP client for answers that may be hostile.

    It follows no redirect, keeps no cookie, unpacks nothing (a small packed body may hide a huge
    one), and asks nothing of the environment: a proxy set there must see neither tokens nor
    notebooks. It holds no credential of its own; each question names the one to show.
    """

    def __init__(self) -> None:
        nothing = DefaultCookiePolicy(allowed_domains=[])
        self._client = httpx.Client(
            timeout=TIMEOUT,
            headers={"Accept-Encoding": "identity"},
            cookies=CookieJar(nothing),
            follow_redirects=False,
            trust_env=False,
        )

    def ask(
        self,
        method: str,
        url: str,
        token: SecretStr | None,
        body: dict[str, Any] | None = None,
        *,
        most: int = ANSWER_BYTES,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> Answer:
        """Ask once.

        Parameters
        ----------
        token : SecretStr or None
            Shown to the other side, who may keep it; None where anybody may ask.
        most : int
            Bytes that the body may have.

        Raises
        ------
        TooSlowError, TooMuchError, UnavailableError
            When the answer takes too long, is too large, or does not come.
        """
        headers = {"Authorization": f"token {token.get_secret_value()}"} if token else {}
        began_s = time.monotonic()
        try:
            with self._client.stream(
                method, url, json=body, headers=headers, timeout=timeout
            ) as answer:
                content = bytearray()
                for chunk in answer.iter_raw():
                    content += chunk
                    if len(content) > most:
                        raise TooMuchError("The hub or the room answered too much.")
                    if time.monotonic() - began_s > WHOLE_ANSWER_S:
                        raise TooSlowError("The hub or the room did not answer in time.")
                return Answer(answer.status_code, bytes(content))
        except httpx.ReadTimeout as error:
            raise TooSlowError("The hub or the room did not answer in time.") from error
        except httpx.HTTPError as error:
            raise UnavailableError("The hub or the room does not answer.") from error

    def close(self) -> None:
        """Give connections back."""
        self._client.close()
