"""Decides what a SQL fixture is: a schema and the data sets, made from seeds, that fill it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Tables = Mapping[str, Sequence[Sequence[object]]]
"""Rows per table, tables in the order in which they can be filled."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One data set of a fixture.

    Attributes
    ----------
    name : str
        Lower-case letters, digits and underscores; ``sample`` is the one that candidates get.
    seed : int
        What the generator's randomness starts from.
    edges : frozenset of str
        The edge cases that the generator plants, such as ``null_keys`` or ``dst``.
    why : str
        Which wrong answers this data set is there to catch; for staff.
    scale : bool
        Whether it is a larger one, on which the work of queries is counted too.
    """

    name: str
    seed: int
    edges: frozenset[str]
    why: str
    scale: bool = False


@dataclass(frozen=True, slots=True)
class Fixture:
    """A schema, one sample for candidates and the hidden variants for graders.

    Attributes
    ----------
    slug : str
        The folder's name, and the name of the candidate's database.
    schema_sql : str
        Statements that create the tables, empty.
    sample : Variant
        What candidates work on.
    hidden : tuple of Variant
        What answers are compared on; at least one.
    generate : callable
        From a variant to its rows: the same rows on every machine and Python.
    sha256 : str
        Hex digest over everything that decides the data.
    """

    slug: str
    title: str
    schema_sql: str
    sample: Variant
    hidden: tuple[Variant, ...]
    generate: Callable[[Variant], Tables]
    sha256: str
