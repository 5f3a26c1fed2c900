"""What a hub that was killed has left of its spare rooms goes, also where none is to wait."""

import asyncio
import logging
from pathlib import Path

from viva_hub.embedded import folder, record
from viva_hub.embedded.limits import Limits
from viva_hub.embedded.server import Plan
from viva_hub.embedded.spares import PREFIX, Spares
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
        spares = Spares(tmp_path, plan, 0, log, lambda _: None, turns=Turns())
        spares.fill()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})

    asyncio.run(begin())
    assert (left.exists(), candidate.exists()) == (False, True)
