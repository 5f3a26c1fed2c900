"""Decides where what is printed goes while tests run in the trusted process: nowhere."""

import contextlib
import io
from collections.abc import Generator


@contextlib.contextmanager
def quietly() -> Generator[None]:
    """Discard what is printed meanwhile."""
    with contextlib.redirect_stdout(_Nowhere()), contextlib.redirect_stderr(_Nowhere()):
        yield


class _Nowhere(io.TextIOBase):
    """Takes what is printed and keeps none of it."""

    def write(self, s: str, /) -> int:
        return len(s)

    def writable(self) -> bool:
        return True
