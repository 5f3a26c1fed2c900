"""Decides what is said of known weaknesses, by what pip-audit writes."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

IMAGES = Path(__file__).parents[3] / "hub_config" / "images"
CLEAN = {"name": "numpy", "version": "2.4", "vulns": []}
WEAK = {
    "name": "old",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}],
}
SKIPPED = {"name": "six", "skip_reason": "Dependency not found"}


@pytest.fixture
def weaknesses(monkeypatch):
    """The builder's scripts import each other by name, as when they are run."""
    monkeypatch.syspath_prepend(str(IMAGES))
    for name in ("bill", "contexts", "engine"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    spec = importlib.util.spec_from_file_location("bill", IMAGES / "bill.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.weaknesses


def report(*packages) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_package_that_the_service_does_not_know_counts_as_not_audited(weaknesses):
    assert weaknesses(report(SKIPPED, SKIPPED)) == "0 of 2 packages audited, 0 weaknesses known"


def test_weakness_is_named_with_the_version_that_mends_it(weaknesses):
    assert weaknesses(report(CLEAN, WEAK, SKIPPED)).splitlines() == [
        "old 1.0: PYSEC-1, mended in 1.1",
        "2 of 3 packages audited, 1 weaknesses known",
    ]


@pytest.mark.parametrize("said", ["", "Traceback …", "{}"])
def test_silence_is_not_taken_for_soundness(weaknesses, said):
    assert weaknesses(said).startswith("not audited")
