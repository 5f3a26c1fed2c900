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
    ],
)
def test_a_forbidden_module_is_found_however_it_is_imported(source: str) -> None:
    assert lines(source, imports=("numpy",)) == [1]


@pytest.mark.parametrize("source", ["import numpyro", "import pandas", "numpy = 1", "# numpy"])
def test_other_modules_are_free(source: str) -> None:
    assert lines(source, imports=("numpy",)) == []


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
    ],
)
def test_a_forbidden_function_is_found_through_aliases(source: str) -> None:
    assert lines(source, calls=("eval",))


@pytest.mark.parametrize(
    "source", ["def eval(x): return x\neval(1)", "df.eval('a')", "'eval(1)'", "evaluate(1)"]
)
def test_what_only_looks_like_it_is_free(source: str) -> None:
    assert lines(source, calls=("eval",)) == []


def test_functions_of_modules_and_methods_are_found_by_their_dotted_names() -> None:
    source = "import numpy as np\nnp.sort(x)\ns = np.sort\nx.sort()\n'a'.replace('a', 'b')"
    assert lines(source, calls=("numpy.sort",)) == [2, 3]
    assert lines(source, calls=("str.replace",)) == [5]
    assert lines(source, calls=(".sort",)) == [2, 3, 4]


def test_a_text_made_to_be_slow_is_read_in_no_time() -> None:
    chain = "x = a" + ".b" * 900
    again = "\n".join(f"n{n} = n{n - 1} = f{n}" for n in range(1, 800))
    assert lines(f"{chain}\n{again}", imports=("numpy",), calls=("eval",)) == []
