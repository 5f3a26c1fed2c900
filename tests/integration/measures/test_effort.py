# ruff: noqa: E501 - a submission in one line reads best
"""Work is counted beside the author's own: the same on every run, whoever tries to hide it."""

from collections.abc import Callable
from typing import Any

import pytest
from viva_grader.bootstrap import Grader
from viva_grader.domain.question import EffortRule

from tests.integration.measures.judged_course import by_effort

pytestmark = pytest.mark.sandbox
Count = Callable[..., tuple[float | None, dict[str, Any]]]

LINEAR = """def f(xs):
    seen, found = set(), []
    for x in xs:
        if x not in seen:
            seen.add(x)
            found.append(x)
    return found"""
QUADRATIC = """def f(xs):
    found = []
    for x in xs:
        known = False
        for y in found:
            if x == y:
                known = True
        if not known:
            found.append(x)
    return found"""
RULE = EffortRule(
    "f(numbers(n))",
    "import random\ndef numbers(n):\n    return [random.randrange(n) for _ in range(n)]",
    (40, 80, 160, 320),
)
TEST = "assert f([1, 2, 1]) == [1, 2]"


@pytest.fixture
def count(grader: Grader) -> Count:
    """Grade one answer, and give the value of its performance and the evidence for it."""

    def run(
        answer: str, author: str = LINEAR, rule: EffortRule = RULE, test: str = TEST
    ) -> tuple[float | None, dict[str, Any]]:
        made, question = by_effort(author, rule, test)
        grade = grader.grade(made.submission({"s": answer}), question)
        assert grade.items[0].points == 1.0, grade.items[0]
        facts = [e.data for e in grade.evidence if e.kind == "effort"]
        share = grade.shares["performance"]
        return share["value"], (facts[0] if facts else {}) | {"said": share["said"]}

    return run


def test_the_authors_own_answer_is_worth_all(count: Count) -> None:
    value, facts = count(LINEAR)
    assert (value, facts["ratio"]) == (1.0, 1.0)
    assert facts["counts"] == facts["reference"]
    assert facts["growth"] == pytest.approx(1.0, abs=0.1)


def test_worse_growth_is_worth_little_and_too_much_work_nothing(count: Count) -> None:
    value, facts = count(QUADRATIC, rule=EffortRule(RULE.call, RULE.setup, (10, 20, 40)))
    assert value == 0.1
    assert facts["growth"] > 1.6
    assert count(QUADRATIC, rule=EffortRule(RULE.call, RULE.setup, (100, 400, 1600))) == (
        0.0,
        {
            "part": "t",
            "sizes": [100, 400, 1600],
            "reference": pytest.approx([2000, 8000, 32000], rel=0.7),
            "said": "t: more than 20 times the author's work",
        },
    )


def test_layout_does_not_change_what_is_counted(count: Count) -> None:
    golfed = "def f(xs):\n    seen, found = set(), []\n    for x in xs:\n        if x not in seen: seen.add(x); found.append(x)\n    return found"
    assert count(golfed)[1]["counts"] == count(LINEAR)[1]["counts"]


def test_the_count_is_the_same_on_every_run(count: Count) -> None:
    answer = "import collections\n" + LINEAR.replace(
        "    return", "    collections.namedtuple('T', 'a b')\n    return"
    )
    counts = [count(answer)[1]["counts"] for _ in range(3)]
    assert counts[0] == counts[1] == counts[2]


def test_work_of_libraries_written_in_python_counts(count: Count) -> None:
    rule = EffortRule("f(n)", "", (50, 100, 200))
    author = "def f(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t"
    answer = "from fractions import Fraction\ndef f(n):\n    return int(sum(map(Fraction, range(n)), Fraction()))"
    value, facts = count(answer, author, rule, "assert f(4) == 6")
    assert value is not None
    assert value <= 0.5
    assert facts["counts"][-1] > 4 * facts["reference"][-1]


def test_an_endless_call_is_ended_at_its_budget(count: Count) -> None:
    answer = LINEAR.replace("    seen", "    while len(xs) > 50: pass\n    seen", 1)
    assert count(answer)[1]["said"] == "t: more than 20 times the author's work"


def test_an_answer_that_is_wrong_for_a_size_is_worth_nothing(count: Count) -> None:
    value, facts = count(LINEAR.replace("    seen", "    if len(xs) > 50: return xs\n    seen", 1))
    assert value == 0.0
    assert "its answer for n = 80 is not the author's" in facts["said"]


def test_an_author_whose_work_is_all_in_c_compares_with_nobody(count: Count) -> None:
    rule = EffortRule("f(list(range(n)))", "", (50, 100, 200))
    value, facts = count(
        "def f(xs):\n    return sorted(xs)",
        "def f(xs):\n    return sorted(xs)",
        rule,
        "assert f([2, 1]) == [1, 2]",
    )
    assert value is None
    assert "does not grow" in facts["said"]


# Each works in a quadratic way and tries to have it counted as nothing; test_counting.py shows
# what these lower where the defences are off.
TRICKS = {
    "trace_off": "import sys\n    sys.settrace(None)",
    "profile": "import sys\n    sys.setprofile(lambda *a: None)",
    "frame": "try:\n        1 / 0\n    except ZeroDivisionError as e:\n        e.__traceback__.tb_frame.f_trace = None",
    "generator_frame": "g = (x for x in [1])\n    g.gi_frame.f_trace = None",
    "collector": "import gc\n    [o for o in gc.get_objects() if type(o).__name__ == 'count']",
    "tracer": "import sys\n    sys.gettrace().__defaults__",
    "code": "import sys\n    sys.gettrace().__code__ = (lambda a, b, c: None).__code__",
    "thread": "import threading\n    out = []\n    t = threading.Thread(target=lambda: out.append(work(xs)))\n    t.start()\n    t.join()\n    return out[0]",
    "raw_thread": "import _thread, time\n    out = []\n    _thread.start_new_thread(lambda: out.append(work(xs)), ())\n    while not out: time.sleep(0.01)\n    return out[0]",
    "fork": "import os\n    os.fork()",
    "child": "import subprocess\n    subprocess.run(['/bin/true'])",
    "signal": "import signal\n    signal.signal(signal.SIGALRM, lambda s, frame: None)",
    "ctypes": "import ctypes\n    ctypes.pythonapi.PyEval_SetTrace(None, None)",
    "hook": "import sys\n    sys.addaudithook(lambda *a: None)",
    "word_with_a_hash": "class W(str):\n        def __hash__(self):\n            global kept\n            kept = work(xs)\n            return 1\n    try: __import__(W('nothing'))\n    except ImportError: pass\n    return kept",
    "lazy_answer": "return (y for y in work(xs))",
    "real_frame": "import sys\n    del sys.modules['sys']\n    import sys as again\n    again._getframe().f_trace = None",
}  # fmt: skip


@pytest.mark.parametrize("name", TRICKS)
def test_hidden_work_is_worth_nothing(count: Count, name: str) -> None:
    work = QUADRATIC.replace("def f", "def work")
    answer = f"{work}\ndef f(xs):\n    if len(xs) == 3: return work(xs)\n    {TRICKS[name]}\n    return work(xs)"
    value, facts = count(answer)
    assert value == 0.0, facts


OUTSIDE = {
    "forged_answer": "import os, json, struct\nbody = json.dumps({'ok': {'v': [0], 'n': [['list', [], []]]}, 'error': None, 'work': 3, 'whole': 9, 'lost': False, 'token': ''}).encode()\nfor fd in range(3, 30):\n    try: os.write(fd, struct.pack('>I', len(body)) + body)\n    except OSError: pass\n",
    "own_channel": "import json, struct\nbody = json.dumps({'ok': None, 'error': None, 'token': 'x'}).encode()\ninput.__self__._channel.sendall(struct.pack('>I', len(body)) + body)\n",
    "another_counter": "import itertools\nitertools.count = lambda n=0: iter([1] * 10 ** 6)\n",
    "patched_codec": "import sys\nD = sys.modules['viva_runner.codec'].Decoder\nold = D.decode\ndef decode(self):\n    args, kwargs = old(self)\n    global kept\n    kept = work(args[0])\n    return args, kwargs\nD.decode = decode\nwork_ = lambda xs: kept\n",
    "patched_trace": "import sys\nsys.settrace_, sys.settrace = sys.settrace, lambda f: None\n",
    "lying_name": "class K(str):\n    def __eq__(self, o):\n        sys.settrace(None)\n        return True\n    __hash__ = str.__hash__\nimport sys\n",
    "lying_text": "import json\nclass T(str):\n    def __format__(self, spec):\n        return 'null'\njson.JSONEncoder.encode_ = json.JSONEncoder.encode\njson.JSONEncoder.encode = lambda self, o: T(self.encode_(o))\n",
}  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_a_cell_prepares_hides_no_work(count: Count, name: str) -> None:
    work = QUADRATIC.replace("def f", "def work")
    call = "work_" if name == "patched_codec" else "work"
    answer = f"{work}\nimport sys\nif hasattr(sys.modules.get('viva_runner.counting'), 'serve_counted') and sys._getframe.__name__ == '_no_frame':\n"
    prepared = "".join(f"    {line}\n" for line in OUTSIDE[name].splitlines())
    answer += (
        prepared + f"    call = {call}\nelse:\n    call = work\ndef f(xs):\n    return call(xs)"
    )
    assert count(answer)[0] in {0.0, 0.1}


def test_an_honest_answer_may_name_tuples_log_and_run_coroutines(count: Count) -> None:
    answer = (
        "import asyncio, collections, logging\nP = collections.namedtuple('P', 'a b')\nasync def g():\n    return 1\n"
        + LINEAR.replace(
            "    seen",
            "    logging.getLogger('a').warning('x')\n    print(P(1, 2))\n    asyncio.run(g())\n    seen",
            1,
        )
    )
    value, facts = count(answer, rule=EffortRule(RULE.call, RULE.setup, (800, 1600, 3200)))
    assert value == 1.0, facts


@pytest.mark.parametrize(
    ("make", "author"),
    [
        (
            "[(k, str(k), {k: None}, {k}, b'x', 1.5, float('nan')) for k in range(n)]",
            "    out = []\n    for x in xs:\n        out.append((x[0], x[1:3]))\n    return out",
        ),
        (
            "numpy.arange(n)",
            "    total = 0\n    for x in xs:\n        total += int(x)\n    return {'total': total}",
        ),
        (
            "list(range(n))",
            "    import numpy\n    out = numpy.zeros(len(xs))\n    for k, x in enumerate(xs):\n        out[k] = x / 3\n    return out",
        ),
    ],
)
def test_inputs_and_answers_of_every_kind_are_counted(count: Count, make: str, author: str) -> None:
    rule = EffortRule(
        "f(make(n))", f"import numpy\ndef make(n):\n    return {make}", (60, 120, 240)
    )
    value, facts = count(f"def f(xs):\n{author}", f"def f(xs):\n{author}", rule, "assert f")
    assert (value, facts["ratio"]) == (1.0, 1.0)


def test_the_same_answer_may_be_written_in_another_way(count: Count) -> None:
    rule = EffortRule("f(list(range(1, n)))", "", (60, 120, 240))
    author = "def f(xs):\n    t = 0\n    for x in xs:\n        t += 1 / x\n    return {'t': t, 'n': len(xs)}"
    answer = "def f(xs):\n    t = 0\n    for x in reversed(xs):\n        t += 1 / x\n    return {'n': float(len(xs)), 't': t}"
    assert count(answer, author, rule, "assert f([1])['t'] == 1")[0] == 1.0
