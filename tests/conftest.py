"""Decides what holds for every test: a part that is missing is said, garbage is cheap to look for.

In CI a missing part fails. Pytest collects garbage often, and many times as it ends, to find what
was left open; without this it walks through every module and test each time.
"""

import gc
import os
import shutil
import subprocess
from collections.abc import Generator
from functools import cache

import pytest
from viva_lab.lean import leave_out

leave_out()  # a second of every run, here as in a room
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@cache
def _docker() -> str | None:
    if not shutil.which("docker"):
        return "docker is not installed"
    done = subprocess.run(["docker", "info"], capture_output=True, check=False)
    return "no Docker engine answers" if done.returncode else None


@cache
def _browser() -> str | None:
    return None if any(map(shutil.which, CHROMIUM)) else "Chromium is not installed"


@cache
def _sandbox() -> str | None:
    if not shutil.which("bwrap"):
        return "bubblewrap is not installed"
    probe = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    done = subprocess.run(probe, capture_output=True, check=False)
    return "user namespaces are forbidden" if done.returncode else None


GAPS = {"docker": _docker, "browser": _browser, "sandbox": _sandbox}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose marker names a part that is not here; with CI=true it fails."""
    for marker, gap in GAPS.items():
        reason = gap() if item.get_closest_marker(marker) else None
        if reason and os.environ.get("CI") == "true":
            pytest.fail(f"not run: {reason}", pytrace=False)
        elif reason:
            pytest.skip(f"not run: {reason}")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Take what collection made, and the run keeps to its end, out of the collector's sight."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
