"""Decides whether a grade is the same bytes whatever surrounds its making, and says how often.

Every question's solutions are graded round by round, each round by a fresh command in other
circumstances: order, submissions at a time, hash seed, time zone, locale, working folder, umask, a
loaded machine, and the other sandbox. Prints how many distinct ``grade_sha256`` each solution got;
anything but 1 is a defect.

    python benchmarks/determinism.py --runs 200 [--docker]
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from viva_grader.library.release import release
from viva_grader.library.shelf import Shelf
from viva_grader.library.solutions import compose, load_solutions

ROOT = Path(__file__).resolve().parents[1]
COMMAND = Path(sys.executable).with_name("viva")
_SPIN = "while True: pass"


@dataclass(frozen=True)
class Circumstances:
    """What must not matter."""

    name: str
    jobs: int = 1
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "."
    umask: int = 0o022
    load: int = 0
    """Processes that spin beside it."""
    shuffled: bool = True


PLAIN = Circumstances("plain", shuffled=False)
OTHERS = (
    Circumstances("two at a time", jobs=2),
    Circumstances("hash seed 1", environment={"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu"}),
    Circumstances("Turkish, C locale", environment={"LC_ALL": "C", "LANG": "tr_TR.UTF-8"}),
    Circumstances("another folder, umask 077", folder="/", umask=0o077),
    Circumstances("loaded, two at a time", jobs=2, load=4),
    Circumstances("random hash seed", environment={"PYTHONHASHSEED": "random", "TZ": "Asia/Tokyo"}),
)  # fmt: skip
DOCKER = Circumstances("docker", environment={"VIVA_SANDBOX": "docker"})


def write_solutions(folder: Path, slugs: Sequence[str] = ()) -> dict[str, list[Path]]:
    """Write each question's solutions as candidates would hand them in; by slug."""
    shelf = Shelf(ROOT)
    found: dict[str, list[Path]] = {}
    for slug in slugs or shelf.slugs():
        question = shelf.question(slug)
        released = release(question)
        for solution in load_solutions(shelf.questions_folder / slug, question):
            path = folder / f"{slug}.{solution.name}.ipynb"
            path.write_bytes(compose(released, solution.cells))
            found.setdefault(slug, []).append(path)
    return found


def grade_round(
    slug: str, submissions: Sequence[Path], around: Circumstances, out: Path, seed: int
) -> dict[str, bytes]:
    """Grade in a command of its own; the grade documents by submission."""
    paths = [path.resolve() for path in submissions]
    if around.shuffled:
        random.Random(seed).shuffle(paths)  # noqa: S311 - an order, no secret
    command = [str(COMMAND), "grade", *map(str, paths), "--question", slug, "--json", "--no-rubric"]
    command += ["--jobs", str(around.jobs), "--out", str(out.resolve())]
    with loaded(around.load):
        done = subprocess.run(
            command, env={**os.environ, **around.environment}, cwd=around.folder,
            umask=around.umask, capture_output=True, check=False, text=True,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{around.name}, {slug}: {done.stderr.strip() or done.stdout[-2000:]}")
    return {path.stem: (out / f"{path.stem}.grade.json").read_bytes() for path in paths}


@contextlib.contextmanager
def loaded(processes: int) -> Iterator[None]:
    """Keep the machine's cores busy."""
    spinning = [subprocess.Popen([sys.executable, "-c", _SPIN]) for _ in range(processes)]
    try:
        yield
    finally:
        for each in spinning:
            each.kill()
            each.wait()


def main() -> None:
    """Print a table, and fail where one solution has two hashes."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=200, help="gradings, all solutions together")
    asked.add_argument("--question", action="append", default=[], help="only these")
    asked.add_argument("--docker", action="store_true", help="every other round in docker")
    told = asked.parse_args()
    others = itertools.cycle(
        [each for one in OTHERS for each in ((one, DOCKER) if told.docker else (one,))]
    )
    seen: dict[str, dict[str, list[str]]] = {}
    done, began_s = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        written = write_solutions(Path(place), told.question)
        for number, around in enumerate(itertools.chain([PLAIN], others)):
            if done >= told.runs:
                break
            for slug, paths in written.items():
                out = Path(place) / f"{number}.{slug}"
                for name, document in grade_round(slug, paths, around, out, number).items():
                    sha = json.loads(document)["grade_sha256"]
                    seen.setdefault(name, {}).setdefault(sha, []).append(around.name)
                    done += 1
            seconds = time.monotonic() - began_s
            print(f"round {number + 1}: {around.name}, {done} gradings, {seconds:.0f} s")
    for name, hashes in sorted(seen.items()):
        print(f"{name:40} {sum(map(len, hashes.values())):4} gradings, {len(hashes)} distinct")
        if len(hashes) > 1:
            for sha, names in hashes.items():
                print(f"    {sha[:12]}: {len(names)}: {', '.join(sorted(set(names)))}")
    worst = max((len(hashes) for hashes in seen.values()), default=0)
    print(f"{done} gradings of {len(seen)} solutions; at most {worst} distinct grade_sha256 each")
    sys.exit(worst != 1)


if __name__ == "__main__":
    main()
