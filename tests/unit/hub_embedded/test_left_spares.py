"""When spare rooms are made; what a hub that was killed has left of them goes in any case."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Any, cast

import pytest
from viva_hub.embedded import folder, record, spares
from viva_hub.embedded.launch import Launched
from viva_hub.embedded.limits import Limits
from viva_hub.embedded.processes import Process
from viva_hub.embedded.server import Plan
from viva_hub.embedded.spares import PREFIX, Served, Spares
from viva_hub.turns import Turns


def test_left_spare_room_is_removed_by_a_hub_without_spares_and_candidates_stay(
    tmp_path: Path,
) -> None:
    left, candidate = (tmp_path / "candidates" / name for name in (f"{PREFIX}1", "c-one"))
    for root in (left, candidate):
        folder.make_root(root)
        record.write(root, record.Record(port=1))
    plan = Plan(environment=tmp_path, limits=Limits(1, 1, 1, 1), scratch_mib=1)

    async def begin() -> None:
        log = logging.getLogger("test")
        pool = Spares(tmp_path, plan, 0, log, lambda _: None, turns=Turns())
        pool.fill()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})

    asyncio.run(begin())
    assert (left.exists(), candidate.exists()) == (False, True)


class Counting(Spares):
    """Makes no room, and says how many it would have made."""

    made = 0

    async def _make(self, root: Path) -> Served:
        self.made += 1
        here = Process.named(os.getpid())
        assert here is not None
        return Served(Launched(cast(Any, None), here), 0, 0)


def test_no_room_is_made_to_wait_while_somebody_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spares, "REFILL_AFTER_S", 0.0)
    plan = Plan(environment=tmp_path, limits=Limits(1, 1, 1, 1), scratch_mib=1)

    async def begin() -> tuple[int, int]:
        turns = Turns()
        pool = Counting(tmp_path, plan, 2, logging.getLogger("test"), lambda _: None, turns=turns)
        async with turns.turn():
            pool.fill()
            await asyncio.sleep(0.05)
            meanwhile = pool.made
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
        return meanwhile, pool.made

    assert asyncio.run(begin()) == (0, 2)
