"""Decides what a call into the other process is: one request, one deadline, one answer as data."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from viva_grader.callee.aliases import Aliases
from viva_grader.callee.answers import Raised, raised_by, warn
from viva_grader.callee.bindings import Bindings
from viva_grader.callee.call_backs import replied
from viva_grader.callee.clock import Clock, Opening
from viva_grader.callee.codec import Decoder, Encoder, Foreign
from viva_grader.callee.held import Held
from viva_grader.callee.interruptions import (
    CalleeGone,
    CallTimeout,
    Interruption,
    NoAnswer,
    Unsupported,
)
from viva_grader.callee.mutation import patch
from viva_grader.callee.patched import Patched
from viva_grader.callee.places import Place
from viva_grader.callee.printed import Printed
from viva_grader.callee.shared_files import SharedFiles
from viva_grader.callee.wire import Message, Patience, Wire

MAX_CALL_BACKS = 1_000_000
MAX_DEPTH = 200
"""Calls that wait for each other: a test's function that calls the candidate's, and so on."""
_PASSING = frozenset({"call", "method", "dunder", "setattr", "set"})
"""Requests after which the other side may hold what was passed."""


@dataclass(slots=True)
class Session:
    """One candidate's process, as a test sees it: names, calls, and what went wrong.

    Attributes
    ----------
    interruption : Interruption or None
        The first call that had no answer since :meth:`begin`; a test cannot hide it.
    raised : list of Raised
        Exceptions that came from the candidate's code since :meth:`begin`.
    changed : bool
        Whether an argument came back changed since the cell began.
    may_stop : bool
        Whether the test expects StopIteration: otherwise a call that raises it could end a loop of
        the test's (``for x in map(f, cases)``) as if all were well.
    passed_an_object : bool
        Whether something was passed that is more than a function, of which only calls cross.
    unheeded : BaseException or None
        An assertion in a function of the test's own, which the candidate's code called and caught.
    epoch : int
        Grows with every request that may have changed something over there.
    """

    wire: Wire
    clock: Clock | Opening
    foreign: Foreign
    interruption: Interruption | None = None
    raised: list[Raised] = field(default_factory=list[Raised])
    epoch: int = 0
    bindings: Bindings = field(default_factory=Bindings)
    alive: bool = True
    before_apply: Callable[[], None] = field(default=lambda: None)
    ask_input: Callable[[], int | None] = field(default=lambda: None)
    may_stop: bool = True
    changed: bool = False
    passed_an_object: bool = False
    unheeded: BaseException | None = None
    call_backs: list[Callable[..., Any]] = field(default_factory=list[Callable[..., Any]])
    _number: int = 0
    _depth: int = 0
    _printed: Printed = field(default_factory=Printed)
    patched: Patched = field(default_factory=Patched)
    files: SharedFiles | None = None
    _held: Held = field(init=False)
    _aliases: Aliases = field(default_factory=Aliases)

    def __post_init__(self) -> None:
        """Begin without anything that a test could have changed."""
        self._held = Held(self.foreign)

    def begin(self) -> None:
        """Forget what went wrong: a new cell starts."""
        self.interruption = self.unheeded = None
        self.passed_an_object = self.changed = False
        self.raised.clear()
        self._aliases.begin()
        self.patched.begin("")
        if self.files is not None:
            self.files.begin()
        self._printed.begin()

    def start(self, files: dict[str, str], first: int) -> None:
        """Hand over the question's visible files, as base64, and the first handle's number."""
        self._request({"op": "start", "files": files, "first": first})

    def execute(self, source: str, cell: str, *, lenient: bool, classes: list[str]) -> list[str]:
        """Run a cell over there.

        Parameters
        ----------
        lenient : bool
            Whether an import that fails for want of a package is passed over.
        classes : list of str
            Classes that the author's cell defines on both sides; their instances cross by value.

        Returns
        -------
        list of str
            The packages that were missing.
        """
        message = {"op": "exec", "source": source, "cell": cell, "lenient": lenient}
        answer = self._request_change(message | {"classes": classes})
        missing: Any = answer.get("missing")
        if not isinstance(missing, list):
            return []
        return [str(name)[:100] for name in missing[:20]]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - str() takes any

    def read(self, name: str) -> tuple[bool, Any]:
        """Read a name over there: whether it exists, and its value."""
        found = self.apply("read", name)
        if type(found) is not list or len(found) not in {1, 2}:
            raise self.pretended("a name that is none")
        return len(found) == 2, found[-1]  # noqa: PLR2004 - a mark, and the value if there is one

    def names(self) -> list[str]:
        """List the names that exist over there."""
        found = self._decode(self._request({"op": "names"}))
        return [name for name in found if type(name) is str] if type(found) is list else []  # pyright: ignore[reportUnknownVariableType] - each is checked

    def apply(self, what: str, target: object, /, *args: object, **kwargs: object) -> Any:
        """Ask for one of the runner's verbs: call, method, getattr, dunder, set, next and so on.

        Raises
        ------
        BaseException
            What the candidate's code raised, as a value of this side.
        Interruption
            If there is no answer.
        """
        self.before_apply()
        for change in [] if what == "refill" else self._held.changed():
            self.apply("refill", change.target, change.name, change.value)
        request = self._request if what == "read" else self._request_change
        encoder = Encoder(self.foreign, self._aliases)
        try:
            message = self._message(encoder, what, target, args, kwargs)
        except Interruption as error:
            raise self._interrupted(error)  # noqa: B904 - it is the same one
        asked = self.ask_input()
        if asked is not None:
            message["input"] = asked
        try:
            answer = request(message, encoder.values)
        except (StopIteration, StopAsyncIteration) as error:
            if self.may_stop or what == "dunder":
                raise
            stopped = RuntimeError(f"raised {type(error).__name__}")
            self.raised.append(Raised(stopped, self.places_of(error) or ()))
            raise stopped from error
        value = self._decode(answer, encoder.values)
        if what == "getattr":
            self._held.note(target, args[0], value)
        return value if self.files is None else self.files.here(value)

    def _message(
        self, encoder: Encoder, what: str, target: object, args: Any, kwargs: Any
    ) -> Message:
        """Describe one request, and what a test changed in what it passed earlier."""
        taken = self._aliases.follow_received()
        changed = self._aliases.changed()
        args, kwargs, files = self.files.sent(args, kwargs) if self.files else (args, kwargs, [])
        patches = tuple(map(tuple, self.patched.changes() + files))
        beside = (patches, tuple(changed), tuple(self._aliases.values()))
        message: Message = {"op": "apply", "taken": taken}
        # tuples: a list of ours would be followed, and looked at for changes, like a test's
        asked = (what, target, args, tuple(kwargs.items()), *beside)
        message["value"] = encoder.encode(asked)
        if what in _PASSING:
            message["keep"] = self._aliases.follow(encoder.nodes, encoder.values, changed)
        return message | {"drop": self._aliases.dropped()}

    def unsupported(self, what: str, kind: type[Unsupported] = Unsupported) -> Interruption:
        """Note that the test needs what cannot cross; the caller raises it."""
        return self._interrupted(kind(what))

    def pretended(self, what: str) -> Interruption:
        """Note an answer that only looks like plain data; the caller raises it."""
        return self._interrupted(NoAnswer(what))

    def call_back(self, function: Callable[..., Any]) -> int:
        """Let the candidate's code call a function of this side while it is being called."""
        self.call_backs.append(function)
        return len(self.call_backs) - 1

    def places_of(self, error: BaseException) -> tuple[Place, ...] | None:
        """Say where an exception came from; None if it did not come from the candidate's code."""
        for raised in reversed(self.raised):
            if raised.error is error:
                return raised.places
        return None

    def _request_change(self, message: Message, arguments: list[Any] | None = None) -> Message:
        """Request what may change something over there."""
        self.epoch += 1
        with self.bindings.changing():
            return self._request(message, arguments)

    def _request(self, message: Message, arguments: list[Any] | None = None) -> Message:
        if not self.alive:
            raise self._interrupted(CalleeGone("the candidate's process has ended"))
        if self._depth >= MAX_DEPTH:
            raise self._interrupted(Unsupported(f"more than {MAX_DEPTH} calls inside each other"))
        self._depth += 1
        patience = self.clock.call()
        self._aliases.forget_received()
        self._number += 1
        number = self._number
        try:
            self.wire.send(message | {"id": number}, patience)
            return self._answered(number, patience, arguments or [])
        except Interruption as error:
            raise self._interrupted(error)  # noqa: B904 - it is the same one
        finally:
            self._depth -= 1

    def _answered(self, number: int, patience: Patience, arguments: list[Any]) -> Message:
        for _ in range(MAX_CALL_BACKS):
            answer = self.wire.receive(patience)
            self._printed.show(answer)
            if "cb" in answer:
                self._answer_call_back(answer, patience)
                continue
            if number == 1 and answer.get("broken") is not None:
                raise Unsupported("the sandbox did not start: " + str(answer["broken"])[:200])
            if answer.get("id") != number:
                raise NoAnswer("an answer to another question")
            self._accept(answer, arguments)
            return answer
        raise NoAnswer(f"more than {MAX_CALL_BACKS} questions in one call")

    def _accept(self, answer: Message, arguments: list[Any]) -> None:
        """Take what an answer says beside its value: changed arguments, a refusal, an error."""
        self.bindings.hear(answer)
        if self.files is not None and "files" in answer:
            self.files.take(answer["files"])
        told = Decoder(self.foreign).decode(answer["warned"]) if "warned" in answer else []
        if (warned := warn(told)) is not None:
            self.raised.append(Raised(warned, ()))
            raise warned
        if "mutated" in answer:
            patches = Decoder(self.foreign, arguments).patches(answer["mutated"])
            self.changed = True
            for original, kind, constants, values in patches:
                patch(original, kind, constants, values, self.foreign.given)
                self._aliases.agree(original)
        if "cannot" in answer:
            raise Unsupported(str(answer["cannot"])[:300])
        if "refuse" in answer:
            raise NoAnswer(str(answer["refuse"])[:300])
        if "exc" in answer:
            raised = raised_by(answer, self.foreign)
            self.raised.append(raised)
            del self.raised[:-1000]
            if isinstance(raised.error, AssertionError):
                self.unheeded = None  # it came back: the test sees it
            raise raised.error

    def _answer_call_back(self, answer: Message, patience: Patience) -> None:
        reply, error = replied(answer, self.call_backs, self.foreign)
        if isinstance(error, AssertionError):
            self.unheeded = error
        self.wire.send(reply, patience)

    def _decode(self, answer: Message, arguments: list[Any] | None = None) -> Any:
        decoder = Decoder(self.foreign, arguments)
        try:
            value = decoder.decode(answer.get("ok"))
        except Interruption as error:
            raise self._interrupted(error)  # noqa: B904 - it is the same one
        self._aliases.received(decoder.nodes, decoder.values)
        return value

    def _interrupted(self, error: Interruption) -> Interruption:
        if isinstance(error, CalleeGone) and not error.args:
            name = self.clock.ended_by()
            known = () if name is None else (name,)
            error = CallTimeout(*known) if name == "total_s" else CalleeGone(*known)
        if not isinstance(error, Unsupported):
            self.alive = False  # after a missing answer, no later one can be told apart
        self.interruption = self.interruption or error
        return error
