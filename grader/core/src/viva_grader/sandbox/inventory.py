"""Decides what is installed where submissions run: the allow-list, all it needs, and no more."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Runs in the sandbox's own Python, with the allow-list as its argument. An installer's own notes,
# scripts and compiled files differ from place to place, so the digest leaves them out.
ASK = r"""
import hashlib, json, platform, re, sys
from importlib import metadata
try:
    from packaging.requirements import Requirement
except ImportError:
    Requirement = None
NOTES = ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_build.json", "uv_cache.json")

def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()

def needs(found):
    for line in found.requires or ():
        if Requirement is None:
            if ";" not in line:
                yield re.match(r"[\w.-]+", line).group()
            continue
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield wanted.name

left, seen = [normal(name) for name in json.loads(sys.argv[1])], {}
while left:
    name = left.pop()
    if name in seen:
        continue
    try:
        seen[name] = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        continue
    left += [normal(need) for need in needs(seen[name])]

lines, entries = [], set()
for name, found in sorted(seen.items()):
    record = hashlib.sha256()
    for line in sorted((found.read_text("RECORD") or "").splitlines()):
        path = line.rsplit(",", 2)[0].strip('"')
        if path.startswith(("..", "/")):
            continue
        if path.split("/")[0] != "__pycache__":
            entries.add(str(found.locate_file(path.split("/")[0])))
        if not path.endswith(".pyc") and path.rsplit("/", 1)[-1] not in NOTES:
            record.update(line.encode() + b"\n")
    lines.append(f"{name}=={found.version} {record.hexdigest()}\n")
told = ("numpy", "pandas", "pyarrow")
print(json.dumps({
    "prefix": sys.prefix, "base": sys.base_prefix, "entries": sorted(entries),
    "versions": {"python": platform.python_version()}
    | {name: seen[name].version for name in told if name in seen}
    | {"wheels": hashlib.sha256("".join(lines).encode()).hexdigest()},
}))
"""


ASK_RUNNER = """
import hashlib, importlib.util, pathlib
found = pathlib.Path(importlib.util.find_spec("viva_runner").submodule_search_locations[0])
texts = [path.name.encode() + path.read_bytes() for path in sorted(found.glob("*.py"))]
print(hashlib.sha256(b"".join(texts)).hexdigest())
"""
"""What a Python that has the runner is asked for: one digest over the runner's modules."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a sandbox's Python answered.

    Attributes
    ----------
    prefix, base : Path
        Where its environment lies, and the Python below it.
    entries : tuple of Path
        Modules and folders of the allow-list and of all that it needs.
    versions : dict of str to str
        Of Python and the packages that decide what crosses; ``wheels`` is one digest over the
        name, version and files of every package, the same wherever they are installed.
    """

    prefix: Path
    base: Path
    entries: tuple[Path, ...]
    versions: dict[str, str]


def inventory(answer: str | bytes) -> Inventory:
    """Read what :data:`ASK` printed."""
    facts: dict[str, Any] = json.loads(answer)
    entries = tuple(Path(entry) for entry in facts["entries"])
    return Inventory(Path(facts["prefix"]), Path(facts["base"]), entries, facts["versions"])


def runner_digest(runner: Path) -> str:
    """Give what :data:`ASK_RUNNER` prints where this runner is installed."""
    texts = [path.name.encode() + path.read_bytes() for path in sorted(runner.glob("*.py"))]
    return hashlib.sha256(b"".join(texts)).hexdigest()


def allow_list(runner: Path) -> list[str]:
    """Give the packages that submissions may import, as the file beside the runner names them."""
    lines = (
        line.split("#")[0].strip() for line in (runner / "packages.txt").read_text().split("\n")
    )
    return [line for line in lines if line]
