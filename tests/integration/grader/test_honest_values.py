"""Honest answers of less common types cross, or end as unsupported: never as wrong."""

from collections.abc import Callable

import pytest

from tests.fakes.nbgrader_course import autograded, course, given, solution

pytestmark = pytest.mark.sandbox
Mark = Callable[..., dict[str, tuple[str, float | None]]]

# name: the answer, the test, a given cell
CROSS = {
    "counter": ("from collections import Counter\ndef f():\n    return Counter('aab')", "assert f() == {'a': 2, 'b': 1}\nassert f().most_common(1) == [('a', 2)]", ""),
    "defaultdict": ("from collections import defaultdict\ndef f():\n    d = defaultdict(int)\n    d['a'] += 2\n    return d", "assert f() == {'a': 2} and f()['z'] == 0", ""),
    "ordered": ("from collections import OrderedDict\ndef f():\n    return OrderedDict(a=2)", "assert f() == {'a': 2}", ""),
    "deque": ("from collections import deque\ndef f():\n    return deque([1, 2], maxlen=2)", "from collections import deque\nassert f() == deque([1, 2]) and f().maxlen == 2", ""),
    "views": ("def f():\n    return {'a': 1}", "assert f().keys() == {'a'} and list(f().items()) == [('a', 1)]", ""),
    "a_view": ("def f():\n    d = {'a': 1}\n    return d.keys(), d.values(), d.items()", "k, v, i = f()\nassert k == {'a'} and list(v) == [1] and i == {('a', 1)}", ""),
    "path": ("from pathlib import Path\ndef f():\n    return Path('a') / 'b'", "from pathlib import Path\nassert f() == Path('a/b')", ""),
    "changed_counter": ("def f(d, k):\n    d[k] += 1", "from collections import Counter, defaultdict\nfor kind in (Counter(), defaultdict(int)):\n    f(kind, 'z')\n    assert kind['z'] == 1", ""),
    "abstract_base": ("class Sq(Shape):\n    def __init__(self, s):\n        self.s = s\n    def area(self):\n        return self.s ** 2", "assert Sq(3).area() == 9 and Sq(2).twice() == 8 and isinstance(Sq(1), Shape)", "from abc import ABC, abstractmethod\nclass Shape(ABC):\n    @abstractmethod\n    def area(self): ...\n    def twice(self):\n        return 2 * self.area()"),
    "two_bases": ("class A:\n    def a(self):\n        return 1\nclass B:\n    def b(self):\n        return 2\nclass C(A, B):\n    pass", "assert C().a() + C().b() == 3 and isinstance(C(), A) and isinstance(C(), B)", ""),
    "iterable_class": ("class S:\n    def __iter__(self):\n        return iter([1, 2])", "assert list(S()) == [1, 2] and sum(S()) == 3", ""),
    "lazy_iterators": ("def f():\n    return map(str, [1, 2]), zip([1], [2]), enumerate('a')", "assert [list(x) for x in f()] == [['1', '2'], [(1, 2)], [(0, 'a')]]", ""),
    "enum": ("from enum import Enum\nclass C(Enum):\n    R = 1\n    B = 2\ndef f():\n    return C.R", "assert f() is C.R and f() != C.B and f().value == 1 and {C.R: 1}[f()] == 1\nassert C['B'].value == 2 and len(C) == 2 and [c.name for c in C] == ['R', 'B'] and bool(C)", ""),
    "intervals": ("import pandas as pd\ndef f(s):\n    return pd.cut(s, [0, 1, 2])", "import pandas as pd\ns = pd.Series([1, 2])\npd.testing.assert_series_equal(f(s), pd.cut(s, [0, 1, 2]))", ""),
    "periods": ("import pandas as pd\ndef f(s):\n    return s.groupby(s.index.to_period('M')).sum()", "import pandas as pd\ns = pd.Series([1, 2], index=pd.to_datetime(['2024-01-01', '2024-02-01']))\nassert f(s).tolist() == [1, 2] and str(f(s).index[1]) == '2024-02'", ""),
    "group_by": ("def f(d):\n    return d.groupby('a')", "import pandas as pd\nassert f(pd.DataFrame({'a': [1, 1]})).size().tolist() == [2]", ""),
    "own_exit": ("class T:\n    def __enter__(self):\n        return self\n    def __exit__(self, kind, *rest):\n        return kind is ValueError", "with T():\n    raise ValueError\ntry:\n    with T():\n        raise KeyError\nexcept KeyError:\n    pass\nelse:\n    raise AssertionError", ""),
    "own_suppression": ("from contextlib import contextmanager\n@contextmanager\ndef ignore():\n    try:\n        yield 3\n    except ZeroDivisionError:\n        pass", "with ignore() as v:\n    assert v == 3\n    1 / 0", ""),
    "stop_iteration": ("def f(x):\n    raise StopIteration", "try:\n    f(1)\nexcept StopIteration:\n    pass\nelse:\n    raise AssertionError", ""),
    "masked_array": ("import numpy as np\ndef f():\n    return np.ma.array([1, 2])", "import numpy as np\nassert (f() == np.array([1, 2])).all()", ""),
    "structured_array": ("import numpy as np\ndef f():\n    return np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f4')])", "assert f()['a'][0] == 1", ""),
    "function_attribute": ("def f():\n    f.n += 1\nf.n = 0", "f()\nassert f.n == 1", ""),
    "mock": ("def f(c):\n    return c.get(3)", "from unittest.mock import Mock\nc = Mock()\nc.get.return_value = 4\nassert f(c) == 4", ""),
    "open_file": ("def f(h):\n    return h.read()", "import io\nassert f(io.StringIO('a')) == 'a'", ""),
}  # fmt: skip

BEYOND = {
    "query_result": ("%%sql r <<\nSELECT 1 AS a", "assert r['a'][0] == 1"),
    "query_line": ("r = %sql SELECT 1\ndef f():\n    return r[0]", "assert f() == 1"),
    "test_in_another_language": ("def f():\n    return 1", "%%bash\nexit 1"),
    "test_by_command": ("def f():\n    return 1", "out = !ls\nassert out == []"),
}  # fmt: skip


@pytest.mark.parametrize("name", CROSS)
def test_an_honest_value_crosses(mark: Mark, name: str) -> None:
    answer, test, shown = CROSS[name]
    cells = [given(shown)] if shown else []
    assert mark(course(*cells, solution("s", answer), autograded("t", test))) == {
        "t": ("pass", 1.0)
    }


@pytest.mark.parametrize("name", BEYOND)
def test_what_cannot_cross_is_unsupported_and_not_wrong(mark: Mark, name: str) -> None:
    answer, test = BEYOND[name]
    assert mark(course(solution("s", answer), autograded("t", test))) == {
        "t": ("unsupported", None)
    }


def test_a_query_answer_is_unsupported_only_where_the_author_has_queries(mark: Mark) -> None:
    cells = (solution("s", "r = [1]"), autograded("t", "assert r == [1]"))
    answer = {"s": "%%sql r <<\nSELECT 1"}
    assert mark(course(*cells), answer) == {"t": ("candidate_error", 0.0)}
    asking = course(given("%load_ext sql\n%sql sqlite://"), *cells)
    assert mark(asking, answer) == {"t": ("unsupported", None)}


@pytest.mark.parametrize(("kind", "value"), [("str", "'a'"), ("list", "[1]"), ("dict", "{'a': 1}"), ("float", "1.5")])  # fmt: skip
def test_a_subclass_that_pretends_to_be_data_is_the_candidates_error(
    mark: Mark, kind: str, value: str
) -> None:
    answer = f"class S({kind}):\n    def __eq__(self, other):\n        return True\n    __hash__ = None\ndef f():\n    return S({value})"
    pretending = course(solution("s", answer), autograded("t", f"assert f() == {value}"))
    plain = f"def f():\n    return {value}"
    assert mark(pretending, {"s": answer})["t"] == ("unsupported", None)  # the author's own class
    honest = course(solution("s", plain), autograded("t", f"assert f() == {value}"))
    assert mark(honest, {"s": answer})["t"] == ("candidate_error", 0.0)
