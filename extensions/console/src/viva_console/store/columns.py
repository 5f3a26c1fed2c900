"""Decides which columns tables are made of, and how their keys and indexes are named."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

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


def sequence() -> "sa.Column[int]":
    """Give the column of the order in which rows came."""
    return sa.Column("seq", sa.BigInteger, sa.Identity(always=True), unique=True, nullable=False)


def document(name: str = "document") -> "sa.Column[object]":
    """Give a column of JSON."""
    return sa.Column(name, JSONB, nullable=False)


def sealed(name: str, *, nullable: bool = False) -> "sa.Column[bytes]":
    """Give a column of what is sealed with a candidate's key."""
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def points(name: str, *, nullable: bool = True) -> "sa.Column[float]":
    """Give a column of points or scores; null where there is none."""
    return sa.Column(name, sa.Float(53), nullable=nullable)


def result_of_run() -> "sa.Column[str]":
    """Give the key of what one stage of a run left: at most one row."""
    return sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id"), primary_key=True)


def chain_hash(name: str) -> "sa.Column[str]":
    """Give a column of a link in a chain of hashes."""
    return sa.Column(name, sa.Text, nullable=False, unique=True)


def persons_word() -> "tuple[sa.Column[Any], ...]":
    """Give the columns of what a named person said of an interview, in order."""
    return (
        identifier(),
        sequence(),
        text("interview_id", sa.ForeignKey("interview_sessions.id")),
        text("by"),
        moment("at"),
    )


def notebook_key() -> "tuple[sa.Column[Any], ...]":
    """Give the columns that name a notebook of an interview."""
    return (
        sa.Column(
            "interview_id", sa.Text, sa.ForeignKey("interview_sessions.id"), primary_key=True
        ),
        sa.Column("path", sa.Text, primary_key=True),
    )
