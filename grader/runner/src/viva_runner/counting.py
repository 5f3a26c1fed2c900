"""Decides how much work a call takes: the instructions that Python executes for it, one by one.

The counter lives where the counted code lives, so it is sealed as well as Python allows. All that
it is made of stands in local variables of functions that nothing refers to: only a frame, ``gc``
or raw memory leads there. An audit hook, which Python cannot take away again, ends the process
when something asks for a frame, for ``gc``'s view, for tracing or for ``ctypes``; the kernel
refuses threads, children and signal handlers. Every answer carries a word that was given before
any of the candidate's code ran. Nothing in here looks anything up by a name that can be replaced.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import contextlib
import gc
import importlib
import itertools
import json
import math
import os
import socket
import sys
import types
from collections.abc import Callable
from typing import Any

from viva_runner.cells import run_cell
from viva_runner.codec import Decoder, Encoder
from viva_runner.handles import Handles
from viva_runner.sealing import give_up

ENDS_IT = frozenset({
    "sys.settrace", "sys.setprofile", "sys._getframe", "sys._current_frames",
    "sys._current_exceptions", "sys.addaudithook", "gc.get_objects", "gc.get_referrers",
    "gc.get_referents", "os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.system",
    "subprocess.Popen", "pty.spawn", "code.__new__", "cpython.PyInterpreterState_New",
    "resource.setrlimit", "resource.prlimit",
})  # fmt: skip
"""Audit events of Python that have no place in work that is counted."""
FRAMES = frozenset({"tb_frame", "gi_frame", "cr_frame", "ag_frame"})
MODULES = frozenset({
    "_testcapi", "_testinternalcapi", "_testimportmultiple", "_xxsubinterpreters", "_ctypes",
    "_ctypes_test",
})  # fmt: skip
_CTYPES = "ctypes."


def serve_counted(
    channel: socket.socket,
    limit_bytes: int,
    namespace: dict[str, Any],
    handles: Handles,
    message: dict[str, Any],
) -> None:
    """Run cells and count calls until the other end is gone; never returns.

    Parameters
    ----------
    message : dict
        ``token``: the word that goes with every answer. ``packages``: what the submission
        imports, loaded before the seal closes.
    """
    for name in message["packages"]:
        with contextlib.suppress(BaseException):
            importlib.import_module(name)
    sys.set_int_max_str_digits(0)
    gc.disable()  # when it runs depends on what ran before, and it may run code
    give_up()
    sys._getframe = _no_frame  # noqa: SLF001  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
    _loop(*_ends(channel, limit_bytes, message["token"]), namespace, handles)


def _no_frame(_depth: int = 0, /) -> Any:
    """Stand in for ``sys._getframe``: a frame at the bottom of a stack, which leads nowhere."""
    code = types.SimpleNamespace(co_filename="<cell>", co_name="<module>", co_firstlineno=1)
    return types.SimpleNamespace(
        f_globals={"__name__": "__main__"}, f_locals={}, f_back=None, f_code=code, f_lineno=1,
        f_builtins={},
    )  # fmt: skip


Take = Callable[[], dict[str, Any]]
Give = Callable[[str, str], None]


def _ends(channel: socket.socket, limit_bytes: int, token: str) -> tuple[Take, Give]:
    """Give how to take a request and how to give an answer, by C's own means alone."""
    receive, send, leave = channel.recv, channel.sendall, os._exit
    scan: Any = getattr(json.JSONDecoder(), "scan_once")  # noqa: B009 - typing has no word of it
    size, chunk, order = 4, 1 << 20, "big"
    from_bytes = int.from_bytes
    length_of: Callable[[bytes], int] = bytes.__len__

    def exactly(count: int) -> bytes:
        whole = b""
        while count:
            part = receive(count if count < chunk else chunk)
            if not part:
                leave(0)
            whole += part
            count -= length_of(part)
        return whole

    def take() -> dict[str, Any]:
        try:
            length = from_bytes(exactly(size), order)
            if length > limit_bytes:
                leave(0)
            return scan(exactly(length).decode("ascii"), 0)[0]
        except OSError:
            leave(0)
            raise

    def give(body: str, rest: str) -> None:
        """Give a body of JSON; what follows it in the object is ours, and the last word."""
        data = f'{{"ok":{body},{rest},"token":"{token}"}}'.encode("ascii", "replace")
        if length_of(data) > limit_bytes:
            data = f'{{"ok":null,"large":true,{rest},"token":"{token}"}}'.encode("ascii")
        send(length_of(data).to_bytes(size, order) + data)

    return take, give


def _loop(take: Take, give: Give, namespace: dict[str, Any], handles: Handles) -> None:
    may_trace, watch = _guard(give)
    plain = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
    count = _counter(give, may_trace, watch, (namespace, handles, Decoder, Encoder, plain))
    run, failed, name_of, text = run_cell, BaseException, type.__getattribute__, str.__str__
    kind_of = type
    while True:
        message = take()
        if message["op"] == "count":
            count(message)
            continue
        error = "null"
        try:
            run(message["source"], message["cell"], namespace, lenient=message["lenient"])
        except failed as caught:
            error = text(plain(name_of(kind_of(caught), "__name__")))
        give("null", f'"error":{error}')


def _guard(give: Give) -> tuple[Callable[[], None], Callable[[Any], None]]:
    """Close the seal; give how to let our own tracing through once, and what to watch over.

    Python runs audit hooks untraced, so this one must run no code of the candidate's: it compares
    by identity, and looks only at strings that are exactly that.
    """
    touches, leave = _touches(), os._exit
    ours = False
    watched: tuple[Any, ...] = ()

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal ours
        if ours and event == "sys.settrace":
            ours = False
        elif touches(event, args, watched):
            give("null", f'"touched":"{event}"')
            leave(0)

    def may_trace() -> None:
        nonlocal ours
        ours = True

    def watch(tracer: Any) -> None:
        nonlocal watched
        watched = (*watched, tracer)

    sys.addaudithook(hook)
    return may_trace, watch


def _touches() -> Callable[[str, tuple[Any, ...], tuple[Any, ...]], bool]:
    ends_it, frames, modules, ctypes_events = ENDS_IT, FRAMES, MODULES, _CTYPES
    starts_with, kind_of, word = str.startswith, type, str
    getting, attributes = "object.__getattr__", (
        "object.__getattr__", "object.__setattr__", "object.__delattr__",
    )  # fmt: skip

    def touches(event: str, args: tuple[Any, ...], watched: tuple[Any, ...]) -> bool:
        if event == "import":
            return kind_of(args[0]) is word and args[0] in modules
        if event == getting and kind_of(args[1]) is word and args[1] in frames:
            return True
        if event in attributes:
            for each in watched:  # noqa: SIM110 - any() is a name that can be replaced
                if args[0] is each:
                    return True
            return False
        return event in ends_it or starts_with(event, ctypes_events)

    return touches


def _tracer(
    give: Give, watch: Callable[[Any], None]
) -> Callable[[int], tuple[Any, Callable[[], int]]]:
    """Give how to make what Python calls for each instruction, and what tells how many."""
    counting, leave = itertools.count, os._exit

    def over() -> None:
        give("null", '"over":true')
        leave(0)

    def tracer(most: int) -> tuple[Any, Callable[[], int]]:
        tick = counting(1).__next__

        def each(
            _frame: Any, _event: str, _arg: Any,
            tick: Any = tick, most: int = most, over: Any = over,
        ) -> None:  # fmt: skip
            if tick() > most:
                over()

        def begin(frame: Any, _event: str, _arg: Any, each: Any = each) -> Any:
            frame.f_trace_opcodes = True
            frame.f_trace_lines = False
            return each

        watch(each)
        watch(begin)
        return begin, tick

    return tracer


def _counter(
    give: Give,
    may_trace: Callable[[], None],
    watch: Callable[[Any], None],
    parts: tuple[Any, ...],
) -> Callable[[dict[str, Any]], None]:
    """Give how to count one call, decoding and encoding included: what runs there is work too."""
    namespace, handles, decoder, encoder, plain = parts
    set_trace, get_trace, failed = sys.settrace, sys.gettrace, BaseException
    name_of, kind_of, text = type.__getattribute__, type, str.__str__
    evaluate, represent = eval, repr
    tracer = _tracer(give, watch)
    literals = {"nan": math.nan, "inf": math.inf, "set": set, "frozenset": frozenset}

    def count(message: dict[str, Any]) -> None:
        name, source, as_text = message["name"], message["text"], message["as_text"]
        trace, tick = tracer(message["most"])
        body, error, before, after = "null", "null", 0, 0
        args: Any = ()
        kwargs: Any = {}
        if source is not None:  # literals of ours: C makes them, and nobody can step in
            args, kwargs = evaluate(source, {"__builtins__": {}, **literals})
        may_trace()
        set_trace(trace)
        try:
            if source is None:
                args, kwargs = decoder(message["value"], handles).decode()
            target = namespace[name]
            before = tick()
            try:
                result = target(*args, **kwargs)
            finally:
                after = tick()
            found = represent(result) if as_text else encoder(handles).encode(result)
            body = text(plain(found))
        except failed as caught:
            error = text(plain(name_of(kind_of(caught), "__name__")))
        lost = "false" if get_trace() is trace else "true"
        may_trace()
        set_trace(None)
        rest = f'"work":{after - before},"whole":{tick()},"lost":{lost}'
        give(body, f'"error":{error},{rest}')

    return count
