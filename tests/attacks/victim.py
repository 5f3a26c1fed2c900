"""Decides what is attacked: a course of four points, and secrets where a submission might look."""

import json
import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from viva_grader.domain.question import Limits, Question

from tests.attacks.corpus import Attack
from tests.fakes.nbgrader_course import (
    Course,
    autograded,
    course,
    given,
    notebook,
    solution,
    written,
)

HONEST = "def square(x):\n    return x * x"
LIMITS = Limits(call_s=2.0, part_s=3.0, total_s=12.0, memory_mib=512, pids=32, disk_mib=16)
KINDS = ("hidden", "expected", "question", "environment", "home", "sibling", "network")
MAX_POINTS = 4

# what an attacker writes for himself first: it keeps what looks like a secret
TAKE = """
loot = []
def take(value):
    import re
    text = value.decode('latin-1') if isinstance(value, (bytes, bytearray)) else str(value)
    for found in re.findall('canary-[a-z]+-[0-9a-f]{12}', text):
        if found not in loot:
            loot.append(found)
"""


@dataclass(slots=True)
class World:
    """Secrets, and where they lie.

    Attributes
    ----------
    heard : list of bytes
        What reached the listeners outside.
    """

    folder: Path
    canaries: dict[str, str] = field(
        default_factory=lambda: {kind: f"canary-{kind}-{secrets.token_hex(6)}" for kind in KINDS}
    )
    heard: list[bytes] = field(default_factory=list[bytes])
    ports: dict[str, int] = field(default_factory=dict[str, int])
    _sockets: list[socket.socket] = field(default_factory=list[socket.socket])

    def settle(self) -> None:
        """Write the secrets down, and listen."""
        for name in ("home", "question", "sibling"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            (self.folder / name / "secret.txt").write_text(self.canaries[name])
        self._listen(socket.SOCK_STREAM, "tcp", self._answer)
        self._listen(socket.SOCK_DGRAM, "udp", self._note)

    def leave(self) -> None:
        for each in self._sockets:
            each.close()

    def fill_in(self, code: str) -> str:
        """Put this run's places into an attack's code."""
        places: dict[str, object] = {
            "@TCP@": self.ports.get("tcp", 1), "@UDP@": self.ports.get("udp", 1),
            "@HOME@": self.folder / "home", "@QUESTION@": self.folder / "question",
            "@SIBLING@": self.folder / "sibling", "@CLONE@": Path(__file__).parents[2],
        }  # fmt: skip
        for mark, place in places.items():
            code = code.replace(mark, str(place))
        return code

    def victim(self, attack: Attack | None = None) -> Course:
        """Give the course that an attack is made against."""
        if attack is not None and attack.trick is not None:
            honest, test, _, shown = attack.trick
            first = [given(shown)] if shown else []
            last = [*([given(attack.then)] if attack.then else []), autograded("t", test)]
            return course(*first, solution("s", honest), *last, limits=LIMITS)
        hidden, expected = self.canaries["hidden"], self.canaries["expected"].rsplit("-", 1)
        value = (
            f"secret = '{hidden}'\n"
            f"expected = {{'seven': 7 ** 2, 'note': '-'.join({expected!r})}}\n"
            "assert square(7) == expected['seven'], 'wrong'\nassert square(-3) == 9"
        )
        return course(
            given("import numpy as np\nfrom numpy.testing import assert_allclose"),
            solution("more", "loot = []"),
            solution("square", HONEST),
            solution("total", "total = sum(square(i) for i in range(4))"),
            written("essay", "Write."),
            written("plan", "# Say how.", kind="code"),
            autograded("value", value),
            autograded("kinds", "assert type(square(2)) is int"),
            autograded("variable", "assert total == 14"),
            autograded("arrays", "assert_allclose(square(np.arange(4)), np.array([0, 1, 4, 9]))"),
            autograded("found", "kept = loot\nassert kept == [], repr(kept)", points=0),
            limits=LIMITS,
        )

    def question(self, attack: Attack | None = None) -> Question:
        return self.victim(attack).question

    def submission(self, attack: Attack) -> bytes:
        """Write an attack's notebook."""
        victim = self.victim(attack)
        if attack.trick is not None:
            return victim.submission({"s": self.fill_in(attack.trick[2])})
        answers = {"total": "total = -1", **attack.answers}
        answers["more"] = TAKE + answers.get("more", "")
        raw = victim.submission({name: self.fill_in(code) for name, code in answers.items()})
        if attack.change is None:
            return raw
        document: dict[str, Any] = json.loads(raw)
        changed = attack.change(document)
        return changed if isinstance(changed, bytes) else json.dumps(document).encode()

    def honest(self) -> bytes:
        """Write an honest notebook, with a secret of its writer's."""
        mine = f"# {self.canaries['sibling']}\n{HONEST}"
        return self.victim().submission({"square": mine})

    def secrets_in(self, text: str) -> list[str]:
        """Say which secrets stand in a text."""
        return [kind for kind, canary in self.canaries.items() if canary in text]

    def _listen(self, kind: int, name: str, answer: Callable[[socket.socket], None]) -> None:
        listener = socket.socket(socket.AF_INET, kind)
        listener.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            listener.listen()
        self.ports[name] = listener.getsockname()[1]
        self._sockets.append(listener)
        threading.Thread(target=answer, args=(listener,), daemon=True).start()

    def _answer(self, listener: socket.socket) -> None:
        try:
            while True:
                with listener.accept()[0] as peer:
                    peer.sendall(self.canaries["network"].encode())
                    peer.settimeout(1)
                    self.heard.append(peer.recv(1000))
        except OSError:
            return

    def _note(self, listener: socket.socket) -> None:
        try:
            while True:
                said, whence = listener.recvfrom(1000)
                self.heard.append(said)
                listener.sendto(self.canaries["network"].encode(), whence)
        except OSError:
            return


__all__ = ["HONEST", "KINDS", "LIMITS", "MAX_POINTS", "World", "notebook"]
