"""Decides how a value of the candidate's that has no proxy is named on this side: by its number."""


class Handle:
    """Encodes as the candidate's value of that number, and can do nothing else."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number
