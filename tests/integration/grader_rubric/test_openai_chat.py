"""Decides that every way in which an endpoint fails ends as an error with its name."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from viva_grader.domain.errors import ModelUnavailableError
from viva_grader.model.accepts import Accepts
from viva_grader.model.openai_chat import OpenAIChatModel, connect
from viva_grader.model.port import Message, ModelCallError, ModelRequest

from tests.fakes.scripted_model_server import (
    Reply,
    Script,
    ScriptedModelServer,
    completion,
    failure,
)

REQUEST = ModelRequest(
    messages=(Message("system", "role"), Message("user", "data")),
    schema_name="scores",
    schema={"type": "object", "properties": {}, "required": [], "additionalProperties": False},
    max_output_tokens=500,
)

Serve = Callable[..., tuple[ScriptedModelServer, OpenAIChatModel, list[float]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(
            *script: Script, **options: object
        ) -> tuple[ScriptedModelServer, OpenAIChatModel, list[float]]:
            server = stack.enter_context(ScriptedModelServer(script))
            pauses: list[float] = []
            settings = {"timeout_s": 5.0, "pause": pauses.append, "api_key": "key"} | options
            model = OpenAIChatModel(base_url=server.base_url, name="judge", **settings)
            stack.callback(model.close)
            return server, model, pauses

        yield start


def test_reply_carries_all_that_is_known_about_the_call(serve: Serve) -> None:
    _, model, _ = serve(completion("{}"))
    reply = model.ask(REQUEST)
    assert reply.text == "{}"
    assert (reply.model_asked, reply.model_answered) == ("judge", "judge-2026-11-01")
    assert (reply.fingerprint, reply.request_id) == ("fp_scripted", "req-scripted")
    assert (reply.input_tokens, reply.output_tokens) == (1200, 300)
    assert (reply.attempts, reply.finish_reason) == (1, "stop")
    assert reply.parameters["store"] is False


def test_request_asks_for_a_strict_schema_and_is_not_stored(serve: Serve) -> None:
    server, model, _ = serve(completion("{}"))
    model.ask(REQUEST)
    (received,) = server.requests
    assert received.path == "/v1/chat/completions"
    assert received.headers["authorization"] == "Bearer key"
    assert received.body == {
        "model": "judge",
        "messages": [
            {"role": "system", "content": "role"},
            {"role": "user", "content": "data"},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "scores", "strict": True, "schema": REQUEST.schema},
        },
        "store": False,
        "max_completion_tokens": 500,
    }


def test_request_sends_what_the_model_takes(serve: Serve) -> None:
    everything = Accepts(temperature=True, seed=True, effort=True)
    server, model, _ = serve(completion("{}"), temperature=0.0, effort="low", accepts=everything)
    reply = model.ask(replace(REQUEST, seed=7))
    sent = server.requests[0].body
    assert (sent["temperature"], sent["seed"], sent["reasoning_effort"]) == (0.0, 7, "low")
    told = reply.parameters
    assert (told["temperature"], told["seed"], told["effort"]) == (0.0, 7, "low")


def test_request_leaves_out_what_the_model_refuses(serve: Serve) -> None:
    server, model, _ = serve(completion("{}"), temperature=0.0, effort="low", accepts=Accepts())
    reply = model.ask(replace(REQUEST, seed=7))
    assert not {"temperature", "seed", "reasoning_effort"} & set(server.requests[0].body)
    assert reply.parameters["temperature"] is None


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (failure(400), "rejected"),
        (failure(401), "rejected"),
        (failure(404), "rejected"),
        (completion('{"dim', finish_reason="length"), "truncated"),
        (completion(None, refusal="I cannot help with that."), "refused"),
        (completion("half", finish_reason="content_filter"), "refused"),
        (completion(None), "malformed"),
        (completion("  "), "malformed"),
        (completion("{}", finish_reason="tool_calls"), "malformed"),
        (Reply(body=b"<html>busy</html>", headers={"content-type": "text/html"}), "malformed"),
        (Reply(body=b'{"choices": []}'), "malformed"),
        (Reply(body=b"[" * 100_000), "malformed"),
    ],
)
def test_failure_that_cannot_pass_is_not_repeated(
    serve: Serve, reply: Reply, expected: str
) -> None:
    server, model, pauses = serve(reply)
    with pytest.raises(ModelCallError) as caught:
        model.ask(REQUEST)
    assert caught.value.failure == expected
    assert isinstance(caught.value, ModelUnavailableError)
    assert "\n" not in caught.value.message
    assert "scripted" not in caught.value.message  # the endpoint's own words are nobody's
    assert (len(server.requests), pauses) == (1, [])


@pytest.mark.parametrize(("status", "expected"), [(429, "rate_limited"), (503, "server_error")])
def test_passing_failure_is_repeated_within_bounds(
    serve: Serve, status: int, expected: str
) -> None:
    server, model, pauses = serve(failure(status))
    with pytest.raises(ModelCallError) as caught:
        model.ask(REQUEST)
    assert (caught.value.failure, caught.value.attempts) == (expected, 3)
    assert (len(server.requests), pauses) == (3, [0.5, 1.0])


def test_passing_failure_that_passes_gives_the_answer(serve: Serve) -> None:
    _, model, pauses = serve(failure(429, {"retry-after": "2"}), failure(500), completion("{}"))
    assert model.ask(REQUEST).attempts == 3
    assert pauses == [2.0, 1.0]


def test_pause_that_an_endpoint_asks_for_is_bounded(serve: Serve) -> None:
    _, model, pauses = serve(failure(429, {"retry-after": "86400"}), completion("{}"))
    model.ask(REQUEST)
    assert pauses == [8.0]


def test_answer_that_does_not_begin_ends_as_timeout(serve: Serve) -> None:
    server, model, _ = serve(completion("{}", delay_s=30), timeout_s=0.2, attempts=2)
    with pytest.raises(ModelCallError) as caught:
        model.ask(REQUEST)
    assert (caught.value.failure, len(server.requests)) == ("timeout", 2)


def test_answer_that_drips_ends_as_timeout_of_the_whole(serve: Serve) -> None:
    _, model, _ = serve(completion("{}", drip_s=0.05), timeout_s=0.3, attempts=1)
    with pytest.raises(ModelCallError) as caught:
        model.ask(REQUEST)
    assert caught.value.failure == "timeout"


def test_endless_answer_is_cut_off_as_malformed(serve: Serve) -> None:
    _, model, _ = serve(completion("x" * 5_000_000))
    with pytest.raises(ModelCallError) as caught:
        model.ask(REQUEST)
    assert caught.value.failure == "malformed"


def test_cut_off_answer_is_kept_as_evidence(serve: Serve) -> None:
    _, model, _ = serve(completion('{"dim', finish_reason="length"))
    with pytest.raises(ModelCallError) as caught:
        model.ask(REQUEST)
    assert caught.value.reply is not None
    assert caught.value.reply.text == '{"dim'


def test_endpoint_that_is_not_there_is_unreachable() -> None:
    with ScriptedModelServer() as server:
        gone = server.base_url
    model = OpenAIChatModel(base_url=gone, api_key=None, name="judge", pause=lambda _: None)
    with pytest.raises(ModelCallError) as caught:
        model.ask(REQUEST)
    model.close()
    assert (caught.value.failure, caught.value.attempts) == ("unreachable", 3)


def test_settings_without_a_model_connect_to_none() -> None:
    assert connect(base_url=None, api_key=None, name=None) is None


def test_settings_with_an_endpoint_but_no_model_say_so() -> None:
    with pytest.raises(ModelCallError, match="VIVA_MODEL_NAME"):
        connect(base_url="http://127.0.0.1:1/v1", api_key=None, name=None)


def test_settings_with_a_model_connect_to_it() -> None:
    model = connect(base_url="http://127.0.0.1:1/v1", api_key=None, name="judge")
    assert model is not None
    assert model.name == "judge"
    model.close()
