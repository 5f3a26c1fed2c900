"""Decides how a pass is asked, kept and paid for: every call with all that is known of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from viva_grader.domain.evaluation import Spent
from viva_grader.domain.grade import Json, canonical
from viva_grader.model.port import ChatModel, ModelCallError, ModelReply, ModelRequest
from viva_grader.rubric.answers import BUDGET_SPENT
from viva_grader.rubric.protocol import Protocol
from viva_grader.rubric.sample import ANSWERED

_REPAIRED: Final = 2
"""Calls of one sample: the question, and its repair."""
_LONGEST_REPAIR: Final = 4_000
"""Bytes of what is said of a broken answer, and of an endpoint's own words around messages."""
_CHARACTERS_PER_TOKEN: Final = 4
"""Rough, and only for what an endpoint does not count itself; the record says so."""


@dataclass(frozen=True, slots=True)
class Tag:
    """Which call it is.

    Attributes
    ----------
    pass_name : str
        ``A`` a sample, ``B`` the adversary, ``C`` the reconciler.
    sample : int
        From 0; 0 for the others.
    variant : str
        What is shown: the original, or a twin.
    """

    pass_name: str
    sample: int = 0
    variant: str = "original"


@dataclass(slots=True)
class Asking:
    """Asks models, stops at the budget, and keeps what came back.

    Attributes
    ----------
    already : Spent
        By the same interview, before.
    calls : list of dict
        In order; what the record stores.
    """

    protocol: Protocol
    already: Spent
    calls: list[dict[str, Json]] = field(default_factory=list[dict[str, Json]])
    tokens: int = 0
    cost: float | None = None
    estimated: bool = False

    def ask(self, model: ChatModel, tag: Tag, request: ModelRequest) -> dict[str, Json]:
        """Ask once; a failure is a stored outcome, never an exception."""
        call = _asked(model, tag, request, len(self.calls))
        if self._stop(request):
            call |= {
                "outcome": BUDGET_SPENT,
                "said": "The interview's budget for models is spent",
                "attempts": 0,
            }
        else:
            try:
                reply = model.ask(request)
                call |= {"outcome": ANSWERED, "said": ""} | _answered(reply)
                self._pay(request, reply)
            except ModelCallError as error:
                call |= {
                    "outcome": error.failure,
                    "said": f"Nothing was scored: {error.message}",
                    "attempts": error.attempts,
                }
                if error.reply is not None:
                    call |= _answered(error.reply)
                    self._pay(request, error.reply)
        self.calls.append(call)
        return call

    def affords(self, requests: Sequence[ModelRequest]) -> bool:
        """Whether all of them, repairs included, stay below the budget whatever they cost.

        Only then may they be asked at once: otherwise the order in which answers come would decide
        what is still asked, and more would begin than the budget allows. No token is shorter than
        a byte. What an answer may cost in money is not known here, so a budget of that says no.
        """
        if self.protocol.budget_cost is not None:
            return False
        tokens = self.protocol.budget_tokens
        most = sum(_REPAIRED * (_bytes(each) + each.max_output_tokens) for each in requests)
        return tokens is None or self.already.tokens + self.tokens + most <= tokens

    def branch(self) -> "Asking":
        """Begin calls beside others; :meth:`join` takes them in, in a fixed order."""
        return Asking(self.protocol, self.already)

    def join(self, branch: "Asking") -> None:
        """Take in what a branch asked and spent."""
        self.calls += [
            call | {"number": number}
            for number, call in enumerate(branch.calls, start=len(self.calls))
        ]
        self.tokens += branch.tokens
        if branch.cost is not None:
            self.cost = round((self.cost or 0.0) + branch.cost, 8)
        self.estimated = self.estimated or branch.estimated

    def spent(self) -> dict[str, Json]:
        """Say what these calls cost; ``cost`` is None where no price is known."""
        return {"tokens": self.tokens, "cost": self.cost, "estimated": self.estimated}

    def _stop(self, request: ModelRequest) -> bool:
        tokens, cost = self.protocol.budget_tokens, self.protocol.budget_cost
        if tokens is not None:
            least = _estimate(request)
            if self.already.tokens + self.tokens + least > tokens:
                return True
        return cost is not None and self.already.cost + (self.cost or 0.0) >= cost

    def _pay(self, request: ModelRequest, reply: ModelReply) -> None:
        if reply.input_tokens is None or reply.output_tokens is None:
            self.estimated = True
            self.tokens += _estimate(request) + len(reply.text) // _CHARACTERS_PER_TOKEN
        else:
            self.tokens += reply.input_tokens + reply.output_tokens
        if reply.cost is not None:
            self.cost = round((self.cost or 0.0) + reply.cost, 8)


def sha256(document: Json) -> str:
    """Hex digest of the canonical JSON of a document."""
    return hashlib.sha256(canonical(document)).hexdigest()


def text_sha256(text: str) -> str:
    """Hex digest of a raw answer."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _asked(model: ChatModel, tag: Tag, request: ModelRequest, number: int) -> dict[str, Json]:
    prompt = [asdict(each) for each in request.messages]
    return {
        "number": number,
        "pass": tag.pass_name,
        "sample": tag.sample,
        "variant": tag.variant,
        "model_asked": model.name,
        "prompt": prompt,
        "prompt_sha256": sha256(prompt),
        "answer_schema": request.schema,
    }


def _answered(reply: ModelReply) -> dict[str, Json]:
    response = reply.document()
    return {
        "timing": {"latency_ms": response.pop("latency_ms")},
        "model_asked": response.pop("model_asked"),
        "attempts": response.pop("attempts"),
        "parameters": response.pop("parameters"),
        "cost": response.pop("cost"),
        "response": response | {"sha256": text_sha256(reply.text)},
    }


def _bytes(request: ModelRequest) -> int:
    told = sum(len(each.content.encode("utf-8", "surrogatepass")) for each in request.messages)
    return told + len(canonical(request.schema)) + _LONGEST_REPAIR


def _estimate(request: ModelRequest) -> int:
    return sum(len(each.content) for each in request.messages) // _CHARACTERS_PER_TOKEN
