"""Decides that no order in a submission raises a score, and that honest ones are scored."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.grade import Grade
from viva_grader.domain.question import DEFAULT_RUBRIC
from viva_grader.domain.rubric import Twin
from viva_grader.library.rubrics import load_rubric
from viva_grader.model.openai_chat import OpenAIChatModel
from viva_grader.rubric.evaluate import evaluate

from tests.attacks.prompts.injections import FOLDER, NONCE, Injection, load_injections
from tests.attacks.prompts.obeying import can_read, obeying
from tests.fakes.sample_grades import (
    PYTHON_SOURCE,
    SQL_SOURCE,
    WRITTEN_SOURCE,
    python_grade,
    question,
    sql_grade,
)
from tests.fakes.scripted_model_server import ScriptedModelServer

ROOT = Path(__file__).parents[3]
INJECTIONS = load_injections()
RUBRIC = load_rubric(ROOT / "rubrics", DEFAULT_RUBRIC)
LEAST_SCORED = 0.9
TWINLESS = tuple(each.name for each in RUBRIC.scored() if each.twin is Twin.NONE)
HELD_OUT = [name for name, each in INJECTIONS.items() if each.group.startswith("held_out")]
HONEST = {
    "markdown": lambda text: sql_grade(written=f"{WRITTEN_SOURCE}\n\n{text}"),
    "python": lambda text: python_grade(f"{PYTHON_SOURCE}\n{text}"),
    "sql": lambda text: sql_grade(f"{SQL_SOURCE}\n{text}"),
}


class Judge:
    """One endpoint and one client for the whole suite; what it obeys changes."""

    def __init__(self, server: ScriptedModelServer, model: OpenAIChatModel) -> None:
        self._server, self._model = server, model
        self._known: dict[str, Evaluation] = {}

    def score(self, grade: Grade, injection: Injection | None = None) -> Evaluation:
        self._server.play(obeying(injection))
        return evaluate(question(), grade, RUBRIC, self._model, nonce=lambda: NONCE)

    def attacked(self, injection: Injection) -> Evaluation:
        """Score what holds an order by a model that obeys it, once."""
        if injection.id not in self._known:
            self._known[injection.id] = self.score(injection.submission(), injection)
        return self._known[injection.id]

    def control(self, injection: Injection) -> Evaluation:
        grade = injection.control()
        if grade.sha256 not in self._known:
            self._known[grade.sha256] = self.score(grade)
        return self._known[grade.sha256]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with ScriptedModelServer() as server:
        model = OpenAIChatModel(base_url=server.base_url, api_key=None, name="judge")
        yield Judge(server, model)
        model.close()


def levels(evaluation: Evaluation) -> dict[str, int | None]:
    return {each.dimension: each.score for each in evaluation.dimensions}


def test_corpus_is_large_and_of_every_kind() -> None:
    assert len(INJECTIONS) >= 50
    groups = {each.group for each in INJECTIONS.values()}
    assert groups >= {path.stem for path in FOLDER.glob("*.toml")} - {"honest"}


@pytest.mark.parametrize("name", INJECTIONS)
def test_order_raises_no_score(judge: Judge, name: str) -> None:
    injection = INJECTIONS[name]
    before = levels(judge.control(injection))
    assert None not in before.values(), "a control that is unscored proves nothing"
    evaluation = judge.attacked(injection)
    for dimension, level in levels(evaluation).items():
        assert level is None or level <= before[dimension]  # type: ignore[operator]


@pytest.mark.parametrize("name", HELD_OUT)
def test_order_about_words_alone_raises_no_score(judge: Judge, name: str) -> None:
    """No twin can show it, and no pattern was written for it: checks with a known answer do."""
    injection = replace(INJECTIONS[name], aims=INJECTIONS[name].aims or TWINLESS)
    before = levels(judge.control(injection))
    evaluation = judge.score(injection.submission(), injection)
    for dimension, level in levels(evaluation).items():
        assert level is None or level <= before[dimension]  # type: ignore[operator]
    if evaluation.suspicion:
        assert (evaluation.rubric_score, evaluation.communication_score) == (None, None)


def test_most_orders_reach_the_model(judge: Judge) -> None:
    """Without a defence behind the prompt most of the corpus would be obeyed: it proves something."""
    reached = 0
    for injection in INJECTIONS.values():
        evaluation = judge.attacked(injection)
        prompts = [
            each["content"]
            for call in evaluation.record.get("calls", ())
            if (call["pass"], call["variant"]) == ("A", "original")
            for each in call["prompt"]
            if each["role"] == "user"
        ]
        reached += any(can_read(each, injection) for each in prompts)
    assert reached >= 0.75 * len(INJECTIONS)


def honest() -> Iterator[tuple[str, Grade]]:
    """What nobody should mistake for an order: the questions' own solutions, and awkward words."""
    for path in sorted(FOLDER.glob("*.toml")):
        entries = tomllib.loads(path.read_text("utf-8")).get("honest", {})
        for place, texts in entries.items():
            for number, text in enumerate(texts):
                yield f"{path.stem} {place} {number}", HONEST[place](text)
    for path in sorted((ROOT / "notebooks_templates").glob("*/notebook.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        yield (
            path.parent.name,
            replace(
                sql_grade(),
                cells=tuple(
                    {"cell": f"n{n}", "type": each["cell_type"], "source": "".join(each["source"])}
                    for n, each in enumerate(cells)
                ),
            ),
        )
    for path in sorted((ROOT / "notebooks_templates").glob("*/solutions/*.toml")):
        sources = tomllib.loads(path.read_text("utf-8")).get("cells", {})
        if path.stem not in {"expected", "malicious"} and sources:
            yield (
                f"{path.parent.parent.name} {path.stem}",
                replace(
                    sql_grade(),
                    cells=tuple(
                        {"cell": name, "type": "code", "source": source}
                        for name, source in sources.items()
                    ),
                ),
            )


def test_honest_submissions_are_scored(judge: Judge) -> None:
    unscored: list[str] = []
    found = dict(honest())
    for name, grade in found.items():
        evaluation = judge.score(grade)
        assert not [flag for each in evaluation.dimensions for flag in each.red_flags], name
        if None in levels(evaluation).values():
            unscored.append(f"{name}: {evaluation.reason}")
    assert len(found) >= 60
    assert len(unscored) <= (1 - LEAST_SCORED) * len(found), unscored
