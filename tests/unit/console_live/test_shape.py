import subprocess
import sys

import pytest
from jupyter_ydoc import YNotebook
from pycrdt import Array, Doc, Map
from viva_console.domain.recording import UpdateKind
from viva_console.live import shape
from viva_console.live.replica import MOST_PARTS, Replica, UnreadableError

MARK = "M" * 40
MANY = 10**6
OUTPUT = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * 500}}
# In a process of its own: it is to end.
CRASH = """
import sys
from pycrdt import Doc
Doc().apply_update(sys.stdin.buffer.read())
"""


def a_notebook(cells: int) -> Doc:
    doc: Doc = Doc()
    made = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {"a": [1, -70000, 2.5, None, {"ü": True}]},
         "source": f"x = {n}\n", "outputs": [OUTPUT], "execution_count": n}
        for n in range(cells)
    ]  # fmt: skip
    notebook = {"cells": made, "metadata": {"big": 2**52}, "nbformat": 4, "nbformat_minor": 5}
    YNotebook(doc).set(notebook)
    return doc


def nested(levels: int, bracket: bytes) -> bytes:
    """A value of so many brackets within each other, as a room may send it."""
    doc: Doc = Doc()
    doc["meta"] = Array([MARK])
    text = bytes([119, len(MARK)]) + MARK.encode()
    return doc.get_update().replace(text, bracket * levels + b"\x7e")


ARRAY, OBJECT = b"\x75\x01", b"\x76\x01\x01a"


def test_honest_notebook_has_a_dozen_parts_a_cell_and_each_change_few():
    doc = a_notebook(50)
    assert 10 * 50 < shape.parts(doc.get_update(), MANY) < 60 * 50
    before = doc.get_state()
    cells = doc.get("cells", type=Array)
    cells[3]["source"] += "y"
    cells[3]["outputs"].append(Map({"data": Array([1, {"a": b"bytes"}])}))
    cells[3]["source"].format(0, 2, {"b": True})
    del cells[7]
    assert 1 < shape.parts(doc.get_update(before), MANY) < 100


@pytest.mark.parametrize("bracket", [ARRAY, OBJECT], ids=["arrays", "objects"])
def test_brackets_that_would_end_the_process_are_refused(bracket):
    deep = nested(200_000, bracket)
    done = subprocess.run([sys.executable, "-c", CRASH], input=deep, capture_output=True)
    assert done.returncode < 0, "the control: applied, it takes its process with it"
    replica = Replica()
    with pytest.raises(UnreadableError, match="nests too deep"):
        replica.apply(UpdateKind.STATE, deep)
    replica.apply(UpdateKind.STATE, nested(shape.DEEPEST - 1, bracket))
    with pytest.raises(ValueError, match="too deep"):
        shape.parts(nested(shape.DEEPEST, bracket), MANY)


def test_shared_values_within_each_other_are_never_made_into_text():
    doc: Doc = Doc()
    doc["cells"] = Array([Map({"source": "x"})])
    inner = doc["cells"][0]
    with doc.transaction():
        inner["cell_type"] = inner = Map()
        for _ in range(50_000):
            child: Map = Map()
            inner["a"] = child
            inner = child
    replica = Replica()
    replica.apply(UpdateKind.STATE, doc.get_update())
    for read in (replica.work_sha256, replica.file):
        with pytest.raises(UnreadableError):
            read()


def test_parts_are_counted_over_all_updates_and_bounded():
    doc: Doc = Doc()
    doc["meta"] = Array([list(range(200)) for _ in range(MOST_PARTS // 400)])
    half = doc.get_update()
    assert MOST_PARTS / 2 < shape.parts(half, MANY) < MOST_PARTS * 0.6
    replica = Replica()
    replica.apply(UpdateKind.STATE, half)
    with pytest.raises(UnreadableError, match="too many parts"):
        replica.apply(UpdateKind.CHANGE, half)
    replica.apply(UpdateKind.STATE, half)


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        (
            b"\x01\x01\x4d\x00\x08\x01\x04meta\x01\x75\xff\xff\xff\xff\x0f\x7e\x00",
            "no notebook|cut off",
        ),
        (b"\x01\x01\x4d\x00\x09\x01\x04meta\x01a\x7e\x00", "no notebook"),
        (b"\x01\x01\x4d\x00\x07\x01\x04meta\x06\x00", "no notebook"),
        (b"\x01\x01\x4d\x00\x18\x01\x04meta\x01\x7e\x00", "no notebook"),
        (b"\x01\x01\x4d\x00\x08\x81\x00\x04meta\x01\x7e\x00", "strange"),
        (b"\x01\x01\x4d\x00\x08\x81\x80\x80\x80\x10\x04meta\x01\x7e\x00", "strange"),
        (b"\x01\xff\xff\xff\xff\x0f\x4d\x00", "cut off"),
        (b"", "cut off"),
    ],
    ids=["long", "document", "xml", "kind", "padded", "wraps", "parts", "nothing"],
)
def test_update_that_a_library_could_read_otherwise_is_refused(update, reason):
    assert shape.parts(b"\x01\x01\x4d\x00\x08\x01\x04meta\x01\x7e\x00", MANY) == 2
    with pytest.raises(ValueError, match=reason):
        shape.parts(update, MANY)
