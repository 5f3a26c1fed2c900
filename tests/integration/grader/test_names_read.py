"""A test sees what a name means now, also where a call has just given it another meaning."""

from pathlib import Path

import pytest
from viva_grader.bootstrap import GraderSettings, build_grader

from tests.fakes.nbgrader_course import autograded, course, solution

pytestmark = pytest.mark.sandbox

ANSWER = """
n = 1
def f():
    return 1
def g(x):
    return x
def rebind():
    global n, f
    n += 1
    f = lambda: n
def spoil():
    global f
    def f(): return 99
    raise ValueError
def later(told):
    global f
    def f(): return 'while called'
    told()
    def f(): return 'after'
def mark():
    f.calls = getattr(f, 'calls', 0) + 1
def give_back():
    global f, kept
    kept = f
    def f(): return 0
    f = kept
def forget():
    global g
    del g
"""
TESTS = (
    "assert f() == 1 and n == 1\nrebind()\nassert f() == 2 and n == 2\nrebind()\nassert n == 3",
    "before = f\ntry:\n    spoil()\nexcept ValueError:\n    pass\nassert f() == 99",
    "f()\nseen = []\nlater(lambda: seen.append(f()))\nassert seen == ['while called'] and f() == 'after'",
    "f()\nmark()\nassert f.calls == 1\nmark()\nassert f.calls == 2",
    "first = f\nf()\ngive_back()\nassert f is first",
    "assert g(2) == 2\nforget()\ntry:\n    g\nexcept NameError:\n    pass\nelse:\n    raise AssertionError",
)


def test_names_mean_what_the_last_call_made_of_them(tmp_path: Path) -> None:
    parts = [autograded(f"t{number}", test) for number, test in enumerate(TESTS)]
    asked = course(solution("all", ANSWER), *parts)
    with build_grader(GraderSettings(home=tmp_path)) as grader:
        grade = grader.grade(asked.submission({"all": ANSWER}), asked.question, measured=False)
    assert [(item.part, item.points, item.message) for item in grade.items] == [
        (f"t{number}", 1.0, "All assertions hold") for number in range(len(TESTS))
    ]
