"""An anchor names nobody, and is read as the submission was."""

import json
from dataclasses import replace

from viva_grader.domain.grade import canonical
from viva_grader.rubric.anchor import Anchor, anchor_document
from viva_grader.rubric.evaluate import unscored
from viva_grader.rubric.shown import shown

from tests.fakes.sample_grades import rubric, sql_grade

NAME = "Ottilie Vanterpool"
SOURCE = f"%%sql\n-- {NAME}, ottilie@vanterpool.example\nSELECT 1\nFROM orders"


def test_anchor_holds_nothing_of_the_person_and_shows_a_model_the_same() -> None:
    plain = sql_grade(SOURCE, f"Written by {NAME}.")
    first, *others = plain.evidence
    grade = replace(
        plain,
        items=tuple(replace(each, message=f"{NAME} raised") for each in plain.items),
        evidence=(replace(first, data=first.data | {NAME: [f"by {NAME}"]}), *others),
        penalties=({"points": 1.0, "why": f"{NAME} uses eval", "evidence": []},),
    )
    levels = {"efficiency": 3}
    document = anchor_document(grade, unscored(rubric(), "none"), levels, [NAME])
    text = canonical(document).decode()
    assert not [word for word in ("ttilie", "anterpool") if word in text]
    anchor = Anchor.model_validate_json(text)
    assert anchor.levels == levels
    assert shown(anchor.graded()) == shown(grade, [NAME])
    assert anchor.evaluated() == unscored(rubric(), "none")
    assert json.loads(text)["schema"] == "viva.anchor/1"
