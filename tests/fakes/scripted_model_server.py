"""Decides what a model's endpoint answers in a test: stored replies over real HTTP, in order."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Reply:
    """One scripted HTTP response.

    Attributes
    ----------
    delay_s : float
        Before the first byte.
    drip_s : float
        Between single bytes of the body, if more than 0.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drip_s: float = 0.0


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


Script = Reply | Callable[[Received], Reply]
"""A reply, or how to make one from the request."""


class ScriptedModelServer:
    """An OpenAI-compatible chat endpoint on the loopback address.

    Parameters
    ----------
    script : sequence of Script
        Played in order, the last one for good; without any, every request gets a 500.
    """

    def __init__(self, script: Sequence[Script] = ()) -> None:
        self.requests: list[Received] = []
        self._script = list(script)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    @property
    def base_url(self) -> str:
        """What to give a client."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def play(self, *script: Script) -> None:
        """Begin another script."""
        with self._lock:
            self.requests.clear()
            self._script = list(script)

    def next_reply(self, received: Received) -> Reply:
        """Record a request and choose its reply."""
        with self._lock:
            self.requests.append(received)
            place = min(len(self.requests), len(self._script)) - 1
        if place < 0:
            return Reply(500, b"no script")
        script = self._script[place]
        return script if isinstance(script, Reply) else script(received)

    def wait(self, seconds: float) -> None:
        """Sleep, but never beyond the end of the test."""
        self._stopped.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    owner: ScriptedModelServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that gives up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer by the script."""
        owner = self.server.owner  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        size = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(size) or b"{}")
        reply = owner.next_reply(Received(self.path, headers, body))
        owner.wait(reply.delay_s)
        self.close_connection = True
        self.send_response(reply.status)
        sent = {"content-type": "application/json", "x-request-id": "req-scripted"}
        for name, value in (sent | dict(reply.headers)).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.body)))
        self.send_header("connection", "close")
        self.end_headers()
        step = 1 if reply.drip_s else max(1, len(reply.body))
        for start in range(0, len(reply.body), step):
            self.wfile.write(reply.body[start : start + step])
            self.wfile.flush()
            owner.wait(reply.drip_s)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


def completion(
    content: str | None,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    model: str = "judge-2026-11-01",
    drip_s: float = 0.0,
    delay_s: float = 0.0,
) -> Reply:
    """Script a chat completion."""
    document = {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "system_fingerprint": "fp_scripted",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "message": {"role": "assistant", "content": content, "refusal": refusal},
            }
        ],
        "usage": {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500},
    }
    return Reply(body=json.dumps(document).encode(), drip_s=drip_s, delay_s=delay_s)


def failure(status: int, headers: Mapping[str, str] | None = None) -> Reply:
    """Script an HTTP error as such endpoints give it."""
    body = json.dumps({"error": {"message": "scripted", "type": "scripted", "code": None}})
    return Reply(status, body.encode(), headers or {})


def claim(
    score: int | None,
    evidence: Sequence[Mapping[str, object]] = (),
    *,
    confidence: float = 0.8,
    rationale: str = "Because of what is cited.",
    checks: Mapping[str, str] | None = None,
    **more: object,
) -> dict[str, object]:
    """Write one dimension of an answer; without ``checks``, those of two that give the score."""
    return {
        "evidence": list(evidence),
        "checklist": dict(checks or decided(score)),
        "rationale": rationale,
        "score": score,
        "confidence": confidence,
        "red_flags": [],
        "follow_ups": [],
        **more,
    }


def decided(level: int | None) -> dict[str, str]:
    """Decide the sample rubric's two checks so that they give a level."""
    first, second = {
        None: ("not_shown", "not_shown"),
        1: ("not_met", "not_met"),
        2: ("partly", "not_met"),
        3: ("met", "not_met"),
        4: ("met", "partly"),
        5: ("met", "met"),
    }.get(level, ("met", "met"))
    return {"first": first, "second": second}


def cites(cell: str, start: int, end: int, quote: str) -> dict[str, object]:
    """Write a citation of lines."""
    return {"cell": cell, "start": start, "end": end, "quote": quote, "fact": None}


def cites_fact(fact: str) -> dict[str, object]:
    """Write a citation of a fact."""
    return {"cell": None, "start": None, "end": None, "quote": "", "fact": fact}


def answer(**dimensions: object) -> str:
    """Write an answer in the form that the rubric's schema asks for."""
    return json.dumps({"dimensions": dimensions, "bonus": 0})


def doubts(*refuted: Mapping[str, object], of: int) -> str:
    """Write an adversary's answer to so many claims; each of ``refuted`` replaces one."""
    replaced = {each["id"]: each for each in refuted}
    claims = [
        replaced.get(name) or {"id": name, "refuted": False, "why": "", "evidence": []}
        for name in (f"k{number}" for number in range(1, of + 1))
    ]
    return json.dumps({"claims": claims, "bonus": 0})


def picks(**chosen: int | None) -> str:
    """Write a reconciler's answer."""
    dimensions = {name: {"pick": level, "why": ""} for name, level in chosen.items()}
    return json.dumps({"dimensions": dimensions, "bonus": 0})
