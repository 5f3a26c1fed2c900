"""The rules that a reader relies on: modules say what they decide, no machine is named."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "grader/core/src",
    "grader/runner/src",
    "extensions/console/src",
    "extensions/lab/viva_lab",
    "hub_config/src",
)
# Written in pieces, so that this file does not hold what it forbids.
HOSTS = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "yarnpkg" + ".com",
    "debian" + ".org/debian",
)
MACHINE = re.compile("/(?:" + "|".join(("wo" + "rk/main", "fa" + "rm", "ro" + r"ot/\.")) + ")")


def tracked() -> list[Path]:
    """Text files that git keeps."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = (ROOT / name for name in done.stdout.decode().split("\0") if name)
    return [
        path for path in names if path.is_file() and path.suffix not in {".png", ".woff2", ".ico"}
    ]


def modules() -> list[Path]:
    return sorted(path for source in SOURCES for path in (ROOT / source).rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_module_opens_with_a_sentence(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring, "a module opens with the one sentence that it decides"
    assert (
        docstring.splitlines()[0].rstrip().endswith((".", ":", ";", ","))
        or len(docstring.splitlines()) > 1
    )


@pytest.mark.parametrize("host", HOSTS)
def test_no_registry_is_named(host: str) -> None:
    assert [path.name for path in tracked() if host in path.read_text(errors="replace")] == []


def test_no_path_of_a_machine_is_kept() -> None:
    assert [
        str(path) for path in tracked() if MACHINE.search(path.read_text(errors="replace"))
    ] == []


def requirement_name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


@pytest.mark.parametrize(
    "member", ["grader/core", "grader/runner", "extensions/console", "hub_config"]
)
def test_lock_holds_every_direct_dependency(member: str) -> None:
    project = tomllib.loads((ROOT / member / "pyproject.toml").read_text())["project"]
    locked = set(
        re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    wanted = {requirement_name(requirement) for requirement in project["dependencies"]}
    assert {name for name in wanted if not name.startswith("viva-")} - locked == set()


@pytest.mark.parametrize(
    "lock",
    [
        "requirements.lock",
        "grader/runner/requirements.lock",
        "extensions/lab/requirements.lock",
        "hub_config/images/requirements.lock",
    ],
)
def test_every_locked_wheel_is_pinned_and_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = re.findall(r"^[a-z0-9._-]+(?:\[.*\])?==.*$", text, re.MULTILINE)
    assert pins
    assert all(pin.rstrip().endswith("\\") for pin in pins), "a pin without a hash follows no line"


def test_readme_commands_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text()))
    assert {"demo", "check"} <= named
    assert named <= targets
