"""Decides how a call is counted: in a sealed process of its own, each answer with its word."""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# Values of any type pass through here.

import ast
import contextlib
import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from viva_grader.callee.clock import Backstop, Clock, Opening
from viva_grader.callee.codec import Decoder, Encoder
from viva_grader.callee.interruptions import Interruption, NoAnswer
from viva_grader.callee.session import Session
from viva_grader.callee.wire import Message, Wire
from viva_grader.checks.data_only import DATA_ONLY
from viva_grader.library.notebook_magics import plain_python
from viva_grader.library.notebook_rebuild import Step, StepKind
from viva_grader.sandbox.port import Room

UNLIMITED = 1 << 50
_START_S = 60.0
_SLOWER = 8.0
"""How much longer than ``call_s`` a counted call may take: C code counts nothing and ends here."""
_PACKAGES = 50


class NotCountedError(Exception):
    """There is no count; the argument says why, and it is the submission's doing."""


@dataclass(frozen=True, slots=True)
class SizedArguments:
    """A call for one size; ``values`` are its positional and its named arguments."""

    function: str
    values: tuple[list[Any], dict[str, Any]]


class NoProcessError(Exception):
    """No process could be had to count in: our fault, whatever it is."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One call's count.

    Attributes
    ----------
    answer : object
        The value, or the text of its ``repr``.
    work : int
        Instructions of Python during the call.
    around : int
        Instructions before and after it, for taking its arguments in and its answer out.
    """

    answer: Any
    work: int
    around: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What a counted process may use."""

    call_s: float
    total_s: float
    message_bytes: int
    backstop: Backstop


class CountedCallee:
    """A sandboxed process in which one notebook has run and calls are counted."""

    def __init__(
        self, open_callee: Callable[[int | None], Room], files: dict[str, str], limits: Limits
    ) -> None:
        self._clock = Clock(limits.call_s * _SLOWER, limits.total_s, backstop=limits.backstop)
        self._token = secrets.token_hex(16)
        began_s = time.monotonic()
        room = open_callee(None)
        session = Session(Wire(room.channel, limits.message_bytes), Opening(_START_S), DATA_ONLY)
        try:
            session.start(files, 0)
        except Interruption as error:
            raise NoProcessError(str(error)) from error
        self._wire: Wire = session.wire
        self._clock.enter(room.meter, time.monotonic() - began_s)
        self._clock.begin_part(math.inf)

    def run(self, steps: tuple[Step, ...]) -> None:
        """Run a notebook's cells; one that stops with an error is passed over, as in a notebook."""
        packages = _imported(steps)
        self._send({"op": "watch", "id": 1, "token": self._token, "packages": packages})
        for step in steps:
            lenient = step.kind is StepKind.GIVEN
            message = {"op": "exec", "source": step.source, "cell": step.cell, "lenient": lenient}
            self._send(message)
            self._receive()

    def count(self, call: "SizedArguments", most: int, *, as_text: bool) -> Counted:
        """Count one call.

        Parameters
        ----------
        most : int
            Instructions after which it is ended.
        as_text : bool
            Whether the answer comes as its ``repr``: what C writes takes no instruction.

        Raises
        ------
        NotCountedError
            If it raises, takes too much, or reaches for what counts it.
        Interruption
            If there is no answer.
        """
        message: Message = {"op": "count", "name": call.function, "most": most, "as_text": as_text}
        if is_literal(call.values):
            message |= {"text": repr(call.values)}
        else:
            message |= {"text": None, "value": Encoder(DATA_ONLY).encode(call.values)}
        self._send(message)
        answer = self._receive()
        error = answer.get("error")
        if type(error) is str:
            raise NotCountedError(f"it raises {error[:60]}")
        if answer.get("large") is True:
            raise NotCountedError("its answer is too large (limit message_mib)")
        if answer.get("lost") is not False:
            raise NotCountedError("counting was ended from inside")
        work, whole = answer.get("work"), answer.get("whole")
        if type(work) is not int or type(whole) is not int or not 0 <= work <= whole:
            raise NoAnswer("a malformed count")
        found: Any = answer.get("ok")
        if not as_text:
            found = Decoder(DATA_ONLY).decode(found)
        elif type(found) is not str:
            raise NoAnswer("an answer that is no text")
        return Counted(found, work, whole - work)

    def _send(self, message: Message) -> None:
        self._wire.send(message, self._clock.call())

    def _receive(self) -> Message:
        answer = self._wire.receive(self._clock.call())
        if answer.get("token") != self._token:
            raise NotCountedError("an answer that is not the counter's")
        if answer.get("over") is True:
            raise OverBudgetError
        touched = answer.get("touched")
        if type(touched) is str:
            what = "a frame or the counter" if touched.startswith("object.") else touched[:60]
            raise NotCountedError(f"it reaches for what counts it ({what})")
        return answer


class OverBudgetError(NotCountedError):
    """The call was ended at its budget."""


def is_literal(value: Any) -> bool:
    """Whether a value's ``repr`` is Python that gives it again, without a name but nan and inf."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return True
    if kind in _CONTAINERS:
        return all(map(is_literal, value))
    return kind is dict and all(map(is_literal, value)) and all(map(is_literal, value.values()))


_PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes})
_CONTAINERS = frozenset({list, tuple, set, frozenset})


def _imported(steps: tuple[Step, ...]) -> list[str]:
    """Name what a notebook imports: it is loaded before the seal, which some packages break."""
    found: dict[str, None] = {}
    for step in steps:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            for node in ast.walk(ast.parse(plain_python(step.source))):
                if isinstance(node, ast.Import):
                    found |= dict.fromkeys(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found[node.module] = None
    return list(found)[:_PACKAGES]


def said_of(error: Interruption) -> str:
    """Say why a counted process gave no answer."""
    words = str(error)
    return f"it gave no answer ({words})" if words else "it ended its process"
