"""Rooms are started so many at a time, in the order in which they were asked for."""

import asyncio

from viva_hub import turns
from viva_hub.turns import Turns, answers


def test_rooms_are_started_so_many_at_a_time_in_the_order_of_asking() -> None:
    began: list[int] = []
    together: list[int] = []

    async def start(number: int, queue: Turns) -> None:
        async with queue.turn():
            began.append(number)
            together.append(number)
            assert len(together) <= 2
            await asyncio.sleep(0)
            together.remove(number)

    async def crowd() -> None:
        queue = Turns(2)
        await asyncio.gather(*(start(number, queue) for number in range(6)))

    asyncio.run(crowd())
    assert began == list(range(6))


def test_start_that_fails_gives_its_turn_to_the_next() -> None:
    async def fail(queue: Turns) -> None:
        async with queue.turn():
            raise OSError

    async def crowd() -> list[object]:
        queue = Turns(1)
        return list(await asyncio.gather(*(fail(queue) for _ in range(3)), return_exceptions=True))

    assert list(map(type, asyncio.run(crowd()))) == [OSError] * 3


def test_quiet_is_when_nobody_waits_and_not_while_somebody_does() -> None:
    async def look() -> tuple[bool, bool, bool]:
        queue = Turns(1)
        await asyncio.wait_for(queue.quiet(60), 1)  # nobody ever asked
        async with queue.turn():
            waiter = asyncio.create_task(queue.quiet(0))
            await asyncio.sleep(1.5 * turns.LOOK_S)
            during = waiter.done()
        await asyncio.wait_for(waiter, 1)
        later = asyncio.create_task(queue.quiet(60))
        await asyncio.sleep(0)
        soon = later.done()
        later.cancel()
        return during, waiter.done(), soon

    assert asyncio.run(look()) == (False, True, False)


def test_server_answers_once_it_listens_and_not_before() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" if b"GET /user/c-a/api " in asked else b"what?")
        writer.close()

    async def look() -> tuple[bool, bool, bool]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, start_serving=False)
        port = server.sockets[0].getsockname()[1]
        here = f"http://127.0.0.1:{port}"
        server.close()
        before = await answers(f"{here}/user/c-a/api", 0.1)
        waiting = asyncio.create_task(answers(f"{here}/user/c-a/api", 5))
        await asyncio.sleep(2 * turns.PAUSE_S)
        async with await asyncio.start_server(serve, "127.0.0.1", port):
            return before, await waiting, await answers(f"{here}/other", 0.1)

    assert asyncio.run(look()) == (False, True, False)
