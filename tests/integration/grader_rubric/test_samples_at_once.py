"""Decides that samples asked for at once are stored, and paid for, as those asked for in turn."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from viva_grader.domain.evaluation import Evaluation, Spent
from viva_grader.domain.grade import canonical
from viva_grader.model.openai_chat import OpenAIChatModel
from viva_grader.model.port import Message, ModelRequest
from viva_grader.rubric.asking import Asking
from viva_grader.rubric.evaluate import evaluate
from viva_grader.rubric.protocol import Protocol

from tests.fakes.sample_grades import question, rubric, sql_grade
from tests.fakes.scripted_model_server import (
    Received,
    Reply,
    ScriptedModelServer,
    answer,
    cites,
    claim,
    completion,
    doubts,
)

JOIN = cites("c1", 4, 4, "JOIN shipments USING (order_id)")
WRITTEN = cites("c2", 2, 2, "twice the four-week median")
THREE = Protocol(samples=3, adversary=True, reconciler=False, twin=True)


class Endpoint:
    """Answers by what is asked; the second sample needs a repair, and the first is the slowest."""

    def __init__(self, together: int = 1) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()
        self._met = threading.Barrier(together)

    def __call__(self, received: Received) -> Reply:
        asked = received.body["response_format"]["json_schema"]["schema"]["properties"]
        if "claims" in asked:
            return completion(doubts(of=3))
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        messages = received.body["messages"]
        checks = asked["dimensions"]["properties"]["code_quality"]["properties"]["checklist"]
        if len(messages) == 2 and "first" in checks["properties"]:  # of the original, no repair
            self._met.wait(timeout=20)
        with self._lock:
            self.now -= 1
        seed = received.body["seed"]
        cited = [] if seed == 1 and len(messages) == 2 else [JOIN]
        return completion(
            answer(
                efficiency=claim(3, cited, rationale=f"By reading {seed}."),
                code_quality=claim(2, [JOIN]),
                communication=claim(4, [WRITTEN]),
            )
        )


def run(script: Callable[[Received], Reply], protocol: Protocol, parallel: int) -> Evaluation:
    with ScriptedModelServer([script]) as server:
        model = OpenAIChatModel(
            base_url=server.base_url, api_key=None, name="gpt-4-judge", timeout_s=30, attempts=1
        )
        evaluation = evaluate(
            question(),
            sql_grade(),
            rubric(),
            model,
            protocol=protocol,
            nonce=lambda: "n0nce",
            parallel=parallel,
        )
        model.close()
    return evaluation


def stored(evaluation: Evaluation) -> bytes:
    """Give all but what lies outside of every hash: how long each call took."""
    document = json.loads(canonical(evaluation.document()))
    for call in document["record"]["calls"]:
        call.pop("timing", None)
    return canonical(document)


def test_samples_are_asked_for_at_once_and_stored_in_their_order() -> None:
    in_turn = run(Endpoint(), THREE, 1)
    at_once = run(Endpoint(together=3), THREE, 3)  # nobody goes on before all three are there
    assert stored(at_once) == stored(in_turn)
    order = [(each["pass"], each["sample"], each["variant"]) for each in at_once.record["calls"]]
    original = [("A", number, "original") for number in (0, 1, 1, 2)]
    assert order == [*original, ("A", 0, "neutral"), ("B", 0, "original")]
    assert [each["number"] for each in at_once.record["calls"]] == list(range(len(order)))
    assert at_once.status == "scored"


def test_no_more_are_asked_for_at_once_than_settings_say() -> None:
    endpoint = Endpoint()
    run(endpoint, replace(THREE, samples=6), 2)
    assert 1 <= endpoint.most <= 2


@pytest.mark.parametrize("tokens", [1_400, 2_000, 3_500, 5_000, 40_000])
def test_budget_is_spent_as_in_turn_however_many_are_asked_for_at_once(tokens: int) -> None:
    protocol = replace(THREE, samples=6, budget_tokens=tokens)
    in_turn, at_once = (run(Endpoint(), protocol, parallel) for parallel in (1, 6))
    assert stored(at_once) == stored(in_turn)
    last = 1_500  # what one answer costs: a call that has begun is not cut short
    assert at_once.spent["tokens"] < tokens + last


def request(characters: int) -> ModelRequest:
    return ModelRequest((Message("user", "x" * characters),), "s", {}, max_output_tokens=1_000)


@pytest.mark.parametrize(
    ("protocol", "already", "affordable"),
    [
        (Protocol(), Spent(), True),
        (Protocol(budget_tokens=100_000), Spent(), True),
        (Protocol(budget_tokens=100_000), Spent(tokens=90_000), False),
        (Protocol(budget_tokens=3 * 2 * 1_000), Spent(), False),
        (Protocol(budget_cost=1_000.0), Spent(), False),
    ],
)
def test_only_what_cannot_touch_the_budget_is_asked_for_at_once(
    protocol: Protocol, already: Spent, affordable: bool
) -> None:
    assert Asking(protocol, already).affords([request(500)] * 3) is affordable
