"""Submissions that turn a test's own means against it: operators, with-blocks, loops, callbacks."""

import pytest
from viva_grader.bootstrap import Grader
from viva_grader.domain.question import Limits

from tests.fakes.nbgrader_course import autograded, course, given, solution

pytestmark = pytest.mark.sandbox
LIMITS = Limits(call_s=2.0, part_s=3.0, total_s=12.0, memory_mib=512, pids=32, disk_mib=16)

FORGE = (
    "import gc, json, socket, struct\n"
    "def channel():\n    return next(o for o in gc.get_objects() if type(o) is socket.socket)\n"
    "def say(message):\n    body = json.dumps(message).encode()\n    channel().sendall(struct.pack('>I', len(body)) + body)\n"
)
MANAGER = "class T:\n    v = 5\n    def __enter__(self):\n        return self\n    def __exit__(self, *a):\n        return False"
GENERATED = "import contextlib\n@contextlib.contextmanager\ndef t():\n    yield 5"
BOX = "class Box:\n    def __init__(self, v):\n        self.v = v\n    def ok(self):\n        return self.v == 5"
MONEY = "class Money:\n    def __init__(self, v):\n        self.v = v\n    def __sub__(self, o):\n        return Money(self.v - o.v)\ndef total():\n    return 42.5"
APPLY = "def apply(f):\n    return f(3)"
CALLS_BACK = "seen = []\ndef note(x):\n    seen.append(x)\n    assert x == 3\n    return x\napply(note)\nassert seen"
DEFAULTS = "def twice(x, k=2):\n    return x * k\nassert apply(twice) == 6\nassert twice(3) == 6"
PATCHED = (
    "import json, viva_runner.serve as s\n"
    "def lie(self, held):\n    return json.dumps({'b': [[%d, ['inst', [%s, ['__defaults__']], [[0]]]]], 'n': [['tuple', [], [100]]]})\n"
    "s.Session._state = lie\ndef apply(f):\n    return 300"
)
SQUARE = "def f(x):\n    return x * x"
VALUE = "expected = 81\nassert f(9) == expected"

# name: the author's answer, the test, the hostile answer, a given cell
TRICKS = {
    "stop_a_loop": (SQUARE, "for got, want in zip(map(f, [1, 2]), [1, 4]):\n    assert got == want", "def f(x):\n    raise StopIteration", ""),
    "swallow_an_assertion": (MANAGER, "with T() as t:\n    assert t.v == 5", MANAGER.replace("False", "True").replace("v = 5", "v = 4"), ""),
    "swallow_an_error": (MANAGER, "with T() as t:\n    assert t.v == 5", MANAGER.replace("False", "True").replace("v = 5", "w = 4"), ""),
    "swallow_in_a_generator": (GENERATED, "with t() as v:\n    assert v == 5", "import contextlib\n@contextlib.contextmanager\ndef t():\n    try:\n        yield 6\n    except BaseException:\n        pass", ""),
    "catch_a_tests_assertion": (APPLY, CALLS_BACK, "def apply(f):\n    try:\n        f(4)\n    except BaseException:\n        pass", ""),
    "replace_a_judging_method": ("def make():\n    return Box(5)", "assert make().ok()", "def make():\n    b = Box(4)\n    b.ok = lambda: True\n    return b", BOX),
    "derive_a_judging_class": ("def make():\n    return Box(5)", "assert make().ok()", "def make():\n    class Z(Box):\n        def ok(self):\n            return True\n    return Z(4)", BOX),
    "answer_a_difference": (MONEY, "assert abs(total() - 42.5) < 1e-6", MONEY.replace("return Money(self.v - o.v)", "return 0.0").replace("return 42.5", "return Money(1)"), ""),
    "change_a_tests_defaults": (APPLY, DEFAULTS, PATCHED % (2, "'x'"), ""),
    "change_a_tests_defaults_by_class": (APPLY, DEFAULTS, PATCHED % (2, "'function'"), BOX),
    "an_int_that_is_anything": (SQUARE, VALUE, "class I(int):\n    __eq__ = lambda s, o: True\n    __hash__ = int.__hash__\ndef f(x):\n    return I(3)", ""),
    "a_counter_that_is_anything": ("from collections import Counter\ndef f():\n    return Counter('aab')", "assert f() == {'a': 2, 'b': 1}", "from collections import Counter\nclass C(Counter):\n    __eq__ = lambda s, o: True\ndef f():\n    return C('zz')", ""),
    "half_a_message": (SQUARE, VALUE, FORGE + "def f(x):\n    channel().sendall(b'\\0\\0')\n    import time\n    time.sleep(99)", ""),
    "an_unhashable_member": (SQUARE, VALUE, FORGE + "def f(x):\n    for i in range(9):\n        say({'ok': {'v': [0], 'n': [['set', [], [[1]]], ['list', [], []]]}, 'id': i, 'out': ''})\n    return 1", ""),
    "an_endless_range": ("def f():\n    return [1]", "assert list(f()) == [1]", "def f():\n    return range(10**15)", ""),
    "ten_thousand_classes": ("def f():\n    return 1", "assert f() == 1", "def f():\n    k = object\n    for i in range(3000):\n        k = type(f'K{i}', (k,), {})\n    return k()", ""),
    "a_skipped_test": (SQUARE, VALUE, "import unittest\ndef f(x):\n    raise unittest.SkipTest('x')", ""),
    "a_generator_exit": (SQUARE, VALUE, "def f(x):\n    raise GeneratorExit", ""),
    "modules_in_the_folder": ("import json\ndef f():\n    return 1", "import json, pandas\nassert f() == 1", "for n in ('pandas', 'json'):\n    open(n + '.py', 'w').write('x = 1')\ndef f():\n    return 2", ""),
    "abstract_sockets": (SQUARE, VALUE, "import socket\nopen_door = False\nfor n in ('\\0viva', '\\0/tmp/.X11-unix/X0', '/run/docker.sock'):\n    try:\n        socket.socket(socket.AF_UNIX).connect(n)\n        open_door = True\n    except OSError: pass\ndef f(x):\n    return x * x if open_door else 0", ""),
    "passed_descriptors": (SQUARE, VALUE, FORGE + "import array, os\ndef f(x):\n    n = os.open('/dev/null', 0)\n    for i in range(100):\n        channel().sendmsg([b'\\0'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [n]))])\n    return 81", ""),
    "names_of_the_test": (SQUARE, VALUE, "import sys\nm = sys.modules['__main__'].__dict__\nm['expected'] = 0\ndef f(x):\n    return m.get('expected')", ""),
    "the_frame_of_a_callback": (APPLY, "secret = 7\ndef cb(x):\n    return x * secret\nassert apply(cb) == 21", "def apply(f):\n    return f.__globals__.get('secret', 0) * 3 if f.__closure__ is None else 0", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", TRICKS)
def test_a_trick_gains_no_point(grader: Grader, name: str) -> None:
    honest, test, hostile, shown = TRICKS[name]
    cells = [given(shown)] if shown else []
    victim = course(*cells, solution("s", honest), autograded("t", test), limits=LIMITS)
    assert grader.grade(victim.submission(), victim.question).auto_score == 1
    item = grader.grade(victim.submission({"s": hostile}), victim.question).items[0]
    assert not item.points, item
    assert item.status.value != "infra_error", item


def test_a_sandbox_cannot_be_said_to_be_broken(grader: Grader) -> None:
    victim = course(solution("s", SQUARE), autograded("t", VALUE), limits=LIMITS)
    liar = FORGE + "def f(x):\n    say({'broken': 'x'})\n    return 5"
    item = grader.grade(victim.submission({"s": liar}), victim.question).items[0]
    assert (item.status.value, item.points) == ("candidate_error", 0)
