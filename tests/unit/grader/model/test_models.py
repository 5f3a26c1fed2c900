"""Decides which model has which task, and what each is sent."""

import json

import pytest
from pydantic import ValidationError
from viva_grader.model.accepts import Accepts, accepted
from viva_grader.model.tasks import judges_of
from viva_grader.settings import GraderSettings


@pytest.mark.parametrize(
    ("name", "takes"),
    [
        ("gpt-5-mini", Accepts(effort=True)),
        ("gpt-5.2-chat-latest", Accepts(temperature=True)),
        ("openai/o3", Accepts(effort=True)),
        ("gpt-4.1-2025-04-14", Accepts(temperature=True, seed=True)),
        ("meta-llama/Llama-3.3-70B-Instruct", Accepts(temperature=True, seed=True)),
        ("somebody/unheard-of", Accepts()),
    ],
)
def test_model_is_known_by_its_name(name: str, takes: Accepts) -> None:
    assert accepted(name) == takes


def settings(**more: object) -> GraderSettings:
    tasks = {
        "judge": {"name": "gpt-5", "provider": "far", "effort": "low"},
        "adversary": {"name": "qwen3", "provider": "near", "temperature": 0.2},
    }
    providers = {
        "far": {"base_url": "http://far.invalid/v1", "api_key": "k"},
        "near": {"base_url": "http://near.invalid/v1"},
    }
    given = {"VIVA_MODEL_TASKS": tasks, "VIVA_MODEL_PROVIDERS": providers} | more
    return GraderSettings.model_validate(given)


def test_tasks_have_models_of_several_providers() -> None:
    judges = judges_of(settings())
    assert judges is not None
    assert (judges.judge.name, judges.adversary.name, judges.reconciler.name) == (
        "gpt-5",
        "qwen3",
        "gpt-5",
    )


def test_another_model_takes_the_judges_place_only() -> None:
    judges = judges_of(settings(), "gpt-6")
    assert judges is not None
    assert (judges.judge.name, judges.adversary.name) == ("gpt-6", "qwen3")


def test_one_model_has_every_task_where_only_one_is_named() -> None:
    judges = judges_of(GraderSettings.model_validate({"VIVA_MODEL_NAME": "one"}))
    assert judges is not None
    assert {judges.judge.name, judges.adversary.name, judges.reconciler.name} == {"one"}


def test_nothing_named_is_no_judge() -> None:
    assert judges_of(GraderSettings()) is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"VIVA_MODEL_TASKS": {"judge": {"name": "x", "provider": "gone"}}}, "no provider 'gone'"),
        ({"VIVA_MODEL_TASKS": {"adversary": {"name": "x"}}}, "judge is missing"),
        ({"VIVA_MODEL_NAME": "x", "VIVA_JUDGE_BUDGET_COST": 1}, "needs a price"),
        ({"VIVA_MODEL_BASE_URL": "http://x.invalid"}, "VIVA_MODEL_NAME is missing"),
    ],
)
def test_settings_that_cannot_be_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        GraderSettings.model_validate(given)


def test_tasks_are_read_from_the_environment_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVA_MODEL_TASKS", json.dumps({"judge": {"name": "x"}}))
    tasks = GraderSettings().model_tasks
    assert tasks is not None
    assert tasks["judge"].name == "x"
