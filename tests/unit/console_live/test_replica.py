import json
import random
from typing import Any

import pytest
from jupyter_ydoc import YNotebook
from pycrdt import Array, Doc, Map
from viva_console.domain.recording import Update, UpdateKind, work_of_file, work_sha256
from viva_console.live.replica import Replica, UnreadableError, YjsReplay

from tests.fakes.console_parts import START

CELLS = [("markdown", "# ä"), ("code", "x = 1\nprint(x)")]


def a_notebook() -> tuple[Doc[Any], YNotebook]:
    doc: Doc[Any] = Doc()
    notebook = YNotebook(doc)
    cells: list[dict[str, Any]] = [
        {"cell_type": kind, "id": f"c{number}", "metadata": {}, "source": source}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for number, (kind, source) in enumerate(CELLS)
    ]
    notebook.set({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return doc, notebook


def test_replica_follows_each_change_and_gives_the_file() -> None:
    doc, notebook = a_notebook()
    replica = Replica()
    replica.apply(UpdateKind.STATE, doc.get_update())
    assert replica.work_sha256() == work_sha256(CELLS)
    source = notebook.ycells[1]["source"]
    before = doc.get_state()
    source += "\ny = 2"
    replica.apply(UpdateKind.CHANGE, doc.get_update(before))
    assert replica.work_sha256() == work_of_file(replica.file())
    assert json.loads(replica.file())["cells"][1]["source"].endswith("y = 2")


def test_state_begins_anew() -> None:
    replica = Replica()
    for _ in range(2):
        replica.apply(UpdateKind.STATE, a_notebook()[0].get_update())
    assert len(json.loads(replica.file())["cells"]) == len(CELLS)


def test_replay_of_what_cannot_be_read_is_nothing() -> None:
    update = Update(1, START, UpdateKind.STATE, b"\x01\x02nonsense")
    assert YjsReplay().notebook([update]) is None


@pytest.mark.parametrize("cells", [[1], [{}], [{"cell_type": "code", "source": 1}]])
def test_document_that_is_no_notebook_is_said_to_be_none(cells: list[Any]) -> None:
    doc: Doc[Any] = Doc()
    doc["cells"] = Array([Map(cell) if isinstance(cell, dict) else cell for cell in cells])
    replica = Replica()
    replica.apply(UpdateKind.STATE, doc.get_update())
    with pytest.raises(UnreadableError):
        replica.work_sha256()


def test_altered_updates_are_read_or_refused_and_nothing_else() -> None:
    # A fixed seed: three thousand ways to lie about a real update.
    update, dice = a_notebook()[0].get_update(), random.Random(4)  # noqa: S311 - no secret
    for _ in range(3000):
        lie = bytearray(update)
        for _ in range(dice.randint(1, 4)):
            lie[dice.randrange(len(lie))] = dice.randrange(256)
        replica = Replica()
        try:
            replica.apply(UpdateKind.STATE, bytes(lie[: dice.randint(1, len(lie))]))
            replica.work_sha256()
            replica.file()
        except UnreadableError:
            continue
