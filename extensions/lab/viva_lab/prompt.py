"""Decides that what a room tells a page goes out at once.

A socket holds a small message back until the one before it has been acknowledged (RFC 896), and
whoever listens takes 40 ms for that on Linux (RFC 1122 allows 500). A notebook's first state, a
kernel's answer and what a cell prints are small messages, one after the other. Tornado leaves the
choice to each handler; Jupyter's make none.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from jupyter_server.utils import ensure_async
from jupyter_server_ydoc.handlers import (  # pyright: ignore[reportMissingTypeStubs]
    YDocWebSocketHandler,
)

_WITHOUT_A_SETTING: tuple[Any, ...] = (KernelWebsocketHandler, YDocWebSocketHandler)


def at_once(opens: Callable[..., Any]) -> Callable[..., Awaitable[None]]:
    """Give a websocket handler's ``open`` that also has its socket hold nothing back."""

    @wraps(opens)
    async def prompt(handler: Any, *args: Any, **kwargs: Any) -> None:
        handler.set_nodelay(True)
        await ensure_async(opens(handler, *args, **kwargs))

    return prompt


def install() -> None:
    """Have kernels and shared documents hold nothing back."""
    for handler in _WITHOUT_A_SETTING:
        handler.open = at_once(handler.open)
