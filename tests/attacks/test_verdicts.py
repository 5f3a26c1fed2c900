"""What an attack costs: the part it was made in, never the points of the others."""

import json
import time

import pytest
from viva_grader.bootstrap import Grader
from viva_grader.library.notebook import read_author, read_submission
from viva_grader.library.notebook_own import own_notebook

from tests.attacks.corpus import CORPUS
from tests.attacks.victim import LIMITS, World
from tests.fakes.nbgrader_course import autograded, course, given, solution

pytestmark = pytest.mark.sandbox


def _verdicts(grader: Grader, world: World, square: str) -> dict[str, tuple[str, float | None]]:
    victim = world.victim()
    items = grader.grade(victim.submission({"square": square}), victim.question).items
    return {i.part: (i.status.value, i.points) for i in items if i.kind != "written"}


def test_a_crash_keeps_the_points_already_earned(grader: Grader, world: World) -> None:
    bomb = "import os\ndef square(x):\n    if not isinstance(x, int): os._exit(1)\n    return x * x"
    assert _verdicts(grader, world, bomb) == {
        "value": ("pass", 1), "kinds": ("pass", 1), "variable": ("pass", 1),
        "arrays": ("candidate_error", 0), "found": ("pass", 0),
    }  # fmt: skip


def test_a_part_that_hangs_does_not_cost_the_later_ones(grader: Grader, world: World) -> None:
    slow = "def square(x):\n    while type(x) is int and x == -3: pass\n    return x * x"
    assert _verdicts(grader, world, slow) == {
        "value": ("timeout", 0), "kinds": ("pass", 1), "variable": ("pass", 1),
        "arrays": ("pass", 1), "found": ("pass", 0),
    }  # fmt: skip


def test_a_sandbox_cannot_be_said_to_be_broken(grader: Grader, world: World) -> None:
    attack = CORPUS["forging/frame_of_a_broken_sandbox"]
    items = grader.grade(world.submission(attack), world.question()).items
    said = {i.part: (i.status.value, i.points) for i in items}
    assert said["value"] == ("candidate_error", 0)


def test_a_copied_cell_is_named_in_the_evidence(grader: Grader, world: World) -> None:
    victim = world.victim()
    document = json.loads(victim.submission({"square": "def square(x):\n    return 5"}))
    honest = [dict(cell) for cell in json.loads(victim.submission())["cells"]]
    document["cells"] = document["cells"][::-1] + honest * 3
    grade = grader.grade(json.dumps(document).encode(), victim.question)
    points = {i.part: i.points for i in grade.items}
    assert (points["value"], points["arrays"]) == (0, 0)
    assert any(fact.kind == "copied_cell" for fact in grade.evidence)


def test_deleted_tests_are_run_all_the_same(grader: Grader, world: World) -> None:
    victim = world.victim()
    document = json.loads(victim.submission({"square": "def square(x):\n    return 5"}))
    document["cells"] = [c for c in document["cells"] if "points" not in c["metadata"].get("nbgrader", {})]  # fmt: skip
    grade = grader.grade(json.dumps(document).encode(), victim.question)
    # its total is computed from a wrong square
    assert {i.part: i.points for i in grade.items if i.points} == {"kinds": 1}


SQUARES = "def f(x):\n    return x * x"
NINE = "assert f(3) == 9"
WRITES = "def f():\n    with open('out.txt', 'w') as h:\n        h.write('x')"
REFUSED = "import sys\nError = sys.modules['viva_runner.plain_values'].RefusedError\n"
# The author's answer, test and perhaps a given cell; and a wrong answer.
WITHOUT_A_VERDICT = {
    "an error of the runner's": ((SQUARES, NINE), REFUSED + "def f(x): raise Error('x')"),
    "an error of the runner's in its cell": ((SQUARES, NINE), REFUSED + "raise Error('x')"),
    "a file of ours": ((SQUARES, NINE), "def f(x): raise FileNotFoundError(2, 'no', '/etc/passwd')"),
    "a file that is ours alone": ((SQUARES, NINE), "def f(x): return open('/proc/self/cgroup').read()"),
    "a file that it was to write": ((WRITES, "f()\nassert open('out.txt').read() == 'x'"), "def f(): pass"),
    "a file that it was told to write": (
        (WRITES.replace("f()", "f(p)").replace("'out.txt'", "p"), "f('o.txt')\nassert open('o.txt').read() == 'x'"),
        "def f(p): pass",
    ),
    "a zone without an offset": (
        (SQUARES, NINE),
        "import datetime\nclass Z(datetime.tzinfo):\n    def utcoffset(self, d): return None\ndef f(x): return datetime.datetime(2020, 1, 1, tzinfo=Z())",
    ),
    "a query where the question has none": ((SQUARES, NINE), "%%sql f <<\nselect 1"),
    "an object of a library's beside a number": (
        (SQUARES, NINE),
        "import pandas as pd\ndef f(x): return pd.offsets.CustomBusinessDay(holidays=['2020-01-01'])",
    ),
    "an array of the test's in another size": (
        ("def f(a): return a.sum()", "import numpy as np\nassert f(np.array([4, 5])) == 9"),
        "def f(a):\n    a.resize(3, refcheck=False)\n    return 1",
    ),
    "no answer beside a package that is missing": ((SQUARES, NINE, "import no_such_package_at_all"), "pass"),
    "no Python beside a package that is missing": ((SQUARES, NINE, "import no_such_package_at_all"), "def f(:"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_A_VERDICT)
def test_a_wrong_answer_cannot_choose_to_have_no_verdict(grader: Grader, name: str) -> None:
    (honest, test, *shown), wrong = WITHOUT_A_VERDICT[name]
    cells = [given(source) for source in shown]
    victim = course(*cells, solution("s", honest), autograded("t", test), limits=LIMITS)
    points = [
        grader.grade(victim.submission({"s": source}), victim.question, measured=False).items[0].points
        for source in (honest, wrong)
    ]  # fmt: skip
    assert points == [1, 0]


KEPT = "import pandas as pd\ndef f(d, k):\n    return d[d['k'] == k]"
ROWS = "import pandas as pd\nd = pd.DataFrame({'k': ['a', 'a', 'b'], 'v': [1.0, None, 3.0]})\n"
STACK = "class Stack:\n    def __init__(self): self.held = []\n    def push(self, x): self.held.append(x)\n    def count(self, x): return self.held.count(x)"
# The author's answer, an honest one of another kind, and the test.
EMPTY_AS_THE_AUTHORS = {
    "a group without rows": (
        KEPT, KEPT.replace("d[d['k'] == k]", "d.query('k == @k')"),
        ROWS + "for k in ('a', 'b', 'zzz'):\n    got = f(d, k)\n    assert (got['k'] == k).all() and all(k == n for n in got['k'])",
    ),
    "missing values": (
        KEPT, KEPT.replace("d[d['k'] == k]", "d.loc[d.k.eq(k)].copy()"),
        ROWS + "got = f(d, 'a')['v']\nassert not (got - d['v'][:2]).abs().max() > 0 and got.isna().sum() == 1",
    ),
    "an empty case": (
        "def f(x): return sorted(x)", "def f(x):\n    x = list(x)\n    x.sort()\n    return x",
        "for case in ([2, 1], []):\n    assert all(a <= b for a, b in zip(f(case), f(case)[1:]))\nassert f([]) == []",
    ),
    "an argument sorted in place": (
        "def f(x): x.sort()", "def f(x): x[:] = [x.pop(x.index(min(x))) for _ in list(x)]",
        "x = [3, 1, 2]\nf(x)\nassert x == [1, 2, 3] and x == sorted(x)",
    ),
    "an argument that gets a column": (
        "def f(d): return d['a'].sum()", "def f(d):\n    d['b'] = d['a'] * 2\n    return d['b'].sum() / 2",
        "import pandas as pd\nd = pd.DataFrame({'a': [1, 2]})\nassert f(d) == d['a'].sum()",
    ),
    "numbers drawn without a seed": (
        "def f(a): a.sort()", "def f(a): a[:] = sorted(a)",
        "import numpy as np\na = np.random.default_rng().random(5)\nwant = np.sort(a)\nf(a)\nassert (a == want).all()",
    ),
    "an object of a class that was asked for": (
        STACK, STACK.replace("self.held.count(x)", "sum(y == x for y in self.held)"),
        "s = Stack()\ns.push(3)\nassert s.count(3) == 1 and s.held == [3] and s.held.count(3) == 1",
    ),
    "an object of a class with another name": (
        STACK + "\ndef make(): return Stack()", STACK.replace("Stack", "Pile") + "\ndef make(): return Pile()",
        "s = make()\ns.push(3)\nassert s.count(3) == 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EMPTY_AS_THE_AUTHORS)
def test_an_honest_answer_keeps_what_a_test_passes_over_nothing(grader: Grader, name: str) -> None:
    authors, honest, test = EMPTY_AS_THE_AUTHORS[name]
    victim = course(solution("s", authors), autograded("t", test), limits=LIMITS)
    for source in (authors, honest):
        grade = grader.grade(victim.submission({"s": source}), victim.question, measured=False)
        assert [(i.status.value, i.points) for i in grade.items] == [("pass", 1)], grade.items


def test_a_test_of_which_the_author_fails_says_nothing_of_an_answer(grader: Grader) -> None:
    test = "for a in f(2):\n    assert a == 0"
    victim = course(solution("s", "def f(x): return [x]"), autograded("t", test), limits=LIMITS)
    for source, points in (("def f(x): return [x]", 0), ("def f(x): return []", 1)):
        grade = grader.grade(victim.submission({"s": source}), victim.question, measured=False)
        assert [item.points for item in grade.items] == [points]


def test_a_name_of_an_earlier_test_is_the_authors(grader: Grader) -> None:
    tests = (autograded("t", f"{NINE}\nlimit = 10"), autograded("u", "assert f(2) < limit"))
    victim = course(solution("s", SQUARES), *tests, limits=LIMITS)
    for source, points in ((SQUARES, [1, 1]), ("limit = 99\ndef f(x):\n    return 5", [0, 0])):
        grade = grader.grade(victim.submission({"s": source}), victim.question, measured=False)
        assert [item.points for item in grade.items] == points


@pytest.mark.parametrize(
    "source",
    ["#\r\n" * 60 + "x = 1", "%sql a" + " " * 900_000 + "b", "x = 1\n" * 150_000 + "%ls\n" * 190],
)
def test_a_cell_that_is_slow_to_read_holds_up_nobody(source: str) -> None:
    victim = course(solution("s", SQUARES), autograded("t", NINE), limits=LIMITS)
    author, raw = read_author(victim.question.source), victim.submission({"s": source})
    began_s = time.process_time()
    assert [step.cell for step in own_notebook(author, read_submission(raw))] == ["s", "t"]
    assert time.process_time() - began_s < 2
