"""IPython's own syntax leaves a cell, line for line, on both sides alike."""

import pytest
import viva_runner.magics
from viva_grader.library import notebook_magics


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("x = 1", "x = 1"),
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if x:\n    !ls\n", "if x:\n    pass\n"),
        ("y = !pwd", "y = None"),
        ("%time y = 2", "y = 2"),
        ("%%time\ny = 2", "\ny = 2"),
        ("len?", "pass"),
        ("x = (5\n% 3)", "x = (5\n% 3)"),
        ("def f(:", "def f(:"),
    ],
)
def test_magics_become_python(source: str, plain: str) -> None:
    assert viva_runner.magics.plain_python(source) == plain
    assert notebook_magics.plain_python(source) == plain


@pytest.mark.parametrize("head", ["%%sql", "%%bash", "%%html", "# note\n%%sql"])
def test_cells_of_another_language_leave_nothing(head: str) -> None:
    assert not viva_runner.magics.plain_python(f"{head}\nSELECT 1").strip()
    assert not notebook_magics.plain_python(f"{head}\nSELECT 1").strip()
