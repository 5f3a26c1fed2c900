"""Decides where things lie on this machine and how set-up runs its commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "grader" / "core" / "src"))
from viva_grader.places import runtime_home  # noqa: E402 - the path is known from here on

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

HOW_TO_ALLOW = """\
bubblewrap cannot make a namespace: this system forbids it to unprivileged users. As root, allow it:
    sysctl -w kernel.apparmor_restrict_unprivileged_userns=0   (Ubuntu 23.10 and later)
    sysctl -w kernel.unprivileged_userns_clone=1               (older Debian kernels)
    sysctl -w user.max_user_namespaces=15000                   (where it is 0)
then run the same command again."""


class SetupError(Exception):
    """A step failed; the message says what to do."""


HOME = runtime_home()


def make_home() -> None:
    """Create the runtime folder: others may pass through it, only its owner may write."""
    for folder in (HOME, HOME / "env", HOME / "logs", HOME / "databases", HOME / "stamps"):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)


def sh(*command: str | Path, log: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command, its output kept in a log; raise SetupError with the log's end if it fails."""
    path = HOME / "logs" / f"setup-{log}.log"
    with path.open("ab") as out:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            check=False,
        )
    if done.returncode:
        tail = "\n".join(path.read_text(errors="replace").splitlines()[-12:])
        raise SetupError(
            f"`{command[0]} …` ended with {done.returncode}. The end of {path}:\n{tail}"
        )


def apt_install(*packages: str, why: str) -> None:
    """Install Debian packages as root; otherwise print the one command to type and stop."""
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() or not shutil.which("apt-get"):
        names = " and ".join(packages)
        raise SetupError(
            f"{names} is missing: {why}. Type this, then run the same command again:\n"
            f"    sudo {command}"
        )
    print(f"Installing {', '.join(packages)}: {why}", file=sys.stderr, flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    sh("apt-get", "update", "-q", log="apt", env=quiet)
    sh(*command.split(), log="apt", env=quiet)


def check_machine() -> None:
    """Install or ask for the one system package, bubblewrap, and see that it makes a sandbox."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs before any requirement is checked
        version = sys.version.split()[0]
        raise SetupError(
            f"Python {version} is too old: Viva needs 3.11 or newer. "
            "Name another one, as in PYTHON=python3.12 make setup."
        )
    if not shutil.which("bwrap"):
        apt_install("bubblewrap", why="it isolates candidates and grading")
    # Rooms and sandboxes are made by uids without rights, one namespace within another.
    wall = ("bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev")
    drop = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    probe = (*(drop if os.geteuid() == 0 else ()), *wall, *wall, "true")
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        raise SetupError(HOW_TO_ALLOW)
