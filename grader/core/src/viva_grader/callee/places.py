"""Decides how a line of a submission is named: where an exception of the candidate's passed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a cell in which a candidate's exception passed."""

    cell: str
    line: int
