"""What a solution cell changes in the author's own data is the candidate's from then on."""

import pytest
from viva_grader.bootstrap import Grader

from tests.fakes.nbgrader_course import Course, autograded, course, given, solution

pytestmark = pytest.mark.sandbox

COURSE = course(
    given("import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})\nfound = {'x': [1]}\nkept = [1]"),
    solution("column", "df['b'] = df['a'] * 2"),
    autograded("column_value", "assert df['b'].tolist() == [2, 4]\nassert list(df.columns) == ['a', 'b']"),
    solution("note", "def note(key):\n    found[key] = []\nfound['x'].append(2)"),
    autograded("note_value", "note('y')\nassert found == {'x': [1, 2], 'y': []}"),
    autograded("kept_value", "assert kept == [1]"),
)  # fmt: skip


def _points(grader: Grader, asked: Course, answers: dict[str, str]) -> dict[str, float | None]:
    grade = grader.grade(asked.submission(answers), asked.question)
    return {item.part: item.points for item in grade.items}


def test_the_authors_own_changes_are_seen(grader: Grader) -> None:
    assert set(_points(grader, COURSE, {}).values()) == {1.0}


def test_an_answer_that_changes_nothing_fails(grader: Grader) -> None:
    points = _points(grader, COURSE, {"column": "pass", "note": "def note(key):\n    pass"})
    assert points == {"column_value": 0.0, "note_value": 0.0, "kept_value": 1.0}


def test_what_only_the_candidate_changes_stays_the_authors(grader: Grader) -> None:
    points = _points(grader, COURSE, {"column": "df['b'] = df['a'] * 2\nkept.append(5)\nkept = []"})
    assert points == {"column_value": 1.0, "note_value": 1.0, "kept_value": 1.0}
