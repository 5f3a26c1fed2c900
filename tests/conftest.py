"""Decides what happens to a test whose real part is missing here: it says so; in CI it fails."""

import os
import shutil
import subprocess
from functools import cache

import pytest

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
