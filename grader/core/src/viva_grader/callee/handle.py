"""Decides how a value of the candidate's that has no proxy is named on this side: by its number."""

from dataclasses import dataclass


class Handle:
    """Encodes as the candidate's value of that number, and can do nothing else."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


@dataclass(frozen=True, slots=True)
class Reference:
    """A library's function, as the candidate's process has it."""

    module: str
    name: str
