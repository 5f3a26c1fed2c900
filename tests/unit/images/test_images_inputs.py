"""An image is built again when anything that it is made from has changed."""

import importlib
from pathlib import Path

import pytest

IMAGES = Path(__file__).parents[3] / "hub_config" / "images"


@pytest.fixture
def digest(monkeypatch):
    monkeypatch.syspath_prepend(str(IMAGES))
    return importlib.import_module("engine").digest


def test_file_counts_wherever_it_lies_and_what_is_made_inside_a_folder_does_not(digest, tmp_path):
    wheel, source = tmp_path / "dist" / "a.whl", tmp_path / "dist" / "source"
    (source / "__pycache__").mkdir(parents=True)
    for path in (wheel, source / "a.py", source / "__pycache__" / "a.pyc"):
        path.write_text("one")
    first = digest(wheel), digest(source)
    (source / "__pycache__" / "a.pyc").write_text("two")
    assert (digest(wheel), digest(source)) == first
    wheel.write_text("two")
    (source / "a.py").write_text("two")
    assert digest(wheel) != first[0]
    assert digest(source) != first[1]
