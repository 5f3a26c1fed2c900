"""Honest submissions get from Viva what ``nbgrader autograde`` gives them, cell by cell."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbgrader
import pytest
from viva_grader.bootstrap import Grader
from viva_grader.domain.question import Limits, Question
from viva_grader.library.notebook import read_author
from viva_grader.library.notebook_files import assignment_files
from viva_grader.library.notebook_parts import parts_of

from tests.fakes.nbgrader_course import Course, autograded, course, given, solution, written
from tests.integration.grader.test_honest_courses import EXCEPTIONS, FUNCTIONS
from tests.integration.grader.test_honest_styles import STYLES

pytestmark = pytest.mark.sandbox
GUIDE = Path(nbgrader.__file__).parent / "docs/source/user_guide"

PANDAS = course(
    given("import numpy as np\nimport pandas as pd\nframe = pd.DataFrame({'k': list('aab'), 'v': [1, 2, 3]})"),
    solution("total", "def total(f):\n    ### BEGIN SOLUTION\n    return f.groupby('k').v.sum()\n    ### END SOLUTION"),
    autograded("index", "assert list(total(frame).index) == ['a', 'b']"),
    autograded("sums", "assert total(frame).tolist() == [3, 3]", 2),
    autograded("partial", "sum(total(frame).tolist()) / 6 + 0.5", 2),
    written("words", "Explain.", 3),
)  # fmt: skip
# One cell per style. A class of the test's own process needs no package that students lack.
STYLED = course(
    given("%matplotlib inline\nimport pytest\nimport matplotlib.pyplot as plt"),
    *(
        cell
        for name in sorted(
            STYLES.keys() - {"unittest_main"}
        )  # it writes to stderr, which costs all
        for cell in (solution(name, STYLES[name][0]), autograded(f"t_{name}", STYLES[name][1]))
    ),
)
_OTHER = {
    "made_from_named_tuple": "P = tuple", "made_from_list": "class Stack:\n    pass",
    "made_from_dict_and_float": "class D(dict):\n    top = 1", "keywords_of_any_name": "",
    "decorators": "import functools\ndef deco(f):\n    return f\nTimed = same = deco",
    "closures": "def counter(n):\n    return lambda: n", "open_files": "def rows(f): return f.read()",
    "words_of_exceptions": "class Err(Exception):\n    pass\ndef boom(): raise Err('d')",
    "equal_to_nothing_else": "class N:\n    def __eq__(self, o): return self.x == o.x\nA = N",
    "temporary_folders": "def save(p, t): print(t)", "figures": "def draw(x, y):\n    plt.show()",
    "figures_that_a_test_draws": "def Last(xs): return xs", "objects_of_libraries": "def fit(): 1 / 0",
}  # fmt: skip
OURS: dict[str, tuple[Course, dict[str, str]]] = {
    "functions": (FUNCTIONS, {"area": "def area(r, *, scale=1):\n    return 3 * r"}),
    "exceptions": (EXCEPTIONS, {"account": "class Overdrawn(Exception):\n    pass\ndef pay(balance, price):\n    return balance - price"}),
    "styles": (STYLED, _OTHER),
    "pandas": (PANDAS, {"total": "def total(f):\n    return f.groupby('k').v.mean()"}),
}  # fmt: skip


def make_course(folder: Path) -> None:
    """nbgrader's own sample course, and notebooks of ours; two students."""
    shutil.copytree(GUIDE / "source/ps1", folder / "source/ps1")
    shutil.copytree(GUIDE / "submitted", folder / "submitted")
    for name, (ours, wrong) in OURS.items():
        (folder / f"source/ps1/{name}.ipynb").write_bytes(ours.question.source)
        for student, answers in (("hacker", None), ("bitdiddle", wrong)):
            path = folder / f"submitted/{student}/ps1/{name}.ipynb"
            path.write_bytes(ours.submission(answers))


def question_of(source: Path) -> Question:
    author = read_author(source.read_bytes())
    return Question(
        slug=source.stem, title="", kind="python", level="", skills=(), minutes=60, brief="",
        parts=parts_of(author), source=source.read_bytes(), sha256="0" * 64,
        files=assignment_files(source, author), limits=Limits(),
    )  # fmt: skip


def test_every_cell_gets_the_points_that_autograde_gives(grader: Grader, tmp_path: Path) -> None:
    make_course(tmp_path)
    command = [sys.executable, "-m", "tests.fakes.nbgrader_scores", str(tmp_path)]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    theirs = json.loads(done.stdout.splitlines()[-1])
    ours: dict[str, dict[str, dict[str, float | None]]] = {}
    for student in theirs:
        for source in sorted((tmp_path / "source/ps1").glob("*.ipynb")):
            question = question_of(source)
            submitted = (tmp_path / f"submitted/{student}/ps1/{source.name}").read_bytes()
            items = grader.grade(submitted, question).items
            marks = {i.part: i.points for i in items if i.kind == "tests"}
            ours.setdefault(student, {})[source.stem] = marks
    compared = sum(len(cells) for notebooks in ours.values() for cells in notebooks.values())
    assert compared > 40
    for student, notebooks in ours.items():
        for name, cells in notebooks.items():
            expected = {c: p for c, p in theirs[student][name].items() if c in cells}
            assert cells == expected, (student, name)
