"""The calls of a question are read when it is loaded: what is wrong in them is one line then."""

import json
from pathlib import Path

import pytest
from viva_grader.domain.errors import BadQuestionError
from viva_grader.domain.question import Question
from viva_grader.library.questions import load_question

from tests.fakes.nbgrader_course import autograded, notebook, solution

HEAD = """
title = "Distinct"
kind = "python"
level = "junior"
skills = ["Python"]
minutes = 10
brief = "Write distinct()."
"""


def documented() -> str:
    """Give the settings that the how-to shows: cases, and work to count."""
    how_to = Path(__file__).parents[4] / "docs/howto/write-a-question.md"
    blocks = how_to.read_text().split("```toml\n")[1:]
    shown = [block.split("```")[0].replace("\n   ", "\n") for block in blocks]
    wanted = ("[[parts.cases]]", "[parts.effort]")
    return HEAD + "".join(each for each in shown if any(name in each for name in wanted))


def load(folder: Path, settings: str) -> Question:
    folder = folder / "made"
    folder.mkdir()
    cells = [
        solution("distinct", "def distinct(xs):\n    return xs"),
        autograded("test_distinct", "assert True", 3),
    ]
    (folder / "notebook.ipynb").write_bytes(notebook(*cells))
    (folder / "question.toml").write_text(settings)
    return load_question(folder)


def test_the_settings_of_the_how_to_are_a_question(tmp_path: Path) -> None:
    part = load(tmp_path, documented()).parts[0]
    assert [(case.name, case.weight, case.memory_mib) for case in part.cases] == [
        ("empty", 1.0, None),
        ("not a number", 2.0, None),
        ("large", 1.0, 256),
    ]
    assert part.cases[2].expected is None
    assert part.effort is not None
    assert part.effort.sizes == (200, 400, 800)
    json.dumps(part.effort.setup)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"distinct([])"', '"distinct(x)"', "case empty: 'x' is no literal"),
        ('"distinct([])"', '"[]"', "case empty: '[]' is no call of a name"),
        ('expected = "[]"', 'expected = "x[0]"', "case empty: 'x[0]' is no literal"),
        ('name = "large"', 'name = "empty"', "two cases are named 'empty'"),
        ("[200, 400, 800]", "[400, 200, 800]", "[parts.effort] sizes must grow"),
        ("[200, 400, 800]", "[200, 400]", "parts.0.effort.sizes"),
        ("numbers(n))", "numbers(3))", "says nothing of n, the size"),
        ("def numbers(n):", "def numbers(n:", "[parts.effort]: '(' was never closed"),
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_is_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    settings = documented()
    assert old in settings
    with pytest.raises(BadQuestionError) as caught:
        load(tmp_path, settings.replace(old, new, 1))
    assert said in caught.value.message
    assert "\n" not in caught.value.message
