"""A room's server and what would hold it for minutes: endless output, notebooks without measure.

The control of the first is the extension as it is, without our bound, in a process of its own.
"""

import asyncio
import json
import subprocess
import time

import httpx
import pytest
from websockets.asyncio.client import connect

pytestmark = pytest.mark.timeout(120)

ENDLESS = 'open("begun", "w").close()\nwhile True: print("x" * 100)'
EMPTY = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
# Six times half a MiB, as a kernel sends it that prints in a loop.
MEASURE = """
import json, time
from functools import partial
from jupyter_server_nbmodel import actions
from pycrdt import Array, Doc, Map
from viva_lab import outputs
def run():
    doc = Doc()
    doc["cells"] = Array([Map({"outputs": Array()})])
    cell, began = doc["cells"][0], time.perf_counter()
    show = partial(actions._output_hook, [], cell, actions._StreamState())
    said = {"name": "stdout", "text": "x\\n" * 2**18}
    for _ in range(6):
        show({"header": {"msg_type": "stream"}, "content": said})
    return time.perf_counter() - began, sum(len(str(each["text"])) for each in cell["outputs"])
stock = run()
outputs.install()
print(json.dumps([stock, run()]))
"""


def cell(number: int, source: str) -> dict:
    return {"cell_type": "code", "id": f"c{number}", "metadata": {}, "outputs": [],
            "execution_count": None, "source": source}  # fmt: skip


def write(room, name: str, *cells: dict) -> None:
    (room.folder / name).write_text(json.dumps({"cells": cells, **EMPTY}))


def answers_within(room, limit_s: float) -> None:
    began = time.monotonic()
    assert room.get("api/status").status_code == 200
    assert time.monotonic() - began < limit_s


async def printed(room, client: httpx.AsyncClient) -> dict:
    """Run a cell as the page does, interrupt it after some seconds; give what the cell shows."""
    place = "api/collaboration/session/endless.ipynb"
    shared = (await client.put(place, json={"format": "json", "type": "notebook"})).json()
    document = f"json:notebook:{shared['fileId']}"
    body = {"path": "endless.ipynb", "type": "notebook", "name": "", "kernel": {"name": "python3"}}
    kernel = (await client.post("api/sessions", json=body)).json()["kernel"]["id"]
    address = f"{room.url.replace('http', 'ws', 1)}/api/collaboration/room/{document}"
    headers = {"Authorization": f"token {room.token}"}
    async with connect(
        f"{address}?sessionId={shared['sessionId']}", additional_headers=headers, max_size=None
    ):
        place = {"cell_id": "c0", "document_id": document, "document_path": "endless.ipynb"}
        order = {"code": ENDLESS, "metadata": place}
        asked = await client.post(f"api/kernels/{kernel}/execute", json=order)
        # Whatever interrupts a kernel that is still starting is forgotten.
        async with asyncio.timeout(30):
            while not (room.folder / "begun").exists():
                await asyncio.sleep(0.05)
        for _ in range(3):
            await asyncio.sleep(0.7)
            await asyncio.to_thread(answers_within, room, 3)
        assert (await client.post(f"api/kernels/{kernel}/interrupt")).status_code == 204
        for _ in range(100):
            answer = await client.get(asked.headers["Location"])
            if answer.status_code != 202:
                return answer.json()
            await asyncio.sleep(0.1)
    pytest.fail("the cell went on")


async def test_cell_that_prints_without_end_is_cut_short_and_can_be_stopped(room, candidate_env):
    write(room, "endless.ipynb", cell(0, ENDLESS))
    headers = {"Authorization": f"token {room.token}"}
    async with httpx.AsyncClient(base_url=f"{room.url}/", headers=headers, timeout=30) as client:
        outputs = json.loads((await printed(room, client))["outputs"])
    shown = "".join(each.get("text", "") for each in outputs)
    assert 4 * 2**20 < len(shown) < 4.1 * 2**20
    assert "This cell has shown all that it may" in shown
    assert outputs[-1]["ename"] == "KeyboardInterrupt"
    python = candidate_env / "bin" / "python"
    done = subprocess.run([python, "-c", MEASURE], capture_output=True, text=True, check=True)
    (stock_s, stock_shown), (ours_s, ours_shown) = json.loads(done.stdout)
    assert stock_shown == ours_shown == 6 * 2**19
    assert stock_s > 5 * ours_s, "the control"


def test_notebook_without_measure_is_refused_in_words_and_the_server_answers(room):
    write(room, "many.ipynb", *(cell(number, "x = 1") for number in range(100_000)))
    write(room, "large.ipynb", cell(0, "x" * (100 << 20)))
    deep = json.dumps({"cells": [], **EMPTY}).replace(
        "{}", '{"a": ' + "[" * 10**5 + "]" * 10**5 + "}"
    )
    (room.folder / "deep.ipynb").write_text(deep)
    write(room, "wide.ipynb", *(cell(number, "x = 1") for number in range(1000)))
    for name, status, words in (
        ("many", 413, "This notebook has 100000 cells. More than 5000 cannot be opened here."),
        ("large", 413, "This file has 100 MiB. More than 64 MiB cannot be opened here."),
        ("deep", 400, "Unreadable Notebook"),
        ("wide", 200, ""),
    ):
        answer = room.get(f"api/contents/{name}.ipynb")
        assert answer.status_code == status, name
        assert words in answer.text
        answers_within(room, 2)
    assert room.get("api/contents/large.ipynb?type=file&format=base64").status_code == 413
