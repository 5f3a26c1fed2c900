"""Decides which columns tables are made of, and how their keys and indexes are named."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


def moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    """Give a column of moments, with their zone."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def text(name: str, *args: sa.ForeignKey, nullable: bool = False) -> "sa.Column[str]":
    """Give a column of text."""
    return sa.Column(name, sa.Text, *args, nullable=nullable)


def identifier() -> "sa.Column[str]":
    """Give the column of a row's own name."""
    return sa.Column("id", sa.Text, primary_key=True)
