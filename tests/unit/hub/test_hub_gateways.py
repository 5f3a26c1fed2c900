"""Decides that a gateway answers the hub's API, and only while it is open."""

import socket

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from tornado.web import Application, RequestHandler
from viva_hub.docker_spawner.gateways import Gateways


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


def test_closing_a_gateway_that_is_not_open_changes_nothing(port):
    Gateways(Application(), port).close("127.0.0.1")
