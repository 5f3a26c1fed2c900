"""Decides what the author's own solution answers: run once, in the trusted process."""

import random
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from viva_grader.checks.quiet import quietly
from viva_grader.checks.trusted_cell import run_leniently
from viva_grader.library.notebook_rebuild import Step


class ReferenceFailedError(Exception):
    """The author's own solution does not answer: the question is at fault."""


@dataclass(frozen=True, slots=True)
class Raises:
    """The expected answer is an exception of this type's name."""

    name: str


@dataclass(slots=True)
class Reference:
    """The author's notebook without its tests; it runs when it is first asked."""

    steps: tuple[Step, ...]
    _namespace: dict[str, Any] | None = field(default=None)

    def answer(self, function: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Call a name of the author's solution; what it raises becomes :class:`Raises`.

        Raises
        ------
        ReferenceFailedError
            If the author's notebook does not define the name.
        """
        with _own_randomness(), quietly():
            if self._namespace is None:
                self._namespace = self._run()
            if not callable(self._namespace.get(function)):
                raise ReferenceFailedError(f"the author's notebook defines no {function}")
            try:
                return self._namespace[function](*args, **kwargs)
            except Exception as error:
                return Raises(type(error).__name__)

    def _run(self) -> dict[str, Any]:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        for step in self.steps:
            try:
                run_leniently(step.source, f"reference {step.cell}", namespace)
            except Exception as error:
                what = f"the author's cell {step.cell} stops with {type(error).__name__}"
                raise ReferenceFailedError(what) from error
        return namespace


@contextmanager
def _own_randomness() -> Generator[None]:
    """Leave the generators of random numbers as tests find them."""
    plain, numpys = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(plain)
        np.random.set_state(numpys)
