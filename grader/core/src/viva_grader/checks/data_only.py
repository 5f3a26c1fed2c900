"""Decides that nothing but data crosses where calls are measured, either way."""

from collections.abc import Callable
from typing import Any

from viva_grader.callee.interruptions import Unsupported


class DataOnly:
    """Stands where proxies would: refuses every value that is no data."""

    def __init__(self) -> None:
        self.given: dict[str, type] = {}

    def node(self, item: Callable[[Any], Any], value: Any) -> list[Any]:
        """Refuse."""
        del item
        raise Unsupported(f"a {type(value).__name__} is no data")

    def value(self, kind: str, constants: list[Any], items: list[Any]) -> Any:
        """Refuse."""
        raise ValueError("no data")

    def empty_instance(self, name: str) -> Any:
        """Refuse."""
        raise ValueError("no data")

    def fill_instance(self, target: Any, names: list[str], values: list[Any]) -> None:
        """Refuse."""
        raise ValueError("no data")


DATA_ONLY = DataOnly()
