import json
import shutil
from pathlib import Path

import pytest
from viva_grader.domain.errors import BadQuestionError
from viva_grader.domain.grade import Status
from viva_grader.library.shelf import Shelf
from viva_grader.library.solutions import (
    answered,
    author_cells,
    compose,
    load_solutions,
    problems,
)

ROOT = Path(__file__).parents[4]
QUESTION = Shelf(ROOT).question("top_customers")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = ROOT / "notebooks_templates" / "top_customers"
    return Path(shutil.copytree(source, tmp_path / "top_customers"))


def test_reference_is_the_authors_own_text_without_markers(folder: Path) -> None:
    by_name = {s.name: s for s in load_solutions(folder, QUESTION)}
    assert by_name["reference"].cells == author_cells(QUESTION)
    assert "SOLUTION" not in " ".join(by_name["reference"].cells.values())
    assert by_name["stub"].cells == {}
    assert by_name["slow"].parts["test_busiest_window_scale"].status is Status.TIMEOUT


def test_other_solutions_change_only_what_they_name(folder: Path) -> None:
    by_name = {s.name: s for s in load_solutions(folder, QUESTION)}
    reference, wrong = by_name["reference"].cells, by_name["wrong_ties"].cells
    assert {cell for cell in reference if reference[cell] != wrong[cell]} == {"top_customers"}


def test_answers_are_written_into_their_cells() -> None:
    composed = json.loads(compose(QUESTION.source, {"net_revenue": "print('mine')"}))
    changed = [c for c in composed["cells"] if c["source"] == "print('mine')"]
    assert [c["metadata"]["nbgrader"]["grade_id"] for c in changed] == ["net_revenue"]
    assert len(composed["cells"]) == len(json.loads(QUESTION.source)["cells"])


def test_solution_is_found_by_its_name() -> None:
    mine = json.loads(answered("top_customers", "wrong_ties", QUESTION.source))
    assert any(".head(n)" in "".join(cell["source"]) for cell in mine["cells"])
    with pytest.raises(BadQuestionError, match="no solution 'brilliant'"):
        answered("top_customers", "brilliant", QUESTION.source)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("[solutions.slow]", "[solutions.late]", "nothing is expected of slow.toml"),
        ('["timeout", 0]', '["tired", 0]', "'tired' is no verdict"),
        ('why = "Nothing was written"\n', "", "solutions.stub.why: Field required"),
    ],
)
def test_mistake_in_the_expectations_is_one_line(
    folder: Path, old: str, new: str, line: str
) -> None:
    expected = folder / "solutions" / "expected.toml"
    assert old in expected.read_text()
    expected.write_text(expected.read_text().replace(old, new))
    with pytest.raises(BadQuestionError, match=line):
        load_solutions(folder, QUESTION)


def test_solution_of_an_unknown_cell_is_refused(folder: Path) -> None:
    (folder / "solutions" / "slow.toml").write_text("[cells]\nnowhere = 'x'\n")
    with pytest.raises(BadQuestionError, match="'nowhere' is no solution cell"):
        load_solutions(folder, QUESTION)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("auto_score = 13", "auto_score = 12", "solution reference: its parts sum to 13.0"),
        ("[solutions.stub]", "[solutions.slow2]", "no stub is among the solutions"),
        ('test_nobody = ["pass", 2], test_busiest_window = ["pass", 2], test_busiest_window_scale'
         ' = ["timeout", 0]', 'test_busiest_window_scale = ["timeout", 0]',
         "solution slow: its parts are not the automatic parts"),
    ],
)  # fmt: skip
def test_impossible_expectations_are_said(folder: Path, old: str, new: str, line: str) -> None:
    expected = folder / "solutions" / "expected.toml"
    assert old in expected.read_text()
    expected.write_text(expected.read_text().replace(old, new))
    (folder / "solutions" / "slow2.toml").write_text("[cells]\n")
    if "slow2" not in new:
        (folder / "solutions" / "slow2.toml").unlink()
    assert line in problems(load_solutions(folder, QUESTION), QUESTION)


def test_expectations_of_every_question_are_possible() -> None:
    shelf = Shelf(ROOT)
    for slug in shelf.slugs():
        question = shelf.question(slug)
        assert problems(load_solutions(shelf.questions_folder / slug, question), question) == []
