"""Decides how an OpenAI-compatible endpoint is called, and which answers count as answers."""

import time
from collections.abc import Callable
from typing import Final

import httpx2  # openai's own transport: its errors come through where a body is read as it arrives
import openai
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from pydantic import ValidationError

from viva_grader.domain.grade import Json
from viva_grader.model.accepts import Accepts, Effort, accepted
from viva_grader.model.port import Failure, Message, ModelCallError, ModelReply, ModelRequest

DEFAULT_BASE_URL: Final = "https://api.openai.com/v1"
MAX_RESPONSE_BYTES: Final = 4 * 1024 * 1024
MAX_RETRY_PAUSE_S: Final = 8.0
TOKENS_PRICED: Final = 1_000_000
"""Prices are for so many."""
PASSING: Final[frozenset[Failure]] = frozenset(
    {"timeout", "unreachable", "rate_limited", "server_error"}
)
"""Failures that may pass by themselves; the others would only be repeated."""


class OpenAIChatModel:
    """A chat model behind an OpenAI-compatible endpoint.

    Parameters
    ----------
    base_url : str
        Up to and including the version, such as ``http://localhost:8080/v1``.
    api_key : str or None
        Local servers need none.
    name : str
        The model to ask for.
    timeout_s : float
        > 0; of one attempt from first to last byte, by the monotonic clock.
    attempts : int
        ≥ 1; how often a passing failure is tried in all.
    temperature, effort
        Sent only where given, and where the model takes them.
    accepts : Accepts, optional
        What the model takes; without it, what :func:`viva_grader.model.accepts.accepted` knows.
    price_in, price_out : float, optional
        Of a million tokens, ≥ 0, in any one currency.
    pause : callable
        Waits the given seconds between attempts.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str | None,
        name: str,
        timeout_s: float = 120.0,
        attempts: int = 3,
        temperature: float | None = None,
        effort: Effort | None = None,
        accepts: Accepts | None = None,
        price_in: float | None = None,
        price_out: float | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = openai.OpenAI(
            base_url=base_url,
            # The client insists on a key, and would else look for one in the environment.
            api_key=api_key or "none",
            timeout=timeout_s,
            max_retries=0,  # counted here instead, so that the record can tell
        )
        self._name = name
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._accepts = accepts or accepted(name)
        self._temperature = temperature if self._accepts.temperature else None
        self._effort: Effort | None = effort if self._accepts.effort else None
        self._prices = (price_in, price_out)
        self._pause = pause

    @property
    def name(self) -> str:
        """The model that is asked for."""
        return self._name

    def close(self) -> None:
        """Give connections back."""
        self._client.close()

    def ask(self, request: ModelRequest) -> ModelReply:
        """Ask, and ask again where the failure may pass.

        Raises
        ------
        ModelCallError
            Whenever there is no complete answer.
        """
        started = time.monotonic()
        for attempt in range(1, self._attempts + 1):
            try:
                return self._attempt(request, attempt, started)
            except ModelCallError as error:
                if error.failure not in PASSING or attempt == self._attempts:
                    raise
                self._pause(_retry_pause_s(error.__cause__, attempt))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _attempt(self, request: ModelRequest, attempt: int, started: float) -> ModelReply:
        try:
            body, request_id = self._read(request)
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            failure, message = _classify(error, self._timeout_s)
            raise ModelCallError(message, failure, attempts=attempt) from error
        try:
            completion = ChatCompletion.model_validate_json(body)
            choice = completion.choices[0]
        except (ValidationError, IndexError) as error:
            message = "the model's endpoint answered with something that is no chat completion"
            raise ModelCallError(message, "malformed", attempts=attempt) from error
        reply = ModelReply(
            text=choice.message.content or choice.message.refusal or "",
            model_asked=self._name,
            model_answered=completion.model,
            finish_reason=choice.finish_reason,
            fingerprint=completion.system_fingerprint,
            request_id=request_id,
            input_tokens=completion.usage.prompt_tokens if completion.usage else None,
            output_tokens=completion.usage.completion_tokens if completion.usage else None,
            attempts=attempt,
            parameters=self._parameters(request),
            cost=self._cost(completion.usage),
            latency_ms=round((time.monotonic() - started) * 1000),
        )
        _refuse_incomplete(reply, refusal=choice.message.refusal)
        return reply

    def _read(self, request: ModelRequest) -> tuple[bytes, str | None]:
        """Read one response within the deadline; httpx's own limit starts anew at every byte."""
        deadline = time.monotonic() + self._timeout_s
        body = bytearray()
        with self._client.chat.completions.with_streaming_response.create(
            model=self._name,
            messages=[_message(each) for each in request.messages],
            response_format={
                "type": "json_schema",
                "json_schema": {
                    "name": request.schema_name,
                    "strict": True,
                    "schema": request.schema,
                },
            },
            store=False,
            max_completion_tokens=request.max_output_tokens,
            temperature=openai.omit if self._temperature is None else self._temperature,
            seed=openai.omit if (seed := self._seed(request)) is None else seed,
            reasoning_effort=openai.omit if (effort := self._effort) is None else effort,
        ) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if time.monotonic() > deadline:
                    raise httpx2.ReadTimeout("the answer took too long as a whole")
                if len(body) > MAX_RESPONSE_BYTES:
                    break  # what is cut off here is no JSON, and ends as malformed
            return bytes(body), response.request_id

    def _parameters(self, request: ModelRequest) -> dict[str, Json]:
        return {
            "temperature": self._temperature,
            "seed": self._seed(request),
            "effort": self._effort,
            "store": False,
            "strict": True,
            "max_completion_tokens": request.max_output_tokens,
        }

    def _seed(self, request: ModelRequest) -> int | None:
        return request.seed if self._accepts.seed else None

    def _cost(self, usage: CompletionUsage | None) -> float | None:
        price_in, price_out = self._prices
        if usage is None or price_in is None or price_out is None:
            return None
        spent = usage.prompt_tokens * price_in + usage.completion_tokens * price_out
        return round(spent / TOKENS_PRICED, 8)


def connect(
    *,
    base_url: str | None,
    api_key: str | None,
    name: str | None,
    timeout_s: float = 120.0,
    temperature: float | None = None,
    effort: Effort | None = None,
    accepts: Accepts | None = None,
    price_in: float | None = None,
    price_out: float | None = None,
) -> OpenAIChatModel | None:
    """Choose the model that settings describe; None where they describe none.

    Raises
    ------
    ModelCallError
        Where an endpoint or a key is given but no model's name.
    """
    if not name:
        if base_url or api_key:
            message = "a model endpoint is set but no model: set VIVA_MODEL_NAME too"
            raise ModelCallError(message, "not_configured", attempts=0)
        return None
    return OpenAIChatModel(
        base_url=base_url or DEFAULT_BASE_URL,
        api_key=api_key,
        name=name,
        timeout_s=timeout_s,
        temperature=temperature,
        effort=effort,
        accepts=accepts,
        price_in=price_in,
        price_out=price_out,
    )


def _message(message: Message) -> ChatCompletionMessageParam:
    if message.role == "system":
        return {"role": "system", "content": message.content}
    return {"role": "user", "content": message.content}


def _classify(error: Exception, timeout_s: float) -> tuple[Failure, str]:
    """Name a failure in one line, without the endpoint's own words, which nobody has checked."""
    match error:
        case openai.APITimeoutError() | httpx2.TimeoutException():
            return "timeout", f"the model gave no complete answer within {timeout_s:g} s"
        case openai.RateLimitError():
            return "rate_limited", "the model's endpoint refused for too many requests (429)"
        case openai.InternalServerError(status_code=status):
            return "server_error", f"the model's endpoint failed ({status})"
        case openai.APIStatusError(status_code=status):
            return "rejected", f"the model's endpoint rejected the request ({status})"
        case openai.APIConnectionError() | httpx2.HTTPError():
            return "unreachable", "the model's endpoint cannot be reached"
        case _:
            return "malformed", "the model's endpoint answered with something unreadable"


def _refuse_incomplete(reply: ModelReply, *, refusal: str | None) -> None:
    """Let only a complete answer through.

    Raises
    ------
    ModelCallError
        For a cut-off, refused, filtered or empty answer.
    """
    failure: Failure
    if reply.finish_reason == "length":
        failure, message = "truncated", "the model's answer was cut off at its length limit"
    elif refusal or reply.finish_reason == "content_filter":
        failure, message = "refused", "the model refused to answer"
    elif reply.finish_reason != "stop" or not reply.text.strip():
        failure, message = "malformed", "the model's answer is empty or of another kind"
    else:
        return
    raise ModelCallError(message, failure, attempts=reply.attempts, reply=reply)


def _retry_pause_s(cause: BaseException | None, attempt: int) -> float:
    """Wait as long as the endpoint asks, else 0.5 s doubling; never over MAX_RETRY_PAUSE_S."""
    if isinstance(cause, openai.APIStatusError):
        asked = cause.response.headers.get("retry-after", "")
        if asked.isascii() and asked.isdigit():
            return min(float(asked), MAX_RETRY_PAUSE_S)
    return min(0.5 * 2 ** (attempt - 1), MAX_RETRY_PAUSE_S)
