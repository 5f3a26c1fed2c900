"""Decides how Viva's runner is read by one who believes it: the first message is the answer."""

import importlib
import json
import socket
import struct
import subprocess
import sys
from typing import Any

from tests.attacks.one_process import Report
from tests.fakes.nbgrader_course import Course

_SERVE = (
    "import socket, sys; from viva_runner.serve import serve; "
    "serve(socket.socket(fileno=int(sys.argv[1])), 1 << 24)"
)
_PATIENCE_S = 3.0
_ASKED = (("value", "square(7)", 49), ("variable", "total", 14))


class BelievingReader:
    """Reads frames without their ids, their limits or any doubt, from a runner in no sandbox."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._number = 0
        self.points: dict[str, float] = {}

    def ask(self, message: dict[str, Any]) -> Any:
        self._number += 1
        self._send(message | {"id": self._number})
        answer = self._receive()
        if "part" in answer:
            self.points[answer["part"]] = answer["points"] if answer["status"] == "pass" else 0
            return None
        if "cb" in answer:
            [][answer["cb"]]  # its functions by number: there are none
        if "broken" in answer:
            raise RuntimeError(answer["broken"])
        return _value(answer.get("ok"))

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        self._channel.sendall(struct.pack(">I", len(body)) + body)

    def _receive(self) -> dict[str, Any]:
        (length,) = struct.unpack(">I", self._exactly(4))
        return json.loads(self._exactly(length))

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self._channel.recv(count - len(data))
            if not part:
                raise EOFError
            data += part
        return data


def _value(raw: Any) -> Any:
    """Decode naively: nodes by index, types by their names."""
    value = raw["v"] if raw else None
    if not isinstance(value, list):
        return value
    kind, what = raw["n"][value[0]][:2]
    if kind == "ref":
        return getattr(importlib.import_module(what[0]), what[1])()
    return {"function": len}[kind] if kind != "h" else {}[what[0]]


def believe(victim: Course, submission: bytes) -> Report:
    """Grade by that reader: the value of ``square(7)``, its type, and ``total``."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(theirs.fileno())], pass_fds=[theirs.fileno()],
        start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    theirs.close()
    reader = BelievingReader(ours)
    ours.settimeout(_PATIENCE_S)
    try:
        return Report(points=_grade(reader, submission))
    except TimeoutError:
        return Report(points=reader.points, stalled=True)
    except Exception:
        return Report(points=reader.points, dead=True)
    finally:
        ours.close()
        process.kill()
        process.wait()


def _grade(reader: BelievingReader, submission: bytes) -> dict[str, float]:
    reader._channel.settimeout(20)  # the first import
    reader.ask({"op": "start", "files": {}, "first": 0})
    for cell in json.loads(submission)["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and not marks.get("grade"):
            _execute(reader, "".join(cell["source"]))
            reader._channel.settimeout(_PATIENCE_S)
    for part, expression, expected in _ASKED:
        _execute(reader, f"answer = {expression}")
        value = reader.ask({"op": "get", "name": "answer"})
        reader.points.setdefault(part, float(value == expected))
        if part == "value":
            reader.points.setdefault("kinds", float(type(value) is int))
    return reader.points


def _execute(reader: BelievingReader, source: str) -> None:
    asked = {"op": "exec", "source": source, "cell": "c", "lenient": False, "classes": []}
    reader.ask(asked)
