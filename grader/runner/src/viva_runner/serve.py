"""Decides what the trusted end may ask of a submission's process: run, read, call."""


# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import base64
import builtins
import gc
import io
import json
import os
import socket
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from viva_runner import counting, frames, patching, showing
from viva_runner.cells import run_cell
from viva_runner.codec import MUTABLE, Decoder, Encoder
from viva_runner.folder import Folder
from viva_runner.handles import Handles
from viva_runner.keeping import content, differs, refill
from viva_runner.names import Names
from viva_runner.plain_values import RefusedError
from viva_runner.printed import Printed
from viva_runner.requests import is_request
from viva_runner.verbs import Verbs

Message = dict[str, Any]

MAX_PLACES = 20
MAX_CAUSES = 10
MAX_WARNINGS = 100


class Session:
    """One submission: its namespace, its handles, and the channel on which it is asked."""

    def __init__(self, channel: socket.socket, limit_bytes: int) -> None:
        self._channel = channel
        self._limit = limit_bytes
        self._handles = Handles()
        self._handles.call_back = self._call_back
        self._module = types.ModuleType("__main__")
        self._namespace: dict[str, Any] = self._module.__dict__
        self._printed, self._errors = Printed(), Printed()
        self._warned: list[Warning] = []
        self._folder = Folder()
        self._asks: int | None = None
        self._verbs = Verbs(self._namespace)
        self._names = Names(self._namespace)
        self._given: list[Any] = []

    def enter(self) -> None:
        """Make this process look like a kernel's: ``__main__``, standard streams, ``display``."""
        sys.modules["__main__"] = self._module
        self._namespace["__builtins__"] = builtins
        sys.stdout, sys.stderr = self._printed, self._errors
        warnings.simplefilter("always")
        warnings.showwarning = self._warn
        sys.stdin = io.StringIO()
        extras: Any = builtins
        extras.display = print
        extras.get_ipython = _Shell
        extras.input = self._input
        sys.path[:] = ["", *(p for p in sys.path if p)]

    def serve(self) -> None:
        """Answer until the other end is gone."""
        while True:
            try:
                message = frames.receive(self._channel, self._limit)
            except (frames.ClosedError, frames.OversizedError, OSError, ValueError):
                os._exit(0)
            self._answer(message)

    def _answer(self, message: Message) -> None:
        if not is_request(message):
            os._exit(0)  # nobody whom it could be told to
        work: Callable[[Message], Message] = getattr(self, "_do_" + message["op"])
        try:
            answer = work(message)
        except BaseException as error:
            answer = self._raised(error)
        answer |= {"out": self._printed.take(), "err": self._errors.take(), "id": message["id"]}
        answer["same"] = self._names.same()
        files = self._folder.changes()
        if files:
            answer["files"] = files
        if self._warned:
            answer["warned"] = Encoder(self._handles).encode(self._warned)
            self._warned = []
        try:
            self._send(answer)
        except frames.OversizedError:
            mib = self._limit >> 20
            refusal = f"the answer is larger than {mib} MiB (limit message_mib)"
            frames.send(self._channel, {"refuse": refusal, "id": message["id"]}, self._limit)
        except (ValueError, RecursionError) as error:
            refusal = f"the answer cannot be sent: {error}"[:500]
            frames.send(self._channel, {"refuse": refusal, "id": message["id"]}, self._limit)

    def _send(self, answer: Message) -> None:
        """Send an answer, without the files beside it where they are too many for one message."""
        try:
            frames.send(self._channel, answer, self._limit)
        except frames.OversizedError:
            if answer.pop("files", None) is None:
                raise
            frames.send(self._channel, answer, self._limit)

    def _warn(self, message: Warning | str, category: type[Warning], *_place: Any) -> None:
        """Keep a warning for the test: what becomes of it is decided there."""
        if len(self._warned) < MAX_WARNINGS:
            self._warned.append(category(message) if isinstance(message, str) else message)

    def _raised(self, error: BaseException) -> Message:
        _shorten(error)
        places: list[list[Any]] = []
        for frame, line in traceback.walk_tb(error.__traceback__):
            name = frame.f_code.co_filename
            if name.startswith("<") and name.endswith(">"):
                places.append([name[1:-1], line])
        if isinstance(error, SyntaxError) and error.filename and error.filename.startswith("<"):
            places.append([error.filename[1:-1], error.lineno or 1])
        try:
            encoder = Encoder(self._handles)
            described = encoder.encode(error)
        except BaseException:
            described = Encoder(self._handles).encode(RuntimeError(type(error).__name__))
        error.__traceback__ = None  # frames would keep the call's values alive
        return {"exc": described, "at": places[-MAX_PLACES:]}

    def _do_start(self, message: Message) -> Message:
        self._handles.first = message["first"]
        for name, data in message["files"].items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(data))
        self._folder = Folder()
        return {"ok": None}

    def _do_watch(self, message: Message) -> Message:
        """From now on count calls, and do nothing else."""
        counting.serve_counted(self._channel, self._limit, self._namespace, self._handles, message)
        return {}

    def _do_exec(self, message: Message) -> Message:
        lenient = message["lenient"]
        try:
            missing = run_cell(message["source"], message["cell"], self._namespace, lenient=lenient)
        finally:
            showing.close_figures()
        for name in message["classes"]:
            found = self._namespace.get(name)
            if isinstance(found, type):
                self._handles.given[name] = found
        return {"ok": None, "missing": missing}

    def _do_show(self, message: Message) -> Message:
        return {"show": showing.show(message["source"], message["cell"], self._namespace)}

    def _do_vary(self, message: Message) -> Message:
        showing.vary(message["seed"])
        return {"ok": None}

    def _do_digests(self, message: Message) -> Message:
        names = [name for name in message["names"] if name in self._namespace]
        return {"digests": {name: showing.digest(self._namespace[name]) for name in names}}

    def _do_get(self, message: Message) -> Message:
        if message["name"] not in self._namespace:
            return {"absent": True}
        return {"ok": Encoder(self._handles).encode(self._namespace[message["name"]])}

    def _do_names(self, _message: Message) -> Message:
        return {"ok": Encoder(self._handles).encode([n for n in self._namespace if type(n) is str])}

    def _do_apply(self, message: Message) -> Message:
        decoder = Decoder(message["value"], self._handles)
        try:
            what, target, args, kwargs = self._understood(message, decoder)
        except RefusedError as error:  # here alone: what the submission raises is its own error
            return {"cannot": str(error)[:500]}
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            return {"cannot": f"no request ({type(error).__name__})"}
        passed, kept = decoder.mutables(), decoder.kept()
        held = passed + kept
        before = self._state(passed, held) if passed else ""
        contents = [content(value) for _, value in kept]
        self._asks = message.get("input")
        try:
            answer: Message = {"ok": None}
            result = self._verbs.apply(what, target, args, kwargs)
            encoder = Encoder(self._handles, held)
            answer["ok"] = encoder.encode(result)
            self._given = encoder.values
            if what == "read":
                answer["settled"] = self._names.note(target)
        except BaseException as error:
            answer = self._raised(error)
        after = self._state(passed, held) if passed else ""
        moved = [pair for pair, was in zip(kept, contents, strict=True) if differs(pair[1], was)]
        if after != before or moved:
            answer["mutated"] = json.loads(self._state(passed + moved, held))
        return answer

    def _understood(self, message: Message, decoder: Decoder) -> tuple[Any, Any, Any, Any]:
        """Read a request, and bring what both sides have to where it is over there."""
        for index, number in message["taken"]:
            self._handles.kept[number] = self._given[index]
        what, target, args, kwargs, patches, changed, _kept = decoder.decode()
        self._prepare(patches)
        for container, contents in changed:
            refill(container, contents)
        for number in message["drop"]:
            self._handles.kept.pop(number, None)
        for index, number in message.get("keep", ()):
            self._handles.kept[number] = decoder.values[index]
        return what, target, args, dict(kwargs)

    def _prepare(self, patches: list[list[Any]]) -> None:
        """Do here what the test did to modules and files since the last call."""
        for module, name, given, value in patches:
            if module == "file":
                self._folder.write(name, value)
            else:
                patching.change(module, name, value, given=given)

    def _state(self, told: list[tuple[int, Any]], held: list[tuple[int, Any]]) -> str:
        """Describe what the caller sees of some of the values that it holds."""
        encoder = Encoder(self._handles, held)
        bodies: list[Any] = [[index, encoder.node(value)] for index, value in told]
        encoder.finish()
        kept = [body for body in bodies if body[1][0] in MUTABLE]
        return json.dumps({"b": kept, "n": encoder.nodes}, allow_nan=False)

    def _call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        message: Message = {"cb": number, "value": Encoder(self._handles).encode([args, kwargs])}
        message["out"] = self._printed.take()
        frames.send(self._channel, message, self._limit)
        while True:
            reply = frames.receive(self._channel, self._limit)
            if "op" in reply:
                self._answer(reply)
            elif "raise" in reply:
                raise Decoder(reply["raise"], self._handles).decode()
            else:
                return Decoder(reply["return"], self._handles).decode()

    def _input(self, prompt: object = "", /) -> str:
        if self._asks is None:
            raise EOFError("input() has nobody to ask: there is no keyboard while a cell is graded")
        return self._call_back(self._asks, (str(prompt),), {})


def _shorten(error: BaseException) -> None:
    """Cut the chain of causes of an exception to what an answer carries."""
    for _ in range(MAX_CAUSES):
        following = error.__cause__ or error.__context__
        if following is None:
            return
        error = following
    error.__cause__ = error.__context__ = None


class _Shell:
    """What ``get_ipython()`` gives: every request but SQL is accepted and nothing happens."""

    def run_line_magic(self, name: str, *_args: object, **_kwargs: object) -> None:
        if name == "sql":
            raise RuntimeError("a database can only be asked by a %%sql cell")

    run_cell_magic = run_line_magic

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args, **_kwargs: None


def serve(channel: socket.socket, limit_bytes: int) -> None:
    """Serve one submission on a channel until the other end is gone; never returns."""
    session = Session(channel, limit_bytes)
    session.enter()
    gc.unfreeze()
    session.serve()
