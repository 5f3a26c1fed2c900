# ruff: noqa: E501 - a submission in one line reads best
"""A candidate's own notebook is run twice from top to bottom: what agrees counts, cell by cell."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from viva_grader.bootstrap import Grader
from viva_grader.domain.grade import Grade

from tests.fakes.nbgrader_course import Cell, autograded, course, given, solution

pytestmark = pytest.mark.sandbox
Run = Callable[..., tuple[float | None, dict[str, tuple[str, str]], Grade]]

TESTS = "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(2) == 2\nraise SystemExit('CANARY')\n### END HIDDEN TESTS"


def cell(source: str, *outputs: dict[str, Any]) -> Cell:
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "execution_count": 7,
        "outputs": list(outputs),
    }


@pytest.fixture
def run(grader: Grader) -> Run:
    """Grade a notebook with more cells; give the value, what is said of each cell, and the grade."""

    def grade(
        answer: str, *added: Cell, first: tuple[Cell, ...] = (), test: str = "assert f(1) == 1"
    ) -> tuple[float | None, dict[str, tuple[str, str]], Grade]:
        made = course(
            given("import math"), solution("s", "def f(x):\n    return x"), autograded("t", test)
        )
        document = json.loads(made.submission({"s": answer}))
        document["cells"] = [*first, *document["cells"], *added]
        grade = grader.grade(json.dumps(document).encode(), made.question)
        facts = [e.data for e in grade.evidence if e.kind == "reproduction"]
        cells = {c["cell"]: (c["status"], c["said"]) for c in facts[0]["cells"]} if facts else {}
        return grade.shares["reproducibility"]["measured"], cells, grade

    return grade


GOOD = "def f(x):\n    return x"


def test_a_notebook_that_agrees_is_worth_all(run: Run) -> None:
    value, cells, _ = run(
        GOOD, cell("print(f(2))\n[f(1), object]"), cell("import numpy as np\nnp.arange(3)")
    )
    assert value == 1.0
    assert {said[0] for said in cells.values()} == {"same"}
    assert list(cells) == ["s", "cell-4", "cell-5"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import time\nprint(time.time_ns())", "what it prints is another in the second run"),
        ("import random\nrandom.random()", "what it shows is another in the second run"),
        ("import numpy as np\nnp.random.rand(3)", "what it shows is another in the second run"),
        (
            "import numpy as np\nnp.random.default_rng().integers(10 ** 9)",
            "what it shows is another in the second run",
        ),
        ("import uuid\ntag = uuid.uuid4()", "tag has another value in the second run"),
        ("print(later)", "later is defined in no cell above it (line 1)"),
        ("x = 1\n1 / 0", "it raises ZeroDivisionError in line 2"),
        ("def g(:", "it raises SyntaxError in line 1"),
    ],
)
def test_a_cell_that_does_not_run_or_agree_is_named(run: Run, source: str, said: str) -> None:
    value, cells, grade = run(GOOD, cell(source), cell("later = 1"))
    assert value == pytest.approx(2 / 3)
    assert cells["cell-4"][1] == said
    assert f"cell-4: {said}" in grade.shares["reproducibility"]["said"]


def test_state_of_an_order_that_nobody_sees_is_missed(run: Run) -> None:
    value, cells, _ = run(GOOD, first=(cell("total = f(1) + start"),))
    assert (value, cells["cell-1"][0]) == (0.5, "error")


def test_addresses_and_seeded_randomness_agree(run: Run) -> None:
    source = "import random, numpy as np\nrandom.seed(1)\nnp.random.seed(1)\nclass A: pass\nprint(A(), random.random(), np.random.rand(), np.random.default_rng(3).random())\nA()"
    assert run(GOOD, cell(source))[0] == 1.0


def test_a_cell_that_ends_the_process_takes_the_rest_with_it(run: Run) -> None:
    value, cells, _ = run(GOOD, cell("import os\nos._exit(0)"), cell("1"))
    assert value == pytest.approx(1 / 3)
    assert [said[1] for said in cells.values()][1:] == [
        "it ends its process",
        "a cell above it ended the process",
    ]


def test_hidden_tests_never_run_among_the_candidates_cells(run: Run) -> None:
    spy = "import linecache\nprint([k for k in sorted(linecache.cache) for w in ('YRANAC', 'ELBISIV') if w[::-1] in repr(linecache.cache[k])])"
    test = TESTS.replace("raise SystemExit('CANARY')", "assert 'CANARY'")
    value, cells, grade = run(GOOD, cell(spy), test=f"assert 'VISIBLE'\n{test}")
    assert (value, cells["cell-4"][0]) == (1.0, "same")
    assert grade.aside["outputs"]["cell-4"].strip() == "['<t>']"  # the part that a release shows


def test_a_failing_visible_test_is_no_matter_of_reproducibility(run: Run) -> None:
    assert run("def f(x):\n    return 7")[0] == 1.0


def test_submitted_outputs_stand_beside_and_decide_nothing(run: Run) -> None:
    lie = {"output_type": "stream", "name": "stdout", "text": ["a million\n"]}
    value, _, grade = run(GOOD, cell("print(f(3))", lie))
    facts = next(e.data for e in grade.evidence if e.kind == "reproduction")
    assert value == 1.0
    assert facts["cells"][1]["submitted"] == "a million"
    assert grade.aside["outputs"]["cell-4"].strip() == "3"


def test_cells_that_wait_for_a_query_are_left_out(run: Run) -> None:
    value, cells, _ = run(
        GOOD, cell("%%sql rows <<\nSELECT 1"), cell("n = len(rows)"), cell("n + 1"), cell("2")
    )
    assert (value, list(cells)) == (1.0, ["s", "cell-7"])


def test_a_document_does_not_hold_what_differs(run: Run) -> None:
    source = "import time\nprint(time.time_ns())\ntime.time_ns()"
    grades = [run(GOOD, cell(source))[2] for _ in range(2)]
    assert grades[0].shares == grades[1].shares
    assert [e.data for e in grades[0].evidence] == [e.data for e in grades[1].evidence]


def test_nothing_is_run_again_where_only_tests_are_asked(grader: Grader) -> None:
    made = course(solution("s", GOOD), autograded("t", "assert f(1) == 1"))
    grade = grader.grade(made.submission(), made.question, measured=False)
    assert grade.shares["reproducibility"]["value"] is None
