"""Decides what the end-to-end tests stand on: `viva up` in a folder of its own, and a browser."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from viva_grader.places import runtime_home
from viva_hub.disks import unmount_below
from viva_hub.docker_spawner.firewall import Firewall
from viva_hub.docker_spawner.names import HUB_LABEL, hub_tag
from viva_hub.embedded import record

ROOT = Path(__file__).resolve().parents[2]
VIVA = ROOT / ".venv" / "bin" / "viva"
UP_S = 120
# Small, so that filling it takes no time.
HOME_DISK_MIB = 64
POOL = IPv4Network("10.242.0.0/20")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def scratch_home() -> Path:
    """Make a runtime folder that shares what set-up installed, and nothing that is ever written."""
    installed = runtime_home()
    home = Path(tempfile.mkdtemp(prefix="viva-e2e-"))
    home.chmod(0o755)
    (home / "node").symlink_to(installed / "node")
    (home / "databases").mkdir()
    # what runs there is another's, who may be removing it meanwhile
    parts = [part for part in (installed / "databases").iterdir() if part.name != "run"]
    subprocess.run(["cp", "-a", *parts, home / "databases"], check=True)
    return home


def environment(home: Path, **more: str) -> dict[str, str]:
    """Give the environment of a Viva of the tests' own."""
    installed = runtime_home()
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return {
        **kept,
        "VIVA_HOME": str(home),
        "VIVA_CANDIDATE_PYTHON_ENV": str(installed / "env" / "candidate"),
        "VIVA_SANDBOX_PYTHON": str(installed / "env" / "sandbox" / "bin" / "python"),
        **more,
    }


class Viva:
    """A running `viva up`."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.output = home / "up.txt"
        with self.output.open("wb") as out:
            self._process = subprocess.Popen(
                [VIVA, "up"], env=environment(home, **settings), stdout=out, stderr=out, cwd=home
            )
        self.staff_link = self._wait_for(r"http://localhost:\d+/hub/staff\S+")

    def _wait_for(self, pattern: str) -> str:
        end = time.monotonic() + UP_S
        while time.monotonic() < end:
            found = re.search(pattern, self.output.read_text())
            if found:
                return found[0]
            assert self._process.poll() is None, self.output.read_text()
            time.sleep(0.2)
        raise AssertionError(self.output.read_text())

    def stop(self) -> int:
        """End it as Ctrl-C does; give its exit status."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(90)


@pytest.fixture(scope="module")
def docker_viva() -> Iterator[Viva]:
    """Viva with the Docker spawner; rooms end a second after the submission."""
    home = scratch_home()
    viva = Viva(
        home,
        VIVA_SPAWNER="docker",
        VIVA_PORT="0",
        VIVA_END_ROOM_DELAY_S="1",
        VIVA_NETWORK_POOL=str(POOL),
        VIVA_HOME_DISK_MIB=str(HOME_DISK_MIB),
    )
    yield viva
    viva.stop()
    end_containers(home)
    Firewall(hub_tag(home), POOL, hub_port=1).remove()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def embedded_viva() -> Iterator[Viva]:
    """Viva with rooms of namespaces on this machine."""
    home = scratch_home()
    viva = Viva(home, VIVA_PORT="0", VIVA_HOME_DISK_MIB=str(HOME_DISK_MIB))
    yield viva
    viva.stop()
    end_rooms(home)
    shutil.rmtree(home, ignore_errors=True)


def end_containers(home: Path) -> None:
    """Remove what the engine has of rooms that nobody handed in: it outlives a hub on purpose."""
    label = f"label={HUB_LABEL}={hub_tag(home)}"
    for listing, removal in (
        (("ps", "-aq"), ("rm", "-fv")),
        (("network", "ls", "-q"), ("network", "rm")),
        (("volume", "ls", "-q"), ("volume", "rm", "-f")),
    ):
        command = ["docker", *listing, "--filter", label]
        left = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        if left:
            subprocess.run(["docker", *removal, *left], capture_output=True, check=True)
    unmount_below(home)


def end_rooms(home: Path) -> None:
    """End the rooms that nobody handed in: they outlive a hub on purpose."""
    for room in map(record.read, record.rooms(home)):
        for process in filter(None, (room.server, room.database, room.practice)):
            process.send(signal.SIGKILL)
    unmount_below(home)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a screen."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()
