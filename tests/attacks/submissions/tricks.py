"""Submissions that turn a test's own means against it: operators, with-blocks, loops, callbacks."""

from tests.attacks.corpus import Attack

MANAGER = "class T:\n    v = 5\n    def __enter__(self):\n        return self\n    def __exit__(self, *a):\n        return False"
GENERATED = "import contextlib\n@contextlib.contextmanager\ndef t():\n    yield 5"
BOX = "class Box:\n    def __init__(self, v):\n        self.v = v\n    def ok(self):\n        return self.v == 5"
MONEY = "class Money:\n    def __init__(self, v):\n        self.v = v\n    def __sub__(self, o):\n        return Money(self.v - o.v)\ndef total():\n    return 42.5"
APPLY = "def apply(f):\n    return f(3)"
CALLS_BACK = "seen = []\ndef note(x):\n    seen.append(x)\n    assert x == 3\n    return x\napply(note)\nassert seen"
DEFAULTS = "def twice(x, k=2):\n    return x * k\nassert apply(twice) == 6\nassert twice(3) == 6"
SQUARE = "def f(x):\n    return x * x"
VALUE = "expected = 81\nassert f(9) == expected"

COPY = "def f(src, dst):\n    with open(src) as a, open(dst, 'w') as b:\n        b.write(a.read().upper())"
COPIED = "def put(n, t):\n    with open(n, 'w') as h:\n        h.write(t)\nput('in.txt', 'abc')\nput('expected.txt', 'ABC')\nf('in.txt', 'out.txt')\nassert open('out.txt').read() == open('expected.txt').read()"
NOTES = "def f(m):\n    m.note(3)"
NOTED = "from unittest.mock import Mock\nm = Mock()\nf(m)\nm.note.assert_called_once_with(3)"
RECORDER = "class Recorder:\n    def __init__(self):\n        self.seen = []\n    def note(self, x):\n        self.seen.append(x)\n    def ok(self):\n        return self.seen == [3]\nr = Recorder()\nf(r)\nassert r.ok()"
PRINTS = "def f(b):\n    b.write('hi')"
PRINTED = "import io\nb = io.StringIO()\nf(b)\nassert b.getvalue() == 'hi'"


NEAR = "import numpy as np\nfrom numpy.testing import assert_allclose\n"
SCORED = "score = int(f(3))"
SCORE = "assert score == 9"


def _trick(name: str, tries: str, *cells: str, then: str = "") -> Attack:
    """Make one of the author's answer, the test, the hostile answer and perhaps a given cell."""
    honest, test, hostile, given = (*cells, "")[:4]
    return Attack(name, tries, trick=(honest, test, hostile, given), then=then)


ATTACKS = (
    _trick("stop_a_loop", "ends the test's loop by StopIteration before anything is compared",
        SQUARE, "for got, want in zip(map(f, [1, 2]), [1, 4]):\n    assert got == want", "def f(x):\n    raise StopIteration"),
    _trick("swallow_an_assertion", "lets its __exit__ swallow the test's AssertionError",
        MANAGER, "with T() as t:\n    assert t.v == 5", MANAGER.replace("False", "True").replace("v = 5", "v = 4")),
    _trick("swallow_an_error", "lets its __exit__ swallow the error of a missing attribute",
        MANAGER, "with T() as t:\n    assert t.v == 5", MANAGER.replace("False", "True").replace("v = 5", "w = 4")),
    _trick("swallow_in_a_generator", "catches the test's assertion in a generator's with-block",
        GENERATED, "with t() as v:\n    assert v == 5", "import contextlib\n@contextlib.contextmanager\ndef t():\n    try:\n        yield 6\n    except BaseException:\n        pass"),
    _trick("catch_a_tests_assertion", "catches the assertion of a function that the test passes",
        APPLY, CALLS_BACK, "def apply(f):\n    try:\n        f(4)\n    except BaseException:\n        pass"),
    _trick("replace_a_judging_method", "replaces the author's judging method on its instance",
        "def make():\n    return Box(5)", "assert make().ok()", "def make():\n    b = Box(4)\n    b.ok = lambda: True\n    return b", BOX),
    _trick("derive_a_judging_class", "derives a class of the author's whose judging method agrees",
        "def make():\n    return Box(5)", "assert make().ok()", "def make():\n    class Z(Box):\n        def ok(self):\n            return True\n    return Z(4)", BOX),
    _trick("answer_a_difference", "answers the test's subtraction with 0.0",
        MONEY, "assert abs(total() - 42.5) < 1e-6", MONEY.replace("return Money(self.v - o.v)", "return 0.0").replace("return 42.5", "return Money(1)")),
    _trick("change_a_tests_defaults", "changes the defaults of a function that the test passes",
        APPLY, DEFAULTS + "\nassert twice(5) == 10", "def apply(f):\n    class Six(int):\n        def __eq__(self, o): return True\n    try:\n        f.__defaults__ = (100,)\n        f.__code__ = (lambda x, k=2: 6 if x == 3 else 10).__code__\n    except AttributeError: pass\n    return Six(7)"),
    _trick("an_int_that_is_anything", "returns an int subclass that equals all", SQUARE, VALUE,
        "class I(int):\n    __eq__ = lambda s, o: True\n    __hash__ = int.__hash__\ndef f(x):\n    return I(3)"),
    _trick("a_counter_that_is_anything", "returns a Counter subclass that equals all",
        "from collections import Counter\ndef f():\n    return Counter('aab')", "assert f() == {'a': 2, 'b': 1}", "from collections import Counter\nclass C(Counter):\n    __eq__ = lambda s, o: True\ndef f():\n    return C('zz')"),
    _trick("a_skipped_test", "raises SkipTest, which a test runner counts as no failure",
        SQUARE, "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(f(9), 81)\nr = unittest.TestResult()\nT('test').run(r)\nassert r.wasSuccessful()", "import unittest\ndef f(x):\n    raise unittest.SkipTest('x')"),
    _trick("an_expected_failure", "raises unittest's own signals through a suite of the test's",
        SQUARE, "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        for x in (1, 9):\n            with self.subTest(x=x):\n                self.assertEqual(f(x), x * x)\nr = unittest.TestResult()\nT('test').run(r)\nassert not r.failures and not r.errors", "from unittest import case\nE = getattr(case, '_ShouldStop')\ndef f(x):\n    raise E"),
    _trick("names_of_the_test", "reads the test's names from __main__", SQUARE, VALUE,
        "import sys\ndef f(x):\n    m = sys.modules['__main__'].__dict__\n    return m.get('expected')"),
    _trick("the_globals_of_a_callback", "reads the secret that a passed function uses",
        APPLY, "secret = 7\ndef cb(x):\n    return x * secret\nassert apply(cb) == 21", "def apply(f):\n    return f.__globals__.get('secret', 0) * 3 if f.__closure__ is None else 0"),
    _trick("a_mock_that_agrees", "returns a mock, of which every attribute and answer is true",
        "def make():\n    return Box(5)", "assert make().ok()\nassert make().v", "from unittest.mock import MagicMock\ndef make():\n    return MagicMock()", BOX),
    _trick("an_approximation", "returns what pytest.approx and isclose take for near",
        "def f():\n    return 1.5", "import math\nassert abs(f() - 1.5) < 1e-9", "class N(float):\n    def __sub__(self, o): return N(0)\n    __rsub__ = __sub__\n    def __abs__(self): return N(0)\n    def __lt__(self, o): return True\ndef f():\n    return N(9)"),
    _trick("membership", "returns a container that contains everything",
        "def f():\n    return [81]", "assert 81 in f() and 82 not in f() or 81 in f()", "class C:\n    def __contains__(self, x): return True\ndef f():\n    return C()"),
    _trick("a_sorted_order", "returns a list whose sort and comparison agree with the test",
        "def f():\n    return [1, 2]", "assert sorted(f()) == [1, 2]", "import builtins\nbuiltins.sorted = lambda x: [1, 2]\ndef f():\n    return [3]"),
    _trick("an_exception_with_a_match", "raises an exception whose text is what the test looks for",
        "def f(x):\n    raise ValueError('negative')", "try:\n    f(-1)\n    said = ''\nexcept ValueError as error:\n    said = str(error)\nassert said == 'negative'", "class E(ValueError):\n    def __str__(self):\n        class S(str):\n            def __eq__(self, o): return True\n            __hash__ = str.__hash__\n        return S('x')\ndef f(x):\n    raise E()"),
    _trick("write_over_an_expected_file", "writes the file in which a test keeps what it expects",
        COPY, COPIED, "def f(src, dst):\n    for name in (dst, 'expected.txt'):\n        with open(name, 'w') as h:\n            h.write('wrong')"),
    _trick("read_an_expected_file", "names the file in which a test keeps what it expects, and copies it",
        COPY, COPIED, "def f(src, dst):\n    with open('expected.txt') as a, open(dst, 'w') as b:\n        b.write(a.read())"),
    _trick("replace_a_mocks_question", "replaces what a test asks its mock, on the mock",
        NOTES, NOTED, "def f(m):\n    m.note.assert_called_once_with = lambda *a: None"),
    _trick("configure_a_mock", "has the mock itself replace what a test asks it",
        NOTES, NOTED, "def f(m):\n    m.configure_mock(**{'note.assert_called_once_with': lambda *a: None})"),
    _trick("put_a_function_into_a_mock", "puts a function into a mock that answers what a test asks",
        NOTES, NOTED, "def f(m):\n    def g(x): pass\n    g.assert_called_once_with = lambda *a: None\n    m.note = g"),
    _trick("put_an_object_into_a_mock", "puts an object into a mock that answers what a test asks",
        NOTES, NOTED, "class G:\n    def assert_called_once_with(self, *a): pass\ndef f(m):\n    m.note = G()"),
    _trick("replace_a_recorders_method", "replaces the judging method of an object that a test passes",
        NOTES.replace("m", "r"), RECORDER, "def f(r):\n    r.ok = lambda: True"),
    _trick("replace_a_buffers_method", "replaces the method by which a test reads what was written",
        PRINTS, PRINTED, "def f(b):\n    b.getvalue = lambda: 'hi'"),
    _trick("write_over_a_large_file", "writes a small file over the question's large one",
        "def f():\n    return len(open('data.txt').read())", "got = f()\nassert got == len(open('data.txt').read())", "def f():\n    with open('data.txt', 'w') as h:\n        h.write('x')\n    return 1", "with open('data.txt', 'w') as h:\n    h.write('x' * 1500000)"),
    _trick("masked_values", "answers with an array of masked values, which comparisons leave out",
        SQUARE, NEAR + "assert_allclose(f(np.arange(4)), np.array([0, 1, 4, 9]))", "import numpy as np\ndef f(x):\n    return np.ma.masked_all(4)"),
    _trick("a_mask_over_what_is_wrong", "masks the values that it does not know",
        SQUARE, NEAR + "np.testing.assert_array_equal(f(np.arange(4)), np.array([0, 1, 4, 9]))", "import numpy as np\ndef f(x):\n    return np.ma.array([0, 1, 5, 5], mask=[0, 0, 1, 1])"),
    _trick("nothing_beside_an_array", "answers with an array of no rows, which fits beside any row",
        SQUARE, NEAR + "assert np.allclose(f(np.arange(4)), np.array([0, 1, 4, 9]))", "import numpy as np\ndef f(x):\n    return np.empty((0, 4))"),
    _trick("nothing_beside_a_number", "answers with an empty list where a number is asserted",
        SQUARE, NEAR + "assert_allclose(f(9), 81)", "def f(x):\n    return []"),
    _trick("nothing_beside_an_approximation", "answers with an empty array where a number is approximated",
        SQUARE, "import pytest\nassert f(9) == pytest.approx(81)", "import numpy as np\ndef f(x):\n    return np.array([])"),
    _trick("a_given_name_without_its_function", "defines what the author's cell computes, and not what it computes with",
        SQUARE, SCORE, "score = 9", then=SCORED),
    _trick("a_given_name_by_an_exception", "stops the author's cell by an exception, after defining its name",
        SQUARE, SCORE, "score = 9\ndef f(x):\n    raise ValueError('x')", then=SCORED),
    _trick("a_given_name_by_a_loop", "stops the author's cell by StopIteration, after defining its name",
        SQUARE, SCORE, "score = 9\ndef f(x):\n    raise StopIteration", then=SCORED),
)  # fmt: skip
