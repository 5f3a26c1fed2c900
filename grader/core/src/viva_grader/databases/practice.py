"""Decides what stands in the database that candidates practise on: a handful of fruit.

Nothing of it belongs to any question, and its name is all that it shares with the database of the
interview: whoever practises connects as they will connect later.
"""

import hashlib

from viva_grader.domain.fixture import Fixture, Tables, Variant

SCHEMA_SQL = """
create table fruit (
    fruit_id integer primary key,
    name text not null,
    colour text,
    grams integer not null
);
comment on column fruit.colour is 'NULL where nobody looked';
"""
ROWS = (
    (1, "apple", "red", 180),
    (2, "banana", "yellow", 120),
    (3, "cherry", "red", 8),
    (4, "lemon", "yellow", 100),
    (5, "melon", None, 1500),
)
_ALL = Variant(name="sample", seed=0, edges=frozenset(), why="To try %%sql on.")


def practice_fixture(slug: str) -> Fixture:
    """Give the fruit, in a database that is called as a fixture's.

    Parameters
    ----------
    slug : str
        The fixture of the interview that the practice comes before.
    """
    return Fixture(
        slug=slug,
        title="Fruit",
        schema_sql=SCHEMA_SQL,
        sample=_ALL,
        hidden=(),
        generate=_rows,
        sha256=hashlib.sha256(f"{SCHEMA_SQL}{ROWS}".encode()).hexdigest(),
    )


def _rows(_variant: Variant) -> Tables:
    return {"fruit": ROWS}
