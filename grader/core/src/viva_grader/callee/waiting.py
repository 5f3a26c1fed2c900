"""Decides how a coroutine of a test's own is waited for when the candidate's code called it."""

import asyncio
import threading
import types
from typing import Any, cast


def waited(result: Any) -> Any:
    """Give what a coroutine gives; any other value is given back."""
    if not isinstance(result, types.CoroutineType):
        return result
    coroutine = cast("types.CoroutineType[Any, Any, Any]", result)
    if asyncio._get_running_loop() is None:  # noqa: SLF001 - the public form raises
        return asyncio.run(coroutine)
    given: list[Any] = []
    raised: list[BaseException] = []

    def work() -> None:
        try:
            given.append(asyncio.run(coroutine))
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=work)  # the test's own loop is busy with this very call
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return given[0]
