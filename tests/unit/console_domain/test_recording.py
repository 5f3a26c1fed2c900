import json
from datetime import timedelta

import pytest
from viva_console.domain.recording import AWAY, Document, work_of_file, work_sha256

from tests.fakes.console_parts import START

CELLS = [("markdown", 'ä "quoted"\n'), ("code", "x\t= 1\u2028\u0007\\")]


def test_work_is_hashed_as_the_panel_does() -> None:
    # The figure of extensions/lab/tests/saved.test.ts.
    expected = "6e7dab4b53ef7a90a4a6a8a1004d0e3325835def4d2ff1f31dfbc9ea39cbe5fc"
    assert work_sha256(CELLS) == expected


@pytest.mark.parametrize("split", [False, True])
def test_file_holds_the_work_that_its_cells_say(split: bool) -> None:
    cells = [
        {"cell_type": kind, "source": source.splitlines(keepends=True) if split else source}
        for kind, source in CELLS
    ]
    assert work_of_file(json.dumps({"cells": cells}).encode()) == work_sha256(CELLS)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"cells": [1]}', b"\xff", b"[" * 99999])
def test_file_that_is_no_notebook_holds_no_work(content: bytes) -> None:
    assert work_of_file(content) is None


def test_silent_recorder_is_trouble() -> None:
    document = Document("1_a.ipynb", 1, 1, START, None, "", START)
    assert document.trouble(START + timedelta(seconds=20)) == ""
    assert document.trouble(START + timedelta(seconds=21)) == AWAY
