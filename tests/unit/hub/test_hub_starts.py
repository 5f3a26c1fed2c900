"""Both spawners start a room when it is its turn, and not before."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from viva_hub.docker_spawner.spawner import CandidateSpawner
from viva_hub.embedded.spawner import EmbeddedSpawner
from viva_hub.turns import Turns


class InContainers(CandidateSpawner):
    """Builds nothing, and has no engine and no settings."""

    settings = None
    _turns = turns = Turns(1)
    _engine = SimpleNamespace(run=lambda *_: asyncio.sleep(0))
    names = property(lambda _: None)

    async def _build(self, options: object) -> Any:
        del options
        return "127.0.0.1", 1


class Embedded(EmbeddedSpawner):
    """Builds nothing."""

    turns = Turns(1)

    async def _end_orphans(self) -> None:
        pass

    async def _start_or_clear(self) -> tuple[str, int]:
        return "127.0.0.1", 1


@pytest.mark.parametrize("kind", [InContainers, Embedded])
def test_room_is_started_when_it_is_its_turn(kind) -> None:
    options = {"interview": "i-1", "session_token": "t", "console_path": "/services/console"}

    async def look() -> tuple[bool, bool]:
        spawner = kind(user=SimpleNamespace(name="c-aaaaaaaaaaaa", settings={}))
        spawner.user_options = options
        async with kind.turns.turn():
            starting = asyncio.create_task(spawner.start())
            await asyncio.sleep(0.05)
            before = starting.done()
        await asyncio.wait_for(starting, 1)
        return before, starting.done()

    assert asyncio.run(look()) == (False, True)
