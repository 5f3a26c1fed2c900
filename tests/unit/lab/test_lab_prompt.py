"""Decides whether a room's websockets hold messages back: its kernels' and its documents'."""

import socket

import pytest
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from jupyter_server_ydoc.handlers import YDocWebSocketHandler
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect
from viva_lab import prompt


class Room(WebSocketHandler):
    """Says whether its socket waits for acknowledgements, and what it was opened for."""

    def open(self, name: str) -> None:
        option = self.ws_connection.stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        self.write_message(f"{name} {bool(option)}")


class PromptRoom(Room):
    """The same, prompt."""

    open = prompt.at_once(Room.open)


@pytest.mark.parametrize(("kind", "at_once"), [(Room, False), (PromptRoom, True)])
async def test_prompt_socket_holds_nothing_back(kind, at_once):
    listener, port = bind_unused_port()
    server = HTTPServer(Application([(r"/(\w+)", kind)]))
    server.add_sockets([listener])
    page = await websocket_connect(f"ws://127.0.0.1:{port}/notebook")
    assert await page.read_message() == f"notebook {at_once}"
    page.close()
    server.stop()


@pytest.mark.parametrize("handler", [KernelWebsocketHandler, YDocWebSocketHandler])
async def test_kernels_and_documents_are_prompt(monkeypatch, handler):
    done: list[object] = []

    async def opens(_: object, name: str) -> None:
        done.append(name)

    monkeypatch.setattr(handler, "open", opens)
    # The other is put back, too.
    for each in (KernelWebsocketHandler, YDocWebSocketHandler):
        monkeypatch.setattr(each, "open", each.open)
    prompt.install()

    class Page:
        def set_nodelay(self, value: bool) -> None:
            done.append(value)

    await handler.open(Page(), "notebook")
    assert done == [True, "notebook"]
