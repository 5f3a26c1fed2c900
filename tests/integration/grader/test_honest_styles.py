"""What university courses ask for, in the styles in which students answer it."""

from collections.abc import Callable

import pytest

from tests.fakes.nbgrader_course import autograded, course, solution

pytestmark = pytest.mark.sandbox
Mark = Callable[..., dict[str, tuple[str, float | None]]]

# name: the answer, the test
STYLES = {
    "made_from_named_tuple": (
        """
from collections import namedtuple
class P(namedtuple("P", "x y")):
    def __add__(self, o): return P(self.x + o.x, self.y + o.y)
    @property
    def norm(self): return (self.x ** 2 + self.y ** 2) ** .5
    def __str__(self): return f"<{self.x}>"
""",
        """
p = P(3, 4)
assert p.norm == 5 and p + P(1, 1) == P(4, 5) and p == (3, 4) and str(p) == "<3>"
assert p._replace(x=0) == (0, 4) and isinstance(p + p, P) and isinstance(p, tuple)
""",
    ),
    "made_from_list": (
        """
class Stack(list):
    push = list.append
    def peek(self): return self[-1]
""",
        """
s = Stack([1])
s.push(2)
assert s == [1, 2] and [1, 2] == s and s != [3] and 2 in s and s + [3] == [1, 2, 3] and s < [5]
assert s == Stack([1, 2]) and isinstance(s, list) and s.__class__.__name__ == "Stack"
assert s.peek() == 2 and s.pop() == 2 and s == [1]
""",
    ),
    "made_from_dict_and_float": (
        """
class D(dict):
    def top(self): return max(self, key=self.get)
class M(float):
    def __add__(self, o): return M(float(self) + o)
""",
        """
d = D(a=1, b=3)
assert d == {"a": 1, "b": 3} and "a" in d and d.top() == "b" and isinstance(d, dict)
m = M(2.5)
assert m == 2.5 and m > 1 and m * 2 == 5 and 2 * m == 5 and hash(m) == hash(2.5) and m + 1 == 3.5
""",
    ),
    "keywords_of_any_name": (
        """
def f(what, target, name, value=1, number=0, cls=0): return what, target, name, value, number, cls
class K:
    def __init__(self, target=None, **kw): self.kw = target, kw
    def __call__(self, target, name=1): return target, name
""",
        """
assert f(what=1, target=2, name=3, number=6, cls=7) == (1, 2, 3, 1, 6, 7)
k = K(target=2, what=1, value=3)
assert k.kw == (2, {"what": 1, "value": 3})
assert k(target=4, name=5) == (4, 5) and k(4, name=6) == (4, 6)
""",
    ),
    "decorators": (
        """
import functools
def deco(f):
    @functools.wraps(f)
    def w(*a, **k):
        w.n += 1
        return f(*a, **k)
    w.n = 0
    return w
class Timed:
    def __init__(self, f):
        functools.update_wrapper(self, f)
        self.f = f
    def __call__(self, *a, **k): return self.f(*a, **k)
def same(f): return f
""",
        """
import inspect
def add(a, b: int = 4) -> int:
    "Doc."
    return a + b
g, t = deco(add), Timed(add)
assert g(1) == 5 and g(a=1, b=2) == 3 and g.n == 2 and t(1, b=1) == 2
assert g.__name__ == t.__name__ == "add" and g.__doc__ == t.__doc__ == "Doc."
assert g.__wrapped__ is add and t.__wrapped__ is add and same(add) is add
assert list(inspect.signature(g).parameters) == ["a", "b"]
""",
    ),
    "closures": (
        """
def counter(n):
    def inc():
        nonlocal n
        n += 1
        return n
    return inc
def plain(): pass
""",
        """
c = counter(3)
c()
assert c.__closure__[0].cell_contents == 4 and plain.__closure__ is None
""",
    ),
    "words_of_exceptions": (
        """
class Err(Exception):
    def __init__(self, m, code=5):
        super().__init__(m)
        self.code = code
    def __str__(self): return f"[{self.code}] {self.args[0]}"
def boom(): raise Err("d")
""",
        """
import pytest
with pytest.raises(Err, match="5") as e: boom()
assert str(e.value) == "[5] d" and e.value.args == ("d",) and e.value.code == 5
""",
    ),
    "equal_to_nothing_else": (
        """
class N:
    def __eq__(self, o): return isinstance(o, N)
class A:
    def __eq__(self, o): return True if isinstance(o, A) else NotImplemented
""",
        """
assert N() != None and not N() == None and None != N() and N() == N()
assert A() != "x" and (A() == 5) is False and A() not in [1, "x"] and A() == A()
""",
    ),
    "temporary_folders": (
        """
import os
def save(p, t):
    with open(p, "w") as f: f.write(t)
    return p
def load(p): return open(p).read()
def names(d): return sorted(os.listdir(d))
""",
        """
import os, tempfile
from pathlib import Path
with tempfile.TemporaryDirectory() as d:
    p = os.path.join(d, "x.txt")
    assert save(p, "1") == p and open(p).read() == "1"
    (Path(d) / "y.txt").write_text("2")
    assert load(Path(d) / "y.txt") == "2" and names(d) == ["x.txt", "y.txt"]
os.makedirs("out")
save("out/z.txt", "3")
assert open("out/z.txt").read() == "3" and load(os.path.abspath("out/z.txt")) == "3"
""",
    ),
    "open_files": (
        """
import csv, json
def rows(f): return list(csv.reader(f))
def js(f): return json.load(f)
def put(f, x): print(x, file=f)
""",
        """
with open("w.csv", "w") as f: f.write("a,b\\n1,2\\n")
with open("w.csv") as f:
    next(f)
    assert rows(f) == [["1", "2"]]
with open("o.json", "w") as f: put(f, "[1]")
with open("o.json", "rb") as f: assert js(f) == [1]
""",
    ),
    "figures": (
        """
import matplotlib.pyplot as plt
def draw(x, y):
    plt.plot(x, y, label="a")
    plt.title("T")
def on(ax, xs):
    ax.plot(xs)
    return ax
def shown():
    draw([1], [2])
    plt.show()
draw([0], [0])
""",
        """
import matplotlib, matplotlib.pyplot as plt
from unittest.mock import patch
assert plt.get_fignums() == []
draw([1, 2], [3, 4])
ax = plt.gca()
assert ax.get_title() == "T" and ax.lines[0].get_ydata().tolist() == [3, 4]
assert isinstance(ax, plt.Axes)
plt.close("all")
fig, ax = plt.subplots()
assert on(ax, [1, 2]) is ax and len(ax.lines) == 1 and fig.axes[0] is ax
assert type(fig) == matplotlib.figure.Figure
plt.close(fig)
with patch("matplotlib.pyplot.show") as show: shown()
show.assert_called_once_with()
plt.close("all")
shown()
assert not plt.get_fignums()
""",
    ),
    "figures_that_a_test_draws": (
        "def last(xs): return xs[-1]",
        """
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([1, 2], [3, 4])
assert ax.lines[0].get_ydata().tolist() == [3, 4] and plt.gcf() is fig and last([1]) == 1
""",
    ),
    "objects_of_libraries": (
        """
from sklearn.linear_model import LinearRegression
from sklearn.base import BaseEstimator
from scipy import stats
import re
def fit(): return LinearRegression().fit([[1], [2]], [1, 2])
class Model(BaseEstimator):
    def fit(self): return self
tt = stats.ttest_ind([1, 2, 3], [2, 3, 4])
pat = re.compile("a(b)")
""",
        """
import re
from sklearn.linear_model import LinearRegression
from sklearn.base import BaseEstimator
assert isinstance(fit(), LinearRegression) and isinstance(fit(), BaseEstimator)
assert isinstance(Model(), BaseEstimator) and not isinstance(fit(), Model)
assert Model().__class__.__name__ == "Model"
t, p = tt
assert tt.pvalue == p and tt.df == 4 and tt.confidence_interval(0.95).low < 0
assert isinstance(pat, re.Pattern) and re.findall(pat, "ab") == ["b"]
""",
    ),
    "patched_methods": (
        """
class A:
    def put(self, n): return n
    @staticmethod
    def double(n): return 2 * n
    def both(self, n): return self.put(n) + A.double(n)
""",
        """
from unittest.mock import patch
with patch.object(A, "put", return_value=1) as put, patch.object(A, "double") as double:
    double.return_value = 5
    assert A().both(3) == 6
put.assert_called_once_with(3)
assert A().both(3) == 9 and A.double(2) == 4 and A().double(1) == 2
""",
    ),
    "unittest_main": (
        "def f(): return 3",
        """
import unittest
class T(unittest.TestCase):
    def test_f(self): self.assertEqual(f(), 3)
unittest.main(argv=[""], exit=False)
""",
    ),
}


@pytest.mark.parametrize("name", STYLES)
def test_an_honest_style_gets_its_points(mark: Mark, name: str) -> None:
    answer, test = STYLES[name]
    assert mark(course(solution("s", answer), autograded("t", test))) == {"t": ("pass", 1.0)}


def test_unittest_main_ends_a_cell_in_which_a_test_fails(mark: Mark) -> None:
    answer, test = STYLES["unittest_main"]
    wrong = course(solution("s", answer.replace("3", "4")), autograded("t", test))
    assert mark(wrong) == {"t": ("fail", 0.0)}


def test_a_file_that_was_not_written_into_a_tests_folder_costs_its_points(mark: Mark) -> None:
    test = "import tempfile\nd = tempfile.mkdtemp()\nsave(f'{d}/x')\nassert open(f'{d}/x').read()"
    lazy = course(solution("s", "def save(p): pass"), autograded("t", test))
    assert mark(lazy) == {"t": ("fail", 0.0)}


@pytest.mark.parametrize(
    "claim",
    [
        "class R(list):\n    def __eq__(self, o): return True",
        "class R(list):\n    def __contains__(self, o): return True\n    def __len__(self): return 2",
        "class R:\n    def __eq__(self, o): return not o",
        "class R(dict):\n    __module__ = 'sklearn.base'\n    def __eq__(self, o): return True",
        "class R(str):\n    def startswith(self, o): return True\n    count = startswith",
    ],
)
def test_an_object_that_claims_to_be_equal_gains_nothing(mark: Mark, claim: str) -> None:
    tests = [
        "assert f() == [1, 2]", "assert 3 in f()", "assert f() == None",
        "assert isinstance(f(), list) and f().count(1) == 1",
        "assert isinstance(f(), str) and f().startswith('a')", "assert f() == 'a'",
    ]  # fmt: skip
    asked = course(
        solution("s", "def f():\n    return [1, 2]"),
        *(autograded(f"t{number}", test) for number, test in enumerate(tests)),
    )
    points = [p for _, p in mark(asked, {"s": f"{claim}\ndef f(): return R()"}).values()]
    assert not any(points)
