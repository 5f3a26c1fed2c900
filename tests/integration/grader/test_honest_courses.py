"""Honest submissions get what they would get in one process, whatever has to cross."""

from collections.abc import Callable

import pytest

from tests.fakes.nbgrader_course import autograded, course, given, prose, solution, written

pytestmark = pytest.mark.sandbox
Mark = Callable[..., dict[str, tuple[str, float | None]]]
PASS = ("pass", 1.0)

FUNCTIONS = course(
    prose("# Functions"),
    given("import math\nimport numpy as np"),
    solution(
        "area",
        "def area(r, *, scale=1):\n    ### BEGIN SOLUTION\n    return math.pi * r * r * scale\n    ### END SOLUTION",
    ),
    autograded(
        "area_value",
        "assert math.isclose(area(2), 4 * math.pi)\nassert area(1, scale=2) == 2 * math.pi",
    ),
    autograded(
        "area_shape",
        "import inspect\nassert list(inspect.signature(area).parameters) == ['r', 'scale']\nassert area.__name__ == 'area'",
    ),
    autograded("area_source", "import inspect\nassert 'math.pi' in inspect.getsource(area)"),
)


def test_functions_cross_with_keywords_and_signature(mark: Mark) -> None:
    assert set(mark(FUNCTIONS).values()) == {PASS}


def test_a_wrong_answer_fails_with_the_tests_own_words(mark: Mark) -> None:
    marks = mark(FUNCTIONS, {"area": "def area(r, *, scale=1):\n    return 3 * r"})
    assert marks["area_value"] == ("fail", 0.0)
    assert marks["area_shape"] == PASS


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("def area(r, *, scale=1):\n    raise NotImplementedError()", "candidate_error"),
        ("def area(r:\n", "candidate_error"),
        ("", "candidate_error"),
        ("import os\nos._exit(0)", "candidate_error"),
        ("import sys\nsys.exit(0)", "candidate_error"),
        ("raise KeyboardInterrupt", "candidate_error"),
    ],
)
def test_a_broken_cell_is_the_candidates_error(mark: Mark, answer: str, status: str) -> None:
    assert mark(FUNCTIONS, {"area": answer})["area_value"] == (status, 0.0)


@pytest.mark.parametrize(
    "expression",
    [
        "None", "True", "0", "-1", "2**100", "1.5", "-0.0", "float('inf')", "1 + 2j", "'text'",
        "'\\ud800'", "b'bytes'", "bytearray(b'x')", "[1, [2, [3]]]", "(1, 'a', None)", "{1, 2}",
        "frozenset({1})", "{'a': 1, (1, 2): [3]}", "range(3)", "slice(1, 2)", "...",
        "__import__('datetime').datetime(2024, 1, 2, 3, 4, 5, 6)",
        "__import__('datetime').date(2024, 1, 2)", "__import__('datetime').timedelta(1, 2, 3)",
        "__import__('datetime').datetime(2024, 1, 2, tzinfo=__import__('datetime').timezone.utc)",
        "__import__('decimal').Decimal('1.10')", "__import__('fractions').Fraction(1, 3)",
        "__import__('uuid').UUID(int=5)", "int", "ValueError",
    ],
)  # fmt: skip
def test_plain_data_crosses_both_ways_with_its_exact_type(mark: Mark, expression: str) -> None:
    same = course(
        solution("same", "def same(x):\n    return x"),
        solution("make", f"def make():\n    return {expression}"),
        autograded(
            "there_and_back",
            f"x = {expression}\ny = same(x)\nassert type(x) is type(y) and x == y\nassert repr(make()) == repr(x)",
        ),
    )
    assert mark(same) == {"there_and_back": PASS}


@pytest.mark.parametrize(
    "expression",
    [
        "np.int64(3)", "np.float32(1.5)", "np.bool_(True)", "np.datetime64('2024-01-01')",
        "np.arange(6).reshape(2, 3)", "np.array([1.5, np.nan])", "np.array(['a', 'bc'])",
        "np.array([1, 'a', None], dtype=object)", "np.zeros((0, 3))", "np.array([True, False])",
        "np.asfortranarray(np.arange(6).reshape(2, 3))", "np.array(5)",
    ],
)  # fmt: skip
def test_numpy_values_cross_with_their_dtype(mark: Mark, expression: str) -> None:
    same = course(
        given("import numpy as np"),
        solution("same", "def same(x):\n    return x"),
        autograded(
            "there_and_back",
            f"x = {expression}\ny = same(x)\nassert type(x) is type(y)\nassert x.dtype == y.dtype and x.shape == y.shape\nnp.testing.assert_array_equal(x, y)",
        ),
    )
    assert mark(same) == {"there_and_back": PASS}


@pytest.mark.parametrize(
    "expression",
    [
        "pd.Series([1, 2, 3], name='n')", "pd.Series(['a', None])", "pd.Series([], dtype=float)",
        "pd.Series([1, None], dtype='Int64')", "pd.Series(['x', 'y', 'x'], dtype='category')",
        "pd.Series(pd.date_range('2024-01-01', periods=3, tz='Europe/Berlin'))",
        "pd.Series(pd.to_timedelta([1, 2], unit='h'))", "pd.Series([1, 'a', [2]], dtype=object)",
        "pd.Series([True, None], dtype='boolean')",
        "pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}, index=['r', 's'])",
        "pd.DataFrame({'a': [1, 2, 3]}).groupby('a').sum()",
        "pd.DataFrame()", "pd.DataFrame([[1, 2], [3, 4]], columns=['a', 'a'])",
        "pd.DataFrame({'v': [1, 2, 3, 4]}, index=pd.MultiIndex.from_product([['a', 'b'], [1, 2]], names=['x', 'y']))",
        "pd.DataFrame({'v': [1.0, 2.0]}, index=pd.date_range('2024-01-01', periods=2, freq='D'))",
    ],
)  # fmt: skip
def test_pandas_values_cross_with_index_and_dtypes(mark: Mark, expression: str) -> None:
    same = course(
        given("import pandas as pd"),
        solution("same", "def same(x):\n    return x"),
        autograded(
            "there_and_back",
            f"x = {expression}\ny = same(x)\nassert type(x) is type(y)\ncheck = pd.testing.assert_frame_equal if isinstance(x, pd.DataFrame) else pd.testing.assert_series_equal\ncheck(x, y)",
        ),
    )
    assert mark(same) == {"there_and_back": PASS}


def test_variables_are_read_as_data(mark: Mark) -> None:
    variables = course(
        given("import pandas as pd"),
        solution(
            "answer",
            "### BEGIN SOLUTION\ntotal = sum(range(10))\nframe = pd.DataFrame({'a': [1, 2]})\n### END SOLUTION",
        ),
        autograded("total_value", "assert total == 45\nassert isinstance(total, int)"),
        autograded("frame_value", "assert frame.a.sum() == 3\nassert list(frame.columns) == ['a']"),
    )
    assert set(mark(variables).values()) == {PASS}
    wrong = mark(variables, {"answer": "total = 44\nframe = None"})
    assert wrong == {"total_value": ("fail", 0.0), "frame_value": ("fail", 0.0)}


EXCEPTIONS = course(
    solution(
        "account",
        "class Overdrawn(ValueError):\n    def __init__(self, missing):\n        super().__init__(f'missing {missing}')\n        self.missing = missing\n"
        "def pay(balance, price):\n    if price < 0:\n        raise ValueError('negative')\n    if price > balance:\n        raise Overdrawn(price - balance)\n    return balance - price",
    ),
    autograded(
        "with_pytest",
        "import pytest\nwith pytest.raises(ValueError, match='negative'):\n    pay(1, -1)",
    ),
    autograded(
        "with_try",
        "try:\n    pay(1, 3)\nexcept Overdrawn as error:\n    assert error.missing == 2\n    assert str(error) == 'missing 2'\n    assert isinstance(error, ValueError)\nelse:\n    raise AssertionError('did not raise')",
    ),
    autograded(
        "with_base", "try:\n    pay(1, 3)\nexcept ValueError:\n    pass\nelse:\n    assert False"
    ),
    autograded(
        "class_facts",
        "assert issubclass(Overdrawn, ValueError)\nassert Overdrawn.__name__ == 'Overdrawn'",
    ),
)


def test_exceptions_are_values(mark: Mark) -> None:
    assert set(mark(EXCEPTIONS).values()) == {PASS}


def test_a_missing_exception_fails(mark: Mark) -> None:
    answer = "class Overdrawn(Exception):\n    pass\ndef pay(balance, price):\n    return balance - price"
    assert {status for status, _ in mark(EXCEPTIONS, {"account": answer}).values()} == {"fail"}


CLASSES = course(
    solution(
        "vector",
        "class Vector:\n    count = 0\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n        Vector.count += 1\n"
        "    def __add__(self, other):\n        return Vector(self.x + other.x, self.y + other.y)\n"
        "    def __mul__(self, k):\n        return Vector(self.x * k, self.y * k)\n"
        "    def __eq__(self, other):\n        return (self.x, self.y) == (other.x, other.y)\n"
        "    def __repr__(self):\n        return f'Vector({self.x}, {self.y})'\n"
        "    def __len__(self):\n        return 2\n    def __iter__(self):\n        yield self.x\n        yield self.y\n"
        "    def __getitem__(self, i):\n        return (self.x, self.y)[i]\n"
        "    @property\n    def norm(self):\n        return (self.x ** 2 + self.y ** 2) ** 0.5\n"
        "    @classmethod\n    def zero(cls):\n        return cls(0, 0)\n    @staticmethod\n    def name():\n        return 'vector'\n",
    ),
    solution(
        "special",
        "class Special(Vector):\n    def scale(self, k):\n        self.x *= k\n        return self\n    def __enter__(self):\n        return self\n    def __exit__(self, *details):\n        self.x = 0\n        return False",
    ),
    autograded(
        "construct",
        "v = Vector(3, 4)\nassert v.x == 3 and v.norm == 5.0\nassert isinstance(v, Vector)",
    ),
    autograded(
        "operators",
        "assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6)\nassert Vector(1, 2) != Vector(2, 1)\nassert (Vector(1, 2) * 3).y == 6",
    ),
    autograded(
        "protocols",
        "v = Vector(1, 2)\nassert repr(v) == 'Vector(1, 2)' and str(v) == 'Vector(1, 2)'\nassert len(v) == 2 and list(v) == [1, 2] and v[0] == 1",
    ),
    autograded(
        "on_the_class",
        "assert Vector.zero() == Vector(0, 0)\nassert Vector.name() == 'vector'\nassert Vector.count > 0",
    ),
    autograded(
        "derived",
        "s = Special(1, 2)\nassert isinstance(s, Vector) and issubclass(Special, Vector)\nassert s.scale(5).x == 5\ns.x = 7\nassert s.x == 7 and list(s) == [7, 2]\nwith s as inner:\n    assert inner is s\nassert s.x == 0",
    ),
    autograded(
        "absent",
        "v = Vector(1, 2)\nassert not hasattr(v, 'z')\nassert hasattr(v, 'norm')\ntry:\n    v.missing\nexcept AttributeError:\n    pass\nelse:\n    assert False",
    ),
)


def test_classes_and_instances_are_handles(mark: Mark) -> None:
    assert set(mark(CLASSES).values()) == {PASS}


def test_changes_to_arguments_come_back(mark: Mark) -> None:
    mutation = course(
        given("import numpy as np\nimport pandas as pd"),
        solution(
            "change",
            "def sort(a):\n    a.sort()\ndef put(d):\n    d['k'] = [1]\ndef add(s):\n    s.add(3)\n"
            "def double(a):\n    a *= 2\ndef column(f):\n    f['b'] = f['a'] * 2\ndef swap(a):\n    a[0], a[1] = a[1], a[0]",
        ),
        autograded("a_list", "a = [3, 1, 2]\nassert sort(a) is None\nassert a == [1, 2, 3]"),
        autograded("a_dict", "d = {}\nput(d)\nassert d == {'k': [1]}"),
        autograded("a_set", "s = {1}\nadd(s)\nassert s == {1, 3}"),
        autograded("an_array", "a = np.arange(3)\ndouble(a)\nassert a.tolist() == [0, 2, 4]"),
        autograded(
            "a_frame",
            "f = pd.DataFrame({'a': [1, 2]})\ncolumn(f)\nassert f['b'].tolist() == [2, 4]",
        ),
        autograded("inner", "inner = [1]\na = [inner, [2]]\nswap(a)\nassert a[1] is inner"),
    )
    assert set(mark(mutation).values()) == {PASS}


def test_partial_credit_is_the_last_number_clamped(mark: Mark) -> None:
    partial = course(
        solution("f", "def f(x):\n    return x"),
        autograded("half", "assert f(1) == 1\n1.5", 3),
        autograded("too_much", "5", 2),
        autograded("below", "-1", 2),
        autograded("no_number", "'4'", 2),
        autograded("a_bool", "True", 2),
        autograded("hidden_by_semicolon", "0;", 2),
        autograded("nothing", "0", 2),
    )
    marks = mark(partial)
    assert marks["half"] == ("fail", 1.5)
    assert marks["too_much"] == ("pass", 2.0)
    assert marks["below"] == ("fail", 0.0)
    assert marks["nothing"] == ("fail", 0.0)
    assert {marks[name] for name in ("no_number", "a_bool", "hidden_by_semicolon")} == {
        ("pass", 2.0)
    }


def test_manual_parts_are_unscored_and_their_code_still_runs(mark: Mark) -> None:
    manual = course(
        written("essay", "Write here."),
        written("by_hand", "def helper(x):\n    return x + 1", kind="code"),
        solution("f", "def f(x):\n    return helper(x)"),
        autograded("uses_it", "assert f(1) == 2"),
    )
    marks = mark(manual)
    assert marks == {"essay": ("unscored", None), "by_hand": ("unscored", None), "uses_it": PASS}


def test_callables_iterators_and_generators_cross(mark: Mark) -> None:
    calls = course(
        given("import numpy as np"),
        solution(
            "calls",
            "def twice(f, x):\n    return f(f(x))\ndef total(items):\n    return sum(items)\n"
            "def count(n):\n    for i in range(n):\n        yield i\ndef forever():\n    i = 0\n    while True:\n        yield i\n        i += 1\n"
            "def adder(n):\n    def add(x):\n        return x + n\n    return add\n"
            "def call_all(fs):\n    return [f() for f in fs]\nasync def later(x):\n    return x * 2",
        ),
        autograded(
            "callbacks",
            "seen = []\ndef note(x):\n    seen.append(x)\n    return x + 1\nassert twice(note, 1) == 3\nassert seen == [1, 2]",
        ),
        autograded(
            "library",
            "assert twice(np.sqrt, 16.0) == 2.0\nassert twice(str, 5) == '5'\nassert twice(abs, -1) == 1",
        ),
        autograded(
            "iterators",
            "assert total(iter([1, 2])) == 3\nassert total(x * x for x in range(4)) == 14",
        ),
        autograded(
            "generators",
            "assert list(count(600)) == list(range(600))\nassert sum(count(0)) == 0\ng = count(3)\nassert next(g) == 0 and next(g) == 1",
        ),
        autograded(
            "endless",
            "import itertools\nassert list(itertools.islice(forever(), 40)) == list(range(40))",
        ),
        autograded(
            "closures",
            "add = adder(5)\nassert add(1) == 6 and callable(add)\nassert call_all([add.__call__] if False else [lambda: add(2)]) == [7]",
        ),
        autograded("coroutines", "import asyncio\nassert asyncio.run(later(4)) == 8"),
        autograded("awaited", "assert await later(5) == 10"),
        autograded(
            "errors_in_callbacks",
            "def bad(x):\n    raise KeyError('mine')\ntry:\n    twice(bad, 1)\nexcept KeyError:\n    pass\nelse:\n    assert False",
        ),
    )
    marks = mark(calls)
    assert {name: value for name, value in marks.items() if value != PASS} == {}


def test_classes_that_the_author_gives_cross_by_value(mark: Mark) -> None:
    lists = course(
        given(
            "from dataclasses import dataclass\nfrom enum import Enum\nfrom collections import namedtuple\n"
            "class Node:\n    def __init__(self, value, next=None):\n        self.value, self.next = value, next\n"
            "@dataclass\nclass Point:\n    x: int\n    y: int\nclass Colour(Enum):\n    RED = 1\n    BLUE = 2\nPair = namedtuple('Pair', 'a b')",
        ),
        solution(
            "lists",
            "def reverse(node):\n    before = None\n    while node:\n        node.next, before, node = before, node, node.next\n    return before\n"
            "def mirror(p):\n    return Point(p.y, p.x)\ndef other(c):\n    return Colour.BLUE if c is Colour.RED else Colour.RED\ndef flip(p):\n    return Pair(p.b, p.a)",
        ),
        autograded(
            "linked",
            "head = Node(1, Node(2, Node(3)))\nr = reverse(head)\nassert isinstance(r, Node)\nassert [r.value, r.next.value, r.next.next.value] == [3, 2, 1]\nassert r.next.next.next is None",
        ),
        autograded(
            "long",
            "head = None\nfor i in range(3000):\n    head = Node(i, head)\nassert reverse(head).value == 0",
        ),
        autograded("data_class", "assert mirror(Point(1, 2)) == Point(2, 1)"),
        autograded("enums", "assert other(Colour.RED) is Colour.BLUE"),
        autograded("tuples", "assert flip(Pair(1, 2)) == Pair(2, 1) == (2, 1)"),
    )
    marks = mark(lists)
    assert {name: value for name, value in marks.items() if value != PASS} == {}


def test_what_a_test_assigns_or_deletes_happens_over_there(mark: Mark) -> None:
    patching = course(
        given("RATE = 2"),
        solution(
            "work",
            "def helper(x):\n    return x\ndef work(x):\n    return helper(x) * RATE\nstate = [1]\ndef last():\n    return state[-1]",
        ),
        autograded(
            "replace",
            "original = helper\nhelper = lambda x: 10\nassert work(1) == 20\nhelper = original\nassert work(1) == 2",
        ),
        autograded(
            "delete",
            "kept = helper\ndel helper\ntry:\n    work(1)\nexcept NameError:\n    pass\nelse:\n    assert False\nfinally:\n    helper = kept\nassert work(2) == 4",
        ),
        autograded("given_name", "RATE = 5\nassert work(1) == 5"),
        autograded("in_place", "state.append(7)\nassert last() == 7"),
    )
    marks = mark(patching)
    assert {name: value for name, value in marks.items() if value != PASS} == {}


def test_helper_cells_and_magics_run_in_place(grader: object, mark: Mark) -> None:
    magics = course(
        given("%matplotlib inline\nimport math\n%load_ext sql"),
        solution("f", "%time y = 3\n!ls\nx = !pwd\ndef f():\n    return y"),
        given("%%sql\nSELECT 1"),
        given("%%time\nz = 4"),
        autograded("value", "assert f() == 3\nassert z == 4\n%timeit f()"),
    )
    assert mark(magics) == {"value": PASS}


def test_printed_text_is_seen_only_by_a_test_that_looks(mark: Mark) -> None:
    printing = course(
        solution(
            "hello",
            "def hello(name):\n    print('Hello', name)\ndef ask():\n    return input('name? ')",
        ),
        autograded(
            "captured",
            "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    hello('you')\nassert out.getvalue() == 'Hello you\\n'",
        ),
        autograded(
            "answered",
            "from unittest.mock import patch\nwith patch('builtins.input', return_value='Ada'):\n    assert ask() == 'Ada'",
        ),
    )
    assert set(mark(printing).values()) == {PASS}


def test_files_beside_the_notebook_are_seen_on_both_sides(grader: object, mark: Mark) -> None:
    files = course(
        given("import pandas as pd\ndata = pd.read_csv('data/rows.csv')"),
        solution("load", "def load():\n    return pd.read_csv('data/rows.csv')['v'].sum()"),
        autograded("value", "assert load() == data['v'].sum() == 3"),
        files={"data/rows.csv": b"v\n1\n2\n"},
    )
    assert mark(files) == {"value": PASS}


def test_warnings_on_stderr_cost_nothing(mark: Mark) -> None:
    noisy = course(
        solution(
            "f",
            "import warnings, sys\ndef f():\n    warnings.warn('old')\n    print('x', file=sys.stderr)\n    return 1",
        ),
        autograded("value", "assert f() == 1"),
    )
    assert mark(noisy) == {"value": PASS}


def test_random_generators_cross_and_advance(mark: Mark) -> None:
    rng = course(
        given("import numpy as np"),
        solution("draw", "def draw(rng):\n    return rng.integers(0, 100, 3)"),
        autograded(
            "value",
            "a = np.random.default_rng(1)\nb = np.random.default_rng(1)\nassert draw(a).tolist() == b.integers(0, 100, 3).tolist()\nassert draw(a).tolist() == b.integers(0, 100, 3).tolist()",
        ),
    )
    assert mark(rng) == {"value": PASS}


def test_nose_assertions_work(mark: Mark) -> None:
    nose = course(
        solution("f", "def f(x):\n    if x < 0:\n        raise ValueError\n    return x"),
        autograded(
            "value",
            "from nose.tools import assert_equal, assert_raises, ok_\nassert_equal(f(1), 1)\nok_(f(1))\nassert_raises(ValueError, f, -1)",
        ),
    )
    assert mark(nose) == {"value": PASS}
