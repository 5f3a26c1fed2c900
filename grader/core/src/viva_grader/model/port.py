"""Decides what asking a model means here: messages and a strict schema in, text or an error out."""

from dataclasses import asdict, dataclass, field
from typing import Literal, Protocol

from viva_grader.domain.errors import ModelUnavailableError
from viva_grader.domain.grade import Json

Failure = Literal[
    "not_configured",
    "unreachable",
    "timeout",
    "rate_limited",
    "server_error",
    "rejected",
    "truncated",
    "refused",
    "malformed",
]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt; what a candidate wrote goes only into ``user`` messages."""

    role: Literal["system", "user"]
    content: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One question to a model.

    Attributes
    ----------
    schema : dict
        JSON Schema of the answer, asked for in strict mode; the model may break it all the same.
    max_output_tokens : int
        > 0; an answer cut off there is no answer.
    seed : int or None
        Sent to models that take one.
    """

    messages: tuple[Message, ...]
    schema_name: str
    schema: dict[str, Json]
    max_output_tokens: int = 16_000
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What came back, and all that is known about how.

    Attributes
    ----------
    text : str
        The raw answer, never repaired.
    model_asked, model_answered : str
        An alias may be answered by a dated model.
    attempts : int
        ≥ 1, retries included.
    parameters : dict
        What was sent beside the messages and the schema.
    cost : float or None
        By the prices that settings give; None without prices, or without counted tokens.
    latency_ms : int
        Of the whole call, retries included; for people, and outside every hash.
    """

    text: str
    model_asked: str
    model_answered: str
    finish_reason: str
    fingerprint: str | None = None
    request_id: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    attempts: int = 1
    parameters: dict[str, Json] = field(default_factory=dict[str, Json])
    cost: float | None = None
    latency_ms: int = 0

    def document(self) -> dict[str, Json]:
        """Give the reply as JSON."""
        return asdict(self)


class ModelCallError(ModelUnavailableError):
    """A call ended without a usable answer.

    Attributes
    ----------
    failure : str
        One word for the path that it took, such as ``timeout`` or ``refused``.
    attempts : int
        How often the endpoint was asked.
    reply : ModelReply or None
        What did come back, where something did: a cut-off or refused answer is evidence too.
    """

    def __init__(
        self, message: str, failure: Failure, *, attempts: int = 1, reply: ModelReply | None = None
    ) -> None:
        super().__init__(message)
        self.failure = failure
        self.attempts = attempts
        self.reply = reply


class ChatModel(Protocol):
    """A model that can be asked, by several threads at once."""

    @property
    def name(self) -> str:
        """The model that is asked for."""
        ...

    def ask(self, request: ModelRequest) -> ModelReply:
        """Ask once, with bounded retries of what may pass.

        Raises
        ------
        ModelCallError
            Whenever there is no complete answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class Judges:
    """One model for each task; the same one may have all."""

    judge: ChatModel
    adversary: ChatModel
    reconciler: ChatModel
