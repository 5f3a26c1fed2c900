"""Decides that no stored prompt of a scoring names a person or holds a secret."""

import json
from dataclasses import replace

import pytest
from viva_grader.domain.grade import Evidence, Grade
from viva_grader.flow.items import graded_cells
from viva_grader.library.notebook import read_author, read_submission
from viva_grader.library.notebook_rebuild import rebuild
from viva_grader.model.openai_chat import OpenAIChatModel
from viva_grader.rubric.evaluate import evaluate

from tests.attacks.prompts.obeying import obeying
from tests.fakes.sample_grades import python_grade, question, rubric, sql_grade
from tests.fakes.scripted_model_server import ScriptedModelServer
from tests.unit.grader.rubric.test_redact import KNOWN, PLANTED

PLACES = ("code", "string", "markdown", "sql", "output")


def planted(place: str) -> Grade:
    """Put every kind into one place of a submission."""
    texts = [text for text, _ in PLANTED.values()]
    lines = [line for text in texts for line in text.split("\n")]
    match place:
        case "code":
            return python_grade("\n".join([str(python_grade().cells[0]["source"]), *lines]))
        case "string":
            source = str(python_grade().cells[0]["source"])
            return python_grade(source + '\nnotes = """\n' + "\n".join(lines) + '\n"""')
        case "markdown":
            return sql_grade(written="\n".join(lines))
        case "sql":
            return sql_grade("%%sql\n" + "\n".join(f"-- {line}" for line in lines))
        case _:
            said = tuple(
                Evidence(f"F{n:03d}", "test", "test_totals", {"raised": text})
                for n, text in enumerate(texts, start=1)
            )
            return replace(python_grade(), evidence=said)


@pytest.fixture(scope="module")
def prompts() -> dict[str, str]:
    """Score one submission for each place, and keep what is stored of it."""
    kept: dict[str, str] = {}
    with ScriptedModelServer([obeying(None)]) as server:
        model = OpenAIChatModel(base_url=server.base_url, api_key=None, name="judge")
        for place in PLACES:
            evaluation = evaluate(question(), planted(place), rubric(), model, known_names=KNOWN)
            assert evaluation.record["calls"], "nothing was asked, so nothing is shown"
            kept[place] = json.dumps(evaluation.document(), ensure_ascii=False)
        sent = json.dumps([each.body for each in server.requests], ensure_ascii=False)
        model.close()
    return kept | {"sent": sent}


def test_forty_kinds_and_more_are_planted() -> None:
    assert len(PLANTED) >= 40


@pytest.mark.parametrize("kind", PLANTED)
def test_no_stored_or_sent_prompt_holds_what_was_planted(
    kind: str, prompts: dict[str, str]
) -> None:
    _, secret = PLANTED[kind]
    assert [place for place, text in prompts.items() if secret in text] == []


def test_metadata_of_a_notebook_reaches_no_prompt() -> None:
    asked = question()
    author = json.loads(asked.source)
    author["metadata"] = {"authors": [{"name": "Zoltan Quimby"}], "path": "/home/zquimby"}
    author["cells"][0]["metadata"]["owner"] = "Zoltan Quimby"
    author["cells"][0]["source"] = "SELECT 1"
    submitted = read_submission(json.dumps(author).encode())
    cells = graded_cells(rebuild(read_author(asked.source), submitted), read_author(asked.source))
    assert "SELECT 1" in json.dumps(cells)
    assert "imby" not in json.dumps(cells)
