import asyncio
import contextlib
import queue
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr
from viva_console.domain.recording import MAX_UPDATE_BYTES, Target, UpdateKind
from viva_console.hub.port import DocumentDoor, FileMissingError
from viva_console.live import attach
from viva_console.live.attach import NOT_OPENED, Attachment
from viva_console.live.port import Arrival, Keeping
from viva_console.live.recorder import record
from websockets.asyncio.server import ServerConnection, serve

TARGET = Target("interview", "c-one", "1_a.ipynb")
# A state with one value: 300 brackets within each other.
_BRACKETS = b"\x01\x01\x4d\x00\x08\x01\x04meta\x01" + b"\x75\x01" * 300 + b"\x7e\x00"
DEEP = b"\x00\x01" + bytes([len(_BRACKETS) % 128 + 128, len(_BRACKETS) // 128]) + _BRACKETS
EMPTY_STATE = b"\x00\x01\x02\x00\x00"
EMPTY_CHANGE = b"\x00\x02\x02\x00\x00"
SOON_S = 0.3


class Desk:
    """What the recorder is given: one notebook, which is not in its place until it is placed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.placed = False
        self.tries = 0
        self.kept: list[Arrival] = []
        self.met: list[str] = []
        self.calls: queue.Queue[frozenset[str]] = queue.Queue()

    @property
    def keeping(self) -> Keeping:
        return Keeping(
            lambda: [TARGET],
            self._door,
            lambda target, arrivals, work: self.kept.extend(arrivals),
            lambda target, problem: None,
            self._next_call,
            self.met.append,
        )

    def _door(self, target: Target) -> DocumentDoor:
        self.tries += 1
        if not self.placed:
            raise FileMissingError(target.path)
        return DocumentDoor(self.url, SecretStr("pass"))

    def _next_call(self, within_s: float) -> frozenset[str]:
        try:
            return self.calls.get(timeout=within_s)
        except queue.Empty:
            return frozenset()

    async def hears(self, within_s: float) -> bool:
        end_s = time.monotonic() + within_s
        while not self.kept and time.monotonic() < end_s:
            await asyncio.sleep(0.01)
        return bool(self.kept)


@contextlib.asynccontextmanager
async def at_work() -> AsyncIterator[Desk]:
    """A recorder whose attempt has been in vain, so that it waits for long."""

    async def room(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(EMPTY_STATE)
        await socket.wait_closed()

    async with serve(room, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        desk = Desk(f"ws://127.0.0.1:{port}/")
        ended = asyncio.Event()
        task = asyncio.create_task(record(desk.keeping, ended))
        while desk.tries < 1:
            await asyncio.sleep(0.01)
        yield desk
        ended.set()
        await task


def test_recorder_that_is_called_is_there_at_once(monkeypatch):
    monkeypatch.setattr(attach, "PAUSE_S", 60.0)
    monkeypatch.setattr(attach, "LONGEST_PAUSE_S", 60.0)

    async def tried() -> None:
        async with at_work() as desk:
            await asyncio.sleep(SOON_S)
            desk.placed = True
            desk.calls.put(frozenset({"another"}))
            assert not await desk.hears(SOON_S)
            desk.calls.put(frozenset({TARGET.interview_id}))
            assert await desk.hears(5)
            assert desk.kept == [(UpdateKind.STATE, EMPTY_STATE[3:])]

    asyncio.run(tried())


def test_recorder_meets_the_room_that_it_is_called_to_and_records_nothing():
    async def tried() -> None:
        async with at_work() as desk:
            desk.calls.put(frozenset({TARGET.interview_id, "unentered"}))
            await asyncio.sleep(SOON_S)
            assert (desk.met, desk.kept) == (["unentered"], [])

    asyncio.run(tried())


async def test_what_came_right_before_a_room_ended_is_kept():
    async def room(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(EMPTY_STATE)
        while len(desk.kept) < 1:
            await asyncio.sleep(0.01)
        await socket.send(EMPTY_CHANGE)
        socket.transport.close()

    async with serve(room, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        desk = Desk(f"ws://127.0.0.1:{port}/")
        desk.placed = True
        lost = asyncio.Event()
        loop = asyncio.get_running_loop()
        keeping = replace(
            desk.keeping, trouble=lambda *_: loop.call_soon_threadsafe(lost.set) and None
        )
        task = asyncio.create_task(Attachment(TARGET, keeping).run())
        await asyncio.wait_for(lost.wait(), 10)
        task.cancel()
    assert desk.kept == [(UpdateKind.STATE, EMPTY_STATE[3:]), (UpdateKind.CHANGE, EMPTY_CHANGE[3:])]


def test_call_during_an_attempt_is_not_forgotten(monkeypatch):
    monkeypatch.setattr(attach, "PAUSE_S", 60.0)
    monkeypatch.setattr(attach, "LONGEST_PAUSE_S", 60.0)
    attempts: list[int] = []

    async def tried() -> None:
        async def attempt(self: Attachment) -> str:
            attempts.append(1)
            if len(attempts) == 1:
                self.call()
            return "nothing there"

        monkeypatch.setattr(Attachment, "_attend", attempt)
        task = asyncio.create_task(Attachment(TARGET, Desk("").keeping).run())
        await asyncio.sleep(SOON_S)
        task.cancel()

    asyncio.run(tried())
    assert len(attempts) == 2


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"\x00\x01" + bytes(MAX_UPDATE_BYTES), "larger than can be recorded (16 MiB)"),
        (DEEP, "cannot be recorded: it nests too deep"),
        (b"\x00\x01\x09", "connection to your room was lost"),
        (None, "room cannot open the notebook"),
    ],
    ids=["large", "deep", "cut off", "unreadable"],
)
async def test_notebook_that_cannot_be_recorded_is_said_to_be_and_why(message, words):
    async def room(socket: ServerConnection) -> None:
        await socket.recv()
        if message is None:
            await socket.close(NOT_OPENED)
            return
        await socket.send(message)
        await socket.wait_closed()

    said: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    async with serve(room, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        desk = Desk(f"ws://127.0.0.1:{port}/")
        desk.placed = True
        keeping = replace(
            desk.keeping,
            trouble=lambda _, problem: loop.call_soon_threadsafe(said.put_nowait, problem) and None,
        )
        task = asyncio.create_task(Attachment(TARGET, keeping).run())
        assert words in await asyncio.wait_for(said.get(), 10)
        task.cancel()
    assert desk.kept == []
