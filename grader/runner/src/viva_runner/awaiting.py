"""Decides where a submission's coroutines run: on one event loop that lasts, as in a kernel."""

# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import asyncio
import threading
from collections.abc import Awaitable
from typing import Any

_loops: list[asyncio.AbstractEventLoop] = []


def settle(awaitable: Awaitable[Any]) -> Any:
    """Wait for what a coroutine gives; inside a running one, on a thread of its own."""

    async def wait() -> Any:
        return await awaitable

    if asyncio._get_running_loop() is not None:  # noqa: SLF001 - the public form raises
        return _aside(wait())
    if not _loops or _loops[0].is_closed():
        _loops[:] = [asyncio.new_event_loop()]
    asyncio.set_event_loop(_loops[0])
    return _loops[0].run_until_complete(wait())


def _aside(coroutine: Any) -> Any:
    given: list[Any] = []
    raised: list[BaseException] = []

    def work() -> None:
        try:
            given.append(asyncio.run(coroutine))
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return given[0]
