import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from viva_console.hub.http import HttpHub
from viva_console.hub.port import FileMissingError, FileTooLargeError

from tests.fakes.hub_server import TOKEN, HubServer, options, pass_of


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A real jupyter_server, reached as a room is through the proxy."""
    home = tmp_path_factory.mktemp("room")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
            f"--ServerApp.root_dir={home}",
            f"--ServerApp.port={port}",
            "--ServerApp.base_url=/user/c-one/",
            f"--IdentityProvider.token={pass_of('c-one')}",
        ],
        env={**os.environ, "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / ".config")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while not _answers(url):
        assert server.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield url, home
    server.terminate()
    server.wait(20)


def _answers(url: str) -> bool:
    try:
        headers = {"Authorization": f"token {pass_of('c-one')}"}
        return httpx.get(f"{url}/user/c-one/api/status", headers=headers).is_success
    except httpx.HTTPError:
        return False


def test_real_room_keeps_every_byte(room: tuple[str, Path]) -> None:
    url, home = room
    users = HubServer()
    hub = HttpHub(f"{users.url}/hub/api", url, SecretStr(TOKEN))
    hub.start_server("c-one", options())
    notebook = '{"cells": [],\n "metadata": {"ä": 1}, "nbformat": 4, "nbformat_minor": 5}'.encode()
    with pytest.raises(FileMissingError):
        hub.read_file("c-one", "1_a.ipynb", 1000)
    assert hub.place_file("c-one", "1_a.ipynb", notebook)
    assert (home / "1_a.ipynb").read_bytes() == notebook
    assert not hub.place_file("c-one", "1_a.ipynb", b"{}")
    odd = b"\xff\xfe not a notebook \x00" * 1000
    (home / "1_a.ipynb").write_bytes(odd)
    assert hub.read_file("c-one", "1_a.ipynb", len(odd)).content == odd
    with pytest.raises(FileTooLargeError):
        hub.read_file("c-one", "1_a.ipynb", len(odd) - 1)
    hub.close()
    users.close()
