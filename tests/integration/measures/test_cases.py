# ruff: noqa: E501 - a submission in one line reads best
"""Cases: each call is judged by what it gives; one that breaks the process costs only itself."""

from collections.abc import Callable
from typing import Any

import pytest
from viva_grader.bootstrap import Grader
from viva_grader.domain.grade import Item, Status
from viva_grader.domain.question import Case, Limits

from tests.integration.measures.judged_course import by_cases

pytestmark = pytest.mark.sandbox
Judge = Callable[..., tuple[Item, list[dict[str, Any]]]]

SORT = "def f(xs):\n    return sorted(xs)"


@pytest.fixture
def judge(grader: Grader) -> Judge:
    """Grade one answer, and give its item and what is said of each case."""

    def run(
        answer: str, *cases: Case, author: str = "", **more: Any
    ) -> tuple[Item, list[dict[str, Any]]]:
        made, question = by_cases(author or answer, *cases, **more)
        grade = grader.grade(made.submission({"s": answer}), question)
        facts = [e.data for e in grade.evidence if e.kind == "test"]
        return grade.items[0], facts[0].get("cases", [])

    return run


def statuses(cases: list[dict[str, Any]]) -> list[str]:
    return [case["status"] for case in cases]


def test_points_are_shared_by_the_weight_of_what_passes(judge: Judge) -> None:
    cases = (
        Case("empty", "f([])", "[]"),
        Case("two", "f([2, 1])", "[1, 2]", weight=2.0),
        Case("same", "f([1, 1])", "[1, 1]", weight=3.0),
    )
    item, _ = judge(SORT, *cases, points=4)
    assert (item.status, item.points) == (Status.PASS, 4.0)
    item, found = judge("def f(xs):\n    return sorted(set(xs))", *cases, points=4)
    assert (item.status, item.points) == (Status.FAIL, 2.0)
    assert statuses(found) == ["pass", "pass", "fail"]
    assert found[2]["said"] == "1 values where 2 are expected"


def test_the_authors_own_answer_counts_where_nothing_is_expected(judge: Judge) -> None:
    cases = (Case("values", "f([3, 1, 2])"), Case("error", "f(None)"))
    assert judge(SORT, *cases)[0].status is Status.PASS
    item, found = judge("def f(xs):\n    return list(xs or [])", *cases, author=SORT)
    assert (item.status, statuses(found)) == (Status.FAIL, ["fail", "fail"])
    assert found[1]["expected"] == "raises TypeError"


def test_the_expected_value_never_enters_the_sandbox(judge: Judge) -> None:
    answer = (
        "import gc, sys\n"
        "def f(x):\n"
        "    seen = [o for o in gc.get_objects() if isinstance(o, (list, tuple, dict))]\n"
        "    text = repr(seen) + repr([sys._getframe(n).f_locals for n in range(3)])\n"
        "    wanted = 'EULAVYRANAC'[::-1]\n"
        "    return wanted if wanted in text else ''"
    )
    assert judge(answer, Case("secret", "f(1)", "'CANARYVALUE'"))[0].points == 0.0
    told = Case("told", "f('CANARYVALUE')", "'CANARYVALUE'")
    assert judge(answer, told)[0].points == 1.0  # what is there is found


def test_all_errors_are_a_candidate_error_and_all_timeouts_a_timeout(judge: Judge) -> None:
    cases = (Case("one", "f(1)", "1"), Case("two", "f(2)", "2"))
    item, found = judge("def f(x):\n    raise ValueError('no')", *cases)
    assert (item.status, item.points) == (Status.CANDIDATE_ERROR, 0.0)
    assert found[0]["said"] == "it raised ValueError: no"
    assert [(c.cell, c.start) for c in item.citations] == [("s", 2)]
    limits = Limits(call_s=0.3)
    assert (
        judge("def f(x):\n    while True: pass", *cases, limits=limits)[0].status is Status.TIMEOUT
    )
    assert judge("g = 1", *cases, author="def f(x): pass")[0].status is Status.CANDIDATE_ERROR


def test_a_case_that_ends_the_process_costs_only_itself(judge: Judge) -> None:
    answer = "import os\ndef f(x):\n    if x == 2:\n        os._exit(0)\n    while x == 3: pass\n    return x"
    cases = tuple(Case(str(n), f"f({n})", str(n)) for n in (1, 2, 3, 4))
    item, found = judge(
        answer, *cases, limits=Limits(call_s=0.5), author="def f(x): return x", points=4
    )
    assert statuses(found) == ["pass", "candidate_error", "timeout", "pass"]
    assert item.points == 2.0


def test_limits_of_its_own_hold_for_one_case_in_a_process_of_its_own(judge: Judge) -> None:
    answer = (
        "seen = []\ndef f(n):\n    seen.append(n)\n    return len(bytes(n << 20)) and len(seen)"
    )
    cases = (
        Case("small", "f(1)", "1"),
        Case("large", "f(200)", "1", memory_mib=128),
        Case("wide", "f(200)", "1", memory_mib=512),
        Case("again", "f(1)", "2"),
    )
    _, found = judge(answer, *cases)
    assert statuses(found) == ["pass", "candidate_error", "pass", "pass"]


def test_changed_arguments_do_not_reach_the_next_case(judge: Judge) -> None:
    answer = "def f(xs):\n    xs.append(9)\n    return len(xs)"
    cases = tuple(Case(str(n), "f([1, 2])", "3") for n in range(3))
    assert judge(answer, *cases)[0].status is Status.PASS


@pytest.mark.parametrize(
    "answer",
    [
        "class E(int):\n    def __eq__(self, o): return True\n    __hash__ = int.__hash__\ndef f(x):\n    return E(7)",
        "class E:\n    def __eq__(self, o): return True\ndef f(x):\n    return E()",
        "class E(list):\n    def __eq__(self, o): return True\ndef f(x):\n    return E()",
        "class M(type):\n    def __eq__(self, o): return True\n    __hash__ = type.__hash__\nclass E(metaclass=M): pass\ndef f(x):\n    return E",
        "def f(x):\n    return f",
        "def f(x):\n    yield 3",
        "def f(x):\n    return True",
        "def f(x):\n    return '3'",
        "from unittest.mock import ANY\ndef f(x):\n    return ANY",
    ],
)  # fmt: skip
def test_only_the_value_itself_passes(judge: Judge, answer: str) -> None:
    case = Case("three", "f(1)", "1" if "True" in answer.splitlines()[-1] else "3")
    item, _ = judge(answer, case, author="def f(x): return 3")
    assert item.points == 0.0


def test_values_of_every_kind_are_compared_by_the_authors(judge: Judge) -> None:
    author = (
        "import numpy as np, pandas as pd\n"
        "def f(k):\n"
        "    return {'a': np.array([1.0, np.nan]), 'd': pd.DataFrame({'x': [1, 2]}),\n"
        "            's': pd.Series([1.5]), 't': (1, {2}, b'x')}[k]"
    )
    cases = tuple(Case(k, f"f({k!r})", tolerance=0.01) for k in "adst")
    assert judge(author, *cases)[0].status is Status.PASS
    near = author.replace("1.0", "1.001").replace("[1.5]", "[1.501]")
    assert judge(near, *cases, author=author)[0].status is Status.PASS
    far = author.replace("1.0", "1.1").replace("[1, 2]", "[1, 3]").replace("(1,", "(True,")
    assert statuses(judge(far, *cases, author=author)[1]) == ["fail", "fail", "pass", "fail"]


def test_a_question_whose_own_solution_stops_is_no_ones_fault(judge: Judge) -> None:
    item, _ = judge("def f(x): return x", Case("one", "f(1)"), author="1 / 0")
    assert (item.status, item.points) == (Status.UNSUPPORTED, None)
