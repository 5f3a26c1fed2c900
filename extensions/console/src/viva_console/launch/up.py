"""Decides what runs when Viva is up on one machine, and in which order it starts and ends."""

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import httpx

from viva_console.bootstrap import prepare_store
from viva_console.domain.errors import ConsoleError
from viva_console.launch.installation import Installation, installation
from viva_console.launch.processes import Part, Parts
from viva_console.store.embedded import EmbeddedStore

READY_S = 60.0
PARTS = 5
"""How many parts are started: database, console, hub, recorder, worker."""
WATCH_S = 1.0
ENDING_S = 30.0
"""How long the parts of a launcher that was killed may take to end."""
ALIVE_LOOKS = 5
"""So many looks, a tenth of a second apart: one that has just been killed is still there."""

Say = Callable[[str], None]


class AlreadyUpError(ConsoleError):
    """Another Viva uses this runtime folder."""

    code = "launch.already_up"


@contextlib.contextmanager
def running(home: Path, root: Path, say: Say) -> Generator[tuple[Installation, str, Parts]]:
    """Start store, console, hub, the recorder and a worker; end them in reverse order.

    The store is ``VIVA_STORE_URL`` where it is set, and a PostgreSQL of our own otherwise.

    Parameters
    ----------
    home, root : Path
        The runtime folder, and the folder that holds ``hub_config``.
    say : callable
        Told in a word or two what is being started.

    Yields
    ------
    tuple
        The installation, the store's URL and the running parts.

    Raises
    ------
    AlreadyUpError, PartFailedError
        When this folder is in use, or a part does not come up.
    """
    with _only_we_write(), _alone(home) as lock, contextlib.ExitStack() as stack:
        place = installation(home, root)
        say("database")
        store_url = os.environ.get("VIVA_STORE_URL", "")
        parts = Parts(lock)
        if not store_url:
            store = EmbeddedStore(home)
            stack.callback(store.stop)
            store_url = store.start()
            parts.keep_also(store.keep)
        prepare_store(store_url)
        stack.enter_context(parts)
        for part, ready in _parts(place, store_url):
            say(part.name)
            parts.start(part, ready, READY_S)
        yield place, store_url, parts


def stay(parts: Parts) -> None:
    """Watch the parts until Ctrl-C or SIGTERM.

    Raises
    ------
    PartFailedError
        When a part does not stay up.
    """
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            parts.keep()
            time.sleep(WATCH_S)


def end_on_sigterm() -> None:
    """Let SIGTERM end the launcher as Ctrl-C does: what it started is ended first."""

    def interrupt(number: int, frame: object) -> None:
        # Not the signal SIGINT itself: whatever a shell starts with & ignores that one.
        del number, frame
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def _parts(place: Installation, store_url: str) -> list[tuple[Part, Callable[[], bool]]]:
    console = place.console_environment(store_url)
    viva = Path(sys.executable).with_name("viva")
    hub_config = place.root / "hub_config" / "jupyterhub_config.py"
    hub = place.command("jupyterhub", "-f", str(hub_config))
    health = f"http://127.0.0.1:{place.ports.console}/services/console/health"
    return [
        (Part("console", [viva, "serve"], console, place.log("console")), _answers(health)),
        (
            Part("hub", hub, place.hub_environment(), place.log("hub"), folder=place.home / "hub"),
            _answers(f"{place.public_url}/hub/api"),
        ),
        (Part("recorder", [viva, "record"], console, place.log("recorder")), lambda: True),
        (Part("worker", [viva, "work"], console, place.log("worker")), lambda: True),
    ]


def _answers(url: str) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    return ready


@contextlib.contextmanager
def _only_we_write() -> Generator[None]:
    """Let no part make a file that other people may write to, whatever the umask was."""
    before = os.umask(0o077)
    os.umask(before | 0o022)
    try:
        yield
    finally:
        os.umask(before)


@contextlib.contextmanager
def _alone(home: Path) -> Generator[int]:
    """Hold the folder's lock; give its descriptor, by which whoever is handed it holds it too."""
    with (home / "up.lock").open("a+") as lock:
        end, alive = time.monotonic() + ENDING_S, 0
        while not _taken(lock.fileno()):
            lock.seek(0)
            alive = alive + 1 if _is_alive(lock.read()) else 0
            if alive > ALIVE_LOOKS or time.monotonic() > end:
                raise AlreadyUpError(
                    f"Viva is up already with the runtime folder {home}. "
                    "Stop it first, or set VIVA_HOME to another folder."
                )
            # Its launcher was killed; the parts, which hold the lock too, are ending by themselves.
            time.sleep(0.1)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_alive(pid: str) -> bool:
    """Whether the launcher that noted its pid runs; not one that nobody has waited for."""
    try:
        state = Path(f"/proc/{int(pid)}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return False
    return state not in "ZX"
