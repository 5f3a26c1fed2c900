"""One kernel is started ahead, for one asker; all others get new ones."""

import asyncio

import pytest

pytest.importorskip("jupyter_server")

from viva_lab.first_kernel import FirstKernelWaits


class Kernel:
    """A kernel that lives until a test says otherwise."""

    alive = True

    async def is_alive(self) -> bool:
        return self.alive


class Kernels(FirstKernelWaits):
    """Counts instead of starting processes."""

    started: int = 0
    broken: bool = False
    known: dict[str, Kernel] = {}  # noqa: RUF012 -- set anew for each

    async def _begin(self, **asked: object) -> str:
        await asyncio.sleep(0)
        if self.broken:
            raise RuntimeError("no kernel today")
        self.started += 1
        name = str(asked.get("kernel_id") or f"k{self.started}")
        self.known = {**self.known, name: Kernel()}
        return name

    def get_kernel(self, kernel_id: str) -> Kernel:
        return self.known[kernel_id]


async def test_first_asker_gets_the_one_that_waits_and_the_second_a_new_one() -> None:
    kernels = Kernels()
    kernels.start_ahead()
    kernels.start_ahead()
    assert await kernels.start_kernel(path="", kernel_name="python3") == "k1"
    assert await kernels.start_kernel(path="", kernel_name="python3") == "k2"
    assert kernels.started == 2


async def test_askers_at_the_same_moment_get_different_kernels() -> None:
    kernels = Kernels()
    kernels.start_ahead()
    asked = [kernels.start_kernel(path="", kernel_name=None) for _ in range(4)]
    assert len(set(await asyncio.gather(*asked))) == 4


async def test_dead_or_failed_one_is_replaced() -> None:
    dead = Kernels()
    dead.start_ahead()
    await asyncio.sleep(0.01)
    dead.known["k1"].alive = False
    assert await dead.start_kernel(path="") == "k2"
    failed = Kernels()
    failed.broken = True
    failed.start_ahead()
    await asyncio.sleep(0.01)
    failed.broken = False
    assert await failed.start_kernel(path="") == "k1"


@pytest.mark.parametrize(
    "asked", [{"path": "folder"}, {"path": "", "kernel_name": "other"}, {"kernel_id": "mine"}]
)
async def test_who_wants_another_one_gets_that(asked: dict[str, str]) -> None:
    kernels = Kernels()
    kernels.start_ahead()
    await asyncio.sleep(0.01)
    assert await kernels.start_kernel(**asked) != "k1"
    assert await kernels.start_kernel(path="") == "k1"


async def test_who_runs_something_while_the_kernel_wakes_is_heard(tmp_path) -> None:
    kernels = FirstKernelWaits(connection_dir=str(tmp_path), root_dir=str(tmp_path))
    kernels.start_ahead()
    name = await kernels.start_kernel(path="")
    await asyncio.sleep(0.05)  # who wakes the kernel has come first, and is not heard yet
    client = kernels.get_kernel(name).client()
    try:
        await client.wait_for_ready(timeout=30)
        reply = await client.execute("6 * 7", reply=True, timeout=10)
        assert reply["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        await kernels.shutdown_kernel(name, now=True)
