"""Decides how the hub asks the Docker engine: off its event loop, one client per thread."""

# docker-py and dockerspawner carry no types; the tests on a real engine check what they give.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
import threading
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from docker import APIClient
from docker.errors import APIError, NotFound
from docker.utils import kwargs_from_env

Given = ParamSpec("Given")
Result = TypeVar("Result")
Client = APIClient
CONFLICT = 409


class Engine:
    """Docker's API for a process with an event loop."""

    def __init__(self) -> None:
        self._local = threading.local()

    async def run(
        self,
        work: Callable[Concatenate[Client, Given], Result],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Result:
        """Run a function in a thread, with that thread's client as its first argument."""
        return await asyncio.to_thread(lambda: work(self._client(), *given, **named))

    def _client(self) -> Client:
        found: Client | None = getattr(self._local, "client", None)
        if found is None:
            found = self._local.client = APIClient(version="auto", **kwargs_from_env())
        return found


def unless_gone(call: Callable[..., Any], *given: Any, **named: Any) -> None:
    """Call the engine about a thing that may be gone, or going, by now; both are as wanted."""
    try:
        call(*given, **named)
    except NotFound:
        return
    except APIError as error:
        # "removal is already in progress"
        if error.status_code != CONFLICT:
            raise
