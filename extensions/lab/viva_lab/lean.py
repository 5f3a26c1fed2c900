"""Decides what servers and kernels of a room do not import: what costs much and gives nothing.

Measured on two virtual cores, Python 3.11: the grammar takes 1.7 s of the 2.6 s that a server's
imports would take, the hub's own part 0.35 s and 31 MiB of each server, JupySQL's plots 0.4 s and
26 MiB of each kernel. What no room uses at all is not even installed: `left_out.txt`.
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType

# Who imports them does without where they are absent.
UNUSED = (
    "rfc3987_syntax",  # jsonschema checks addresses with foreign letters by it: no such field here
    "isoduration",  # jsonschema checks durations by it: no such field either
    "aiodns",  # looks names up; the hub is an address
)
# A single-user server imports the functions that name scopes, and with them the hub's tables, pages
# and roles, which only a hub calls.
HUBS_OWN = (
    "sqlalchemy",
    "sqlalchemy.exc",
    "jupyterhub.orm",
    "jupyterhub.roles",
    "jupyterhub.handlers",
    "jupyterhub.handlers.pages",
)
# By this library of 3 MiB JupyterLab asks elsewhere which extensions are allowed: never in a room.
LISTINGS = ("requests",)
# `%sqlplot` and its grammar, which the room does not offer. They bring all of matplotlib.
PLOTS = ("sql.plot", "sql.ggplot")


def leave_out() -> None:
    """Make imports of what is unused fail; those who import it do without. Call it first of all."""
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # pyright: ignore[reportArgumentType] -- how Python marks a module that is not to be had


@contextmanager
def without(names: tuple[str, ...]) -> Generator[None]:
    """Put stand-ins in the place of modules that are not imported yet, for as long as it lasts.

    Parameters
    ----------
    names
        Modules. Afterwards they can be imported as ever; who imported names from a stand-in keeps
        classes that cannot be made.
    """
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update((name, _StandIn(name)) for name in absent)
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


class _StandIn(ModuleType):
    """Has every name, each a class: good for annotations, `except` and `isinstance`, no more."""

    def __getattr__(self, name: str) -> type[Exception]:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (_LeftOutError,), {"__module__": self.__name__})


class _LeftOutError(Exception):
    def __new__(cls, *_: object) -> "_LeftOutError":
        raise ImportError(f"{cls.__module__}.{cls.__name__} is left out of a candidate's room.")
