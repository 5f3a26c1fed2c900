"""Decides whether a candidate can work in an embedded room."""

import time

import pytest

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres, pytest.mark.timeout(180)]


def test_kernel_runs_python_and_sql(room):
    kernel = room.kernel()
    assert kernel.run("print(6 * 7)") == "42\n"
    assert "1000" in kernel.run("%%sql\nselect count(*) as orders from orders")


def test_only_the_interview_kernel_is_offered(room):
    specs = room.request("GET", "/api/kernelspecs").json()
    assert specs["default"] == "python3"
    assert list(specs["kernelspecs"]) == ["python3"]
    assert specs["kernelspecs"]["python3"]["spec"]["display_name"] == "Python 3 (interview)"


def test_kernel_is_interrupted_and_restarted(room):
    kernel = room.kernel()
    raised: list[str] = []
    for answer in kernel.heard("print('begun', flush=True)\nwhile True: pass", timeout_s=40):
        # Not sooner: whatever interrupts a kernel that is still starting is forgotten.
        if answer["msg_type"] == "stream":
            room.request("POST", f"/api/kernels/{kernel.id}/interrupt")
        raised.append(answer["content"].get("ename"))
    assert "KeyboardInterrupt" in raised
    assert kernel.run("kept = 1; print(kept)") == "1\n"
    assert room.request("POST", f"/api/kernels/{kernel.id}/restart").status_code == 200
    assert kernel.run("print('kept' in globals())") == "False\n"


def test_notebook_placed_by_the_console_is_seen_by_the_kernel(room):
    body = {"type": "file", "format": "text", "content": "from the console"}
    assert room.request("PUT", "/api/contents/placed.txt", json=body).status_code == 201
    assert room.kernel().run("print(open('placed.txt').read())") == "from the console\n"


def test_terminals_conversion_and_shutdown_are_absent(room):
    assert room.request("POST", "/api/terminals").status_code == 404
    assert room.request("GET", "/nbconvert/html/x.ipynb").status_code == 404
    assert room.request("POST", "/api/shutdown").status_code == 404


def test_room_runs_as_uids_of_its_own_when_the_hub_is_root(hub, room):
    owners = room.owners()
    assert owners == {hub.uid} if hub.uid else len(owners) == 2 and 0 not in owners
    assert room.folder.stat().st_mode & 0o077 == 0


def test_installer_is_answered_in_a_sentence_and_at_once(room):
    kernel = room.kernel()
    for cell in ("%pip install polars", "!pip install polars", "!python -m pip install polars"):
        begun = time.monotonic()
        answer = kernel.run(cell)
        assert "the room has no network" in answer
        assert "pandas" in answer
        assert time.monotonic() - begun < 10
    assert "scikit-learn" in kernel.run("%pip list")
    assert kernel.run("!echo run").split() == ["run"], "the control: other commands are run"
