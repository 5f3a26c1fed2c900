"""Decides what a library's module means by a name: another's, where it imported that one.

``pandas.core.frame.np`` is numpy, and ``collections._chain`` is ``itertools.chain``. The text of
the library says so: nothing of it is imported for a submission's sake.
"""

import re
import sys
from functools import lru_cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

_IMPORTS = re.compile(
    r"^(?: {4})?(?:from\s+([\w.]+)\s+import\s+(\([^()]*\)|[^\n#;]+)|import\s+([^\n#;]+))",
    re.MULTILINE,
)
_BOUND = re.compile(r"([\w.]+)(?:\s+as\s+(\w+))?\s*(?:#.*)?")
_STEPS = 8
"""Modules that hand a name on to each other, of one expression."""


@lru_cache(maxsize=4096)
def behind(name: str) -> tuple[str, ...]:
    """Follow a dotted name through the libraries that hand it on.

    Returns
    -------
    tuple of str
        ``numpy.sort`` and where numpy has it from, for ``pandas.core.frame.np.sort``; the name
        itself is the first.
    """
    names = [name]
    while len(names) <= _STEPS:
        module, rest = _split(names[-1])
        first, dot, tail = rest.partition(".")
        meant = _handed_on(module).get(first) if module and first else None
        if meant is None:
            break
        names.append(f"{meant}{dot}{tail}")
    return tuple(names)


def is_module(name: str) -> bool:
    """Whether a dotted name is that of a module which can be found, without importing any."""
    return _spec(name) is not None


def _split(name: str) -> tuple[str, str]:
    """Part a dotted name where its module ends."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        module = ".".join(parts[:count])
        if _spec(module) is not None:
            return module, ".".join(parts[count:])
    return "", name


@lru_cache(maxsize=4096)
def _spec(name: str) -> ModuleSpec | None:
    parent, _, _ = name.rpartition(".")
    if not parent:
        return PathFinder.find_spec(name, sys.path[1:] if sys.path[:1] == [""] else sys.path)
    above = _spec(parent)
    places = above.submodule_search_locations if above is not None else None
    return PathFinder.find_spec(name, list(places)) if places else None


@lru_cache(maxsize=256)
def _handed_on(module: str) -> dict[str, str]:
    """Read which names of a module another one's import binds."""
    spec = _spec(module)
    if spec is None or not spec.has_location or not str(spec.origin).endswith(".py"):
        return {}
    try:
        text = Path(str(spec.origin)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    package = module if spec.submodule_search_locations else module.rpartition(".")[0]
    found: dict[str, str] = {}
    for source, names, modules in _IMPORTS.findall(text):
        whence = _absolute(source, package)
        for written in (names or modules).strip("()").split(","):
            bound = _BOUND.fullmatch(written.strip())
            if bound is None:
                continue
            what, called = bound.groups()
            if whence:
                found[called or what] = f"{whence}.{what}"
            else:
                found[called or what.split(".")[0]] = what if called else what.split(".")[0]
    found.pop("*", None)
    return {name: what for name, what in found.items() if what != f"{module}.{name}"}


def _absolute(source: str, package: str) -> str:
    """Give the module of ``from … import``; empty for a plain import."""
    dots = len(source) - len(source.lstrip("."))
    if not dots:
        return source
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - dots + 1], *filter(None, [source[dots:]])])
