"""Changes to a document for which there was no space for a while; by the room's own interpreter."""

import subprocess
from pathlib import Path

import pytest

# Types three words into a store; while the second comes the store may not grow. What can be read
# afterwards is printed.
TYPE_INTO = """
import asyncio, sys, logging
from pycrdt import Doc, Text
from jupyter_server_ydoc.stores import SQLiteYStore
from viva_lab.changes import LastingChanges

async def main(kind):
    class Store(kind):
        db_path = sys.argv[2]
    logging.disable()
    doc = Doc()
    text = doc.get("text", type=Text)
    store = Store(path="notebook")
    if isinstance(store, LastingChanges):
        store.whole = doc.get_update
    running = asyncio.create_task(store.start())
    await store.started.wait()
    await store.db_initialized.wait()
    database = store._db._real_connection
    updates = []
    doc.observe(lambda event: updates.append(event.update))
    for word, is_full in (("first ", False), ("second " * 2000, True), ("third", False)):
        (pages,) = database.execute("pragma page_count").fetchone()
        database.execute(f"pragma max_page_count = {pages if is_full else 100_000}")
        text += word
        await store.write(updates.pop())
    read = Doc()
    await store.apply_updates(read)
    print(sorted(set(str(read.get("text", type=Text)).split())))
    await store.stop()
    await running

asyncio.run(main({"ours": LastingChanges, "stock": SQLiteYStore}[sys.argv[1]]))
"""


@pytest.mark.parametrize(
    ("kind", "read"), [("ours", "['first', 'second', 'third']"), ("stock", "['first']")]
)
def test_change_without_space_comes_with_the_next_and_stock_loses_all_that_follows(
    candidate_env: Path, tmp_path: Path, kind: str, read: str
) -> None:
    words = [candidate_env / "bin" / "python", "-c", TYPE_INTO, kind, tmp_path / "changes.db"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.strip() == read, done.stderr
