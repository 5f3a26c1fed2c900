"""Decides that a gateway answers the hub's API, and only while it is open."""

import asyncio
import socket

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from tornado.web import Application, RequestHandler
from viva_hub.docker_spawner.gateways import MAX_BODY_BYTES, MAX_CONNECTIONS, Gateways


class Anything(RequestHandler):
    def get(self) -> None:
        self.write(self.request.remote_ip or "")


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


async def fetch(port: int, path: str, headers=None) -> tuple[int, str]:
    try:
        answer = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}{path}", headers=headers)
    except HTTPClientError as error:
        return error.code, ""
    return answer.code, answer.body.decode()


async def test_gateway_answers_the_api_and_no_other_page(port):
    gateways = Gateways(Application([(r"/.*", Anything)]), port)
    gateways.open("127.0.0.1")
    gateways.open("127.0.0.1")
    try:
        assert await fetch(port, "/hub/api") == (200, "127.0.0.1")
        assert await fetch(port, "/hub/api/users") == (200, "127.0.0.1")
        for path in ("/", "/hub/login", "/hub/apis", "/hub/%61pi2", "/user/x/"):
            assert (await fetch(port, path))[0] == 404
    finally:
        gateways.close("127.0.0.1")
    with pytest.raises(ConnectionRefusedError):
        await fetch(port, "/hub/api")


async def test_gateway_believes_no_forwarded_address(port):
    gateways = Gateways(Application([(r"/.*", Anything)]), port)
    gateways.open("127.0.0.1")
    try:
        assert (await fetch(port, "/hub/api", {"X-Forwarded-For": "192.0.2.9"}))[1] == "127.0.0.1"
    finally:
        gateways.close("127.0.0.1")


async def test_candidate_who_holds_all_connections_shuts_out_nobody_else(port):
    gateways = Gateways(Application([(r"/.*", Anything)]), port)
    for address in ("127.0.0.1", "127.0.0.2"):
        gateways.open(address)
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MAX_CONNECTIONS)]
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
        answer = await AsyncHTTPClient().fetch(f"http://127.0.0.2:{port}/hub/api")
        assert answer.code == 200
        held.pop()[1].close()
        await asyncio.sleep(0.1)
        assert (await fetch(port, "/hub/api"))[0] == 200
    finally:
        for _, writer in held:
            writer.close()
        for address in ("127.0.0.1", "127.0.0.2"):
            gateways.close(address)


async def test_large_question_is_refused_before_it_arrives(port):
    gateways = Gateways(Application([(r"/.*", Anything)]), port)
    gateways.open("127.0.0.1")
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST /hub/api HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BODY_BYTES + 1}\r\n\r\n"
        writer.write(head.encode())
        assert b" 400 " in await asyncio.wait_for(reader.read(100), 10)
        writer.close()
    finally:
        gateways.close("127.0.0.1")


def test_closing_a_gateway_that_is_not_open_changes_nothing(port):
    Gateways(Application(), port).close("127.0.0.1")
