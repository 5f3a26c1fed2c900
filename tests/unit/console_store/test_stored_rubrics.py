"""Decides that a rubric that was stored before its checks had ids is still read."""

from pathlib import Path

from viva_console.store.documents import rubric_document, rubric_from
from viva_grader.library.rubrics import load_rubric

ROOT = Path(__file__).parents[3] / "rubrics"


def test_stored_rubric_comes_back_the_same() -> None:
    rubric = load_rubric(ROOT, "senior_ds/3")
    assert rubric_from(rubric_document(rubric)) == rubric


def test_rubric_whose_checks_were_lines_comes_back_as_it_is_loaded_today() -> None:
    rubric = load_rubric(ROOT, "senior_ds/2")
    stored = rubric_document(rubric)
    for name in ("role", "level", "expects"):
        del stored[name]
    for dimension in stored["dimensions"]:
        dimension["checklist"] = [each["text"] for each in dimension["checklist"]]
        del dimension["twin"]
    assert rubric_from(stored) == rubric
