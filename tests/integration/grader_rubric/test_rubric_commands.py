"""Decides what ``viva rubric`` and ``viva rubrics`` say and how they end, over real HTTP."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner
from viva_grader.cli_rubric import rubric as commands
from viva_grader.cli_rubric import rubrics as rubrics_commands
from viva_grader.domain.errors import BadEvaluationError
from viva_grader.domain.evaluation import Evaluation, evaluation_from
from viva_grader.domain.grade import canonical
from viva_grader.library.rubrics import load_rubric
from viva_grader.library.shelf import Shelf
from viva_grader.model.openai_chat import OpenAIChatModel
from viva_grader.places import clone_root
from viva_grader.rubric.evaluate import evaluate
from viva_grader.rubric.protocol import Protocol
from viva_grader.rubric.replay import replay

from tests.fakes.sample_grades import rubric, sql_grade
from tests.fakes.scripted_model_server import (
    Received,
    Reply,
    ScriptedModelServer,
    cites,
    completion,
)

SHELF = Shelf(clone_root())
RUBRIC = load_rubric(SHELF.rubrics_folder, "senior_ds/3")
JOIN = cites("c1", 4, 4, "JOIN shipments USING (order_id)")
GROUP = cites("c1", 6, 6, "GROUP BY customer_id")
ALONE = Protocol(samples=1, adversary=False, reconciler=False, twin=False)
FIRST = Path(__file__).parents[2] / "data" / "first_evaluation.json"
SECOND = FIRST.with_name("second_evaluation.json")


def scoring(level: int) -> Reply:
    """Answer every dimension of a real rubric with one level."""
    said = {1: "not_met", 3: "partly", 5: "met"}[level]
    judging = SHELF.question("late_orders").judging
    dimensions = {
        each.name: {
            "evidence": [JOIN, GROUP],
            "checklist": {check.id: said for check in each.checklist},
            "rationale": "Because of what is cited.",
            "score": level,
            "confidence": 0.9,
            "red_flags": [],
            "follow_ups": [],
        }
        for each in RUBRIC.with_checks(judging.checks).scored()
    }
    return completion(json.dumps({"dimensions": dimensions, "bonus": 0}))


def scored(level: int, source: str = "") -> Evaluation:
    with ScriptedModelServer([scoring(level)]) as server:
        model = OpenAIChatModel(base_url=server.base_url, api_key=None, name="old", timeout_s=5)
        grade = sql_grade(source) if source else sql_grade()
        question = SHELF.question("late_orders")
        evaluation = evaluate(question, grade, RUBRIC, model, protocol=ALONE)
        model.close()
    return evaluation


def test_replay_says_identical_and_asks_nobody(tmp_path: Path) -> None:
    stored = tmp_path / "a.evaluation.json"
    stored.write_bytes(canonical(scored(3).document()) + b"\n")
    result = CliRunner().invoke(commands, ["replay", str(stored)])
    assert (result.exit_code, result.stdout) == (0, f"{stored}: identical\n")


def test_replay_says_what_was_changed(tmp_path: Path) -> None:
    evaluation = scored(3)
    first, *others = evaluation.dimensions
    forged = replace(evaluation, dimensions=(replace(first, score=5), *others), rubric_score=100.0)
    (tmp_path / "score.json").write_bytes(canonical(forged.document()))
    document = json.loads(canonical(evaluation.document()))
    document["record"]["calls"][0]["response"]["text"] += " "
    (tmp_path / "text.json").write_bytes(canonical(document))
    paths = [str(tmp_path / name) for name in ("score.json", "text.json")]
    result = CliRunner().invoke(commands, ["replay", *paths])
    assert result.exit_code == 1
    assert "efficiency was 5, is 3; rubric_score was 100.0, is 50.0" in result.stdout
    assert "changed: the stored scoring does not fit its hash" in result.stdout


@pytest.mark.parametrize("content", [b"", b"[]", b'{"schema": "viva.grade/2"}'])
def test_replay_refuses_what_is_no_evaluation(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    result = CliRunner().invoke(commands, ["replay", str(tmp_path / "x.json")])
    assert (result.exit_code, "no stored evaluation" in result.stdout) == (2, True)


def test_scoring_of_one_call_that_was_stored_before_there_were_passes_replays() -> None:
    stored = FIRST.read_bytes().strip()
    again = replay(evaluation_from(json.loads(stored)), rubric())
    assert canonical(again.document()) == stored
    assert [each.score for each in again.dimensions] == [4, 2, 5]


def test_scoring_of_passes_that_was_stored_before_there_were_suspicions_replays() -> None:
    """It was flagged, and had a share of what was left: that is what it says for ever."""
    stored = SECOND.read_bytes().strip()
    again = replay(evaluation_from(json.loads(stored)), rubric())
    assert canonical(again.document()) == stored
    assert ([each.score for each in again.dimensions], again.rubric_score) == (
        [3, None, None],
        50.0,
    )


def anchors(folder: Path, levels: Sequence[int]) -> None:
    """Store anchors that the old model scored as people did."""
    for number, level in enumerate(levels):
        source = f"%%sql\nSELECT {number}\nFROM orders\nJOIN shipments USING (order_id)\n--\n"
        source += "GROUP BY customer_id"
        evaluation = scored(level, source)
        anchor = {
            "schema": "viva.anchor/1",
            "question": "late_orders",
            "levels": {each.name: level for each in RUBRIC.scored()},
            "grade": sql_grade(source).document(),
            "evaluation": evaluation.document(),
        }
        (folder / f"{number}.anchor.json").write_text(json.dumps(anchor))


@pytest.mark.parametrize(("same", "status"), [(True, 0), (False, 1)])
def test_regress_blocks_a_fall_in_agreement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, same: bool, status: int
) -> None:
    levels = [1, 3, 5, 1, 5, 3]
    anchors(tmp_path, levels)

    def answers(received: Received) -> Reply:
        number = int(received.body["messages"][1]["content"].split("SELECT ")[-1].split("\n")[0])
        assert received.body["model"] == "new"
        return scoring(levels[number] if same else 6 - levels[number])

    with ScriptedModelServer([answers]) as server:
        for name, value in {
            "VIVA_MODEL_BASE_URL": server.base_url,
            "VIVA_MODEL_NAME": "old",
            "VIVA_JUDGE_SAMPLES": "1",
            "VIVA_JUDGE_ADVERSARY": "false",
            "VIVA_JUDGE_TWIN": "false",
        }.items():
            monkeypatch.setenv(name, value)
        arguments = ["regress", "--model", "new", "--anchors", str(tmp_path)]
        result = CliRunner().invoke(commands, arguments)
    assert result.exit_code == status
    assert "36 of 36 levels" in result.stdout
    assert ("blocked: agreement fell" in result.stdout) is not same


def test_regress_refuses_levels_by_another_rubric(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchors(tmp_path, [1, 3])
    path = tmp_path / "0.anchor.json"
    anchor = json.loads(path.read_text())
    anchor["evaluation"]["rubric_sha256"] = "0" * 64
    path.write_text(json.dumps(anchor))
    monkeypatch.setenv("VIVA_MODEL_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("VIVA_MODEL_NAME", "old")
    arguments = ["regress", "--model", "new", "--anchors", str(tmp_path)]
    result = CliRunner().invoke(commands, arguments)
    assert isinstance(result.exception, BadEvaluationError)
    assert "its rubric no more" in result.exception.message


def test_regress_blocks_where_the_new_model_scores_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchors(tmp_path, [1, 3])
    with ScriptedModelServer([completion("no")]) as server:
        monkeypatch.setenv("VIVA_MODEL_BASE_URL", server.base_url)
        monkeypatch.setenv("VIVA_MODEL_NAME", "old")
        monkeypatch.setenv("VIVA_JUDGE_SAMPLES", "1")
        arguments = ["regress", "--model", "new", "--anchors", str(tmp_path)]
        result = CliRunner().invoke(commands, arguments)
    assert result.exit_code == 1
    assert "0 of 12 levels" in result.stdout


def test_diff_prints_a_line_for_each_thing_and_list_names_each_level() -> None:
    result = CliRunner().invoke(rubrics_commands, ["diff", "senior_ds/3", "staff_ds/1"])
    assert result.exit_code == 1
    assert "- efficiency.weight: 0.2\n+ efficiency.weight: 0.15\n" in result.stdout
    assert "anchors" not in result.stdout
    same = CliRunner().invoke(rubrics_commands, ["diff", "senior_ds/3", "senior_ds/3"])
    assert (same.exit_code, same.stdout) == (0, "")
    listed = CliRunner().invoke(rubrics_commands, ["list"]).stdout
    assert "principal_de/1  principal  Principal data engineer" in listed
