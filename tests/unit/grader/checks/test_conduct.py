"""What a question forbids is found through every alias that syntax shows, and nothing else is."""

import ast

import pytest
from viva_grader.checks.conduct import find_uses


def lines(source: str, *, imports: tuple[str, ...] = (), calls: tuple[str, ...] = ()) -> list[int]:
    return sorted({use.line for use in find_uses([("f", ast.parse(source))], imports, calls)})


@pytest.mark.parametrize(
    "source",
    [
        "import numpy",
        "import numpy.linalg as la",
        "from numpy import sort",
        "from numpy.linalg import inv as i",
        "import importlib as i; i.import_module('numpy')",
        "from importlib import import_module as m; m('numpy.linalg')",
        "m = __import__; m('numpy')",
        "import builtins; getattr(builtins, '__import__')('numpy')",
        "import importlib as i; i.import_module(name='numpy')",
        "import importlib as i; i.import_module('.linalg', 'numpy')",
        "import importlib as i; i._bootstrap._gcd_import('numpy')",
        "import pkgutil; pkgutil.resolve_name('numpy:sort')",
        "__import__('num' + 'py')",
        "(i := __import__)('numpy')",
        "__import__.__call__('numpy')",
        "import sys; sys.modules['numpy']",
        "import sys as s; m = s.modules; m.get('numpy')",
        "exec('import numpy as np')",
        "exec('exec(\"import numpy\")')",
    ],
)
def test_a_forbidden_module_is_found_however_it_is_imported(source: str) -> None:
    assert lines(source, imports=("numpy",)) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "list(map(__import__, names))",
        "[__import__][0]('numpy')",
        "import importlib; importlib.import_module(name)",
        "import sys; list(sys.modules.values())",
    ],
)
def test_an_import_of_what_cannot_be_read_counts_where_imports_are_forbidden(source: str) -> None:
    assert lines(source, imports=("numpy",)) == [1]
    assert lines(source, calls=("eval",)) == []


@pytest.mark.parametrize("source", ["import numpyro", "import pandas", "numpy = 1", "# numpy"])
def test_other_modules_are_free(source: str) -> None:
    assert lines(source, imports=("numpy",)) == []


HANDED_ON = [
    "from pandas.core.frame import np; np.sort(x)",
    "import pandas as pd; pd.core.frame.np.sort(x)",
    "import pandas; core = pandas.core.frame; numbers = core.np; numbers.sort(x)",
    "from scipy.linalg import _misc; _misc.np.sort(x)",
    "import sklearn.base as b; getattr(b, 'np').sort(x)",
    "import matplotlib.pyplot as plt; plt.np.sort(x)",
    "import pandas.core.frame as f; vars(f)['np'].sort(x)",
    "from operator import attrgetter; import pandas as pd; attrgetter('core.frame.np.sort')(pd)(x)",
]


@pytest.mark.parametrize("source", HANDED_ON)
def test_a_module_is_found_behind_a_library_that_hands_it_on(source: str) -> None:
    assert lines(source, calls=("numpy.sort",)) == [1]
    assert lines(source, imports=("numpy",)) == [1]
    assert lines(source, imports=("itertools",), calls=("numpy.argsort",)) == []


def test_a_function_is_found_behind_a_list_of_libraries() -> None:
    source = "import pandas.core.frame as f\nfor each in [f]:\n    each.np.sort(x)"
    assert lines(source, calls=("numpy.sort",)) == [3]


def test_what_a_library_offers_of_its_own_is_free() -> None:
    source = """
import datetime, random
import matplotlib.pyplot as plt
import pandas as pd
import scipy.stats as st
from json import loads
from pathlib import Path
from queue import PriorityQueue
from statistics import mean
from typing import Iterable
from sklearn.linear_model import LinearRegression
plt.plot([random.choice([1]), st.norm.cdf(1), datetime.datetime.now()])
pd.DataFrame({"a": [1]}).merge(pd.Series([1]).sort_values().mean()), Path("a").read_text()
"""
    modules = ("numpy", "itertools", "bisect", "heapq", "os", "re", "math", "functools")
    assert lines(source, imports=modules, calls=("numpy.sort", "sorted", "os.system")) == []


def test_a_forbidden_part_of_a_module_is_found_by_way_of_its_parent() -> None:
    source = "import numpy as np\nnp.sort(x)\nnp.linalg.inv(x)\nalg = np.linalg"
    assert lines(source, imports=("numpy.linalg",)) == [3, 4]


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)",
        "e = f = eval; f(text)",
        "list(map(eval, texts))",
        "import builtins as b; b.eval(text)",
        "getattr(__builtins__, 'eval')(text)",
        "__builtins__['eval'](text)",
        "globals()['eval'](text)",
        "import builtins as b; vars(b)['eval'](text)",
        "def g(text, run=eval): return run(text)",
        "def eval(text): ...\ndel eval\neval(text)",
        "eval(text)\ndef eval(text): ...",
        "run = eval\ndef eval(text): ...",
        "print.__self__.eval(text)",
        "globals()['__builtins__'].eval(text)",
        "__builtins__.__dict__.get('eval')(text)",
        "import builtins as b; b.__dict__.__getitem__('eval')(text)",
        "import builtins as b; b.__getattribute__('eval')(text)",
        "import sys; sys.modules['builtins'].eval(text)",
        "exec('eval(text)')",
    ],
)
def test_a_forbidden_function_is_found_through_aliases(source: str) -> None:
    assert lines(source, calls=("eval",))


@pytest.mark.parametrize(
    "source", ["def eval(x): return x\neval(1)", "df.eval('a')", "'eval(1)'", "evaluate(1)"]
)
def test_what_only_looks_like_it_is_free(source: str) -> None:
    assert lines(source, calls=("eval",)) == []


@pytest.mark.parametrize(
    "source",
    [
        "from numpy import *\nsort(x)",
        "np.__dict__['sort'](x)",
        "vars(np).get('sort')(x)",
        "np.__getattribute__('sort')(x)",
        "import operator\noperator.attrgetter('sort')(np)(x)",
        "import operator\noperator.methodcaller('sort', x)(np)",
        "for m in (np,): m.sort(x)",
        "(lambda m: m.sort(x))(np)",
        "[m.sort(x) for m in [np]]",
        "m = np if x else 0\nm.sort(x)",
        "d = {'m': np}\nd['m'].sort(x)",
        "class A: m = np\nA.m.sort(x)",
        "def g(): return np\ng().sort(x)",
        "with open(np) as m: m.sort(x)",
        "match np:\n    case m: m.sort(x)",
        "A.m = np\nA.m.sort(x)",
        "def g(*, m=np): m.sort(x)",
        "globals()['np'].sort(x)",
        "import __main__\n__main__.np.sort(x)",
        "".join(f"m = a{n}\n" for n in range(40)) + "m = np\nm.sort(x)",
        "".join(f"a{n} = a{n + 1}\n" for n in range(40)) + "a40 = np\na0.sort(x)",
    ],
)
def test_a_function_is_found_however_its_module_is_handed_on(source: str) -> None:
    assert lines(f"import numpy as np\n{source}", calls=("numpy.sort",))


@pytest.mark.parametrize(
    "source",
    [
        "x.sort()\nprint(np.mean(x))",
        "x.get('sort')\nx['sort']\nvars(x)['sorted']",
        "isinstance(x, np.ndarray)\nx.sort()",
        "n = np\nn.mean(x)\nx.sort()",
        "getattr(np, 'mean')(x)\nx.sort()",
        "import sys\nsys.stdout.write(x)\nsys.path\nx.sort()",
    ],
)
def test_a_method_of_that_name_is_free_while_the_module_stays_in_sight(source: str) -> None:
    assert lines(f"import numpy as np\n{source}", calls=("numpy.sort",)) == []


def test_functions_of_modules_and_methods_are_found_by_their_dotted_names() -> None:
    source = "import numpy as np\nnp.sort(x)\ns = np.sort\nx.sort()\n'a'.replace('a', 'b')"
    assert lines(source, calls=("numpy.sort",)) == [2, 3]
    assert lines(source, calls=("str.replace",)) == [5]
    assert lines(source, calls=(".sort",)) == [2, 3, 4]


def test_a_text_made_to_be_slow_is_read_in_no_time() -> None:
    chain = "x = a" + ".b" * 900
    again = "\n".join(f"n{n} = n{n - 1} = f{n}" for n in range(1, 800))
    assert lines(f"{chain}\n{again}", imports=("numpy",), calls=("eval",)) == []
