"""Decides how tests get what only a system can give: a Docker engine and a browser.

Where they are missing and may not be installed (not root, not Debian), it says so and goes on: the
tests that need them name themselves, and with ``CI=true`` they fail.
"""

import os
import shutil
import subprocess
import sys
import time
from ctypes.util import find_library
from pathlib import Path

SETUP = Path(__file__).with_name("setup.py")
PACKAGES = {
    "dockerd": "docker.io",
    "iptables": "iptables",
    "debootstrap": "debootstrap",
    "chromium": "chromium",
}
LIBRARIES = {"atomic": "libatomic1"}  # what Node asks for that playwright brings along
START_S = 40


def answers() -> bool:
    """Whether a Docker engine answers."""
    docker = shutil.which("docker")
    return (
        bool(docker)
        and subprocess.run([docker, "info"], capture_output=True, check=False).returncode == 0
    )


def install_missing() -> None:
    """Install what is missing, where that is ours to do."""
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    missing += [package for name, package in LIBRARIES.items() if not find_library(name)]
    if answers():
        missing = [package for package in missing if package != "docker.io"]
    if not missing:
        return
    if os.geteuid() or not shutil.which("apt-get"):
        print(
            f"Not installed: {', '.join(missing)}. Tests that need them say so. To have them:\n"
            f"    sudo apt-get install -y {' '.join(missing)}",
            file=sys.stderr,
        )
        return
    subprocess.run([sys.executable, SETUP, "--apt", *missing], check=True)


def start_engine(log: Path) -> None:
    """Start dockerd if no engine answers, and wait until it does."""
    if answers() or os.geteuid() or not shutil.which("dockerd"):
        return
    print("Starting a Docker engine", file=sys.stderr, flush=True)
    with log.open("ab") as out:
        subprocess.Popen(
            ["dockerd"], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    end = time.monotonic() + START_S
    while not answers():
        if time.monotonic() > end:
            print(f"No Docker engine answered within {START_S} s: see {log}.", file=sys.stderr)
            return
        time.sleep(0.5)


def main() -> None:
    """Provide an engine and a browser."""
    install_missing()
    home = subprocess.run(
        [sys.executable, SETUP, "--home"], capture_output=True, text=True, check=True
    ).stdout.strip()
    start_engine(Path(home) / "logs" / "dockerd.log")


if __name__ == "__main__":
    main()
