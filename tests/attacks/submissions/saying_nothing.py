"""Submissions that a weak test finds no fault with: nothing to compare, or a judge of their own."""

from tests.attacks.corpus import Attack

NP = "import numpy as np\nimport pandas as pd\n"
SQUARES = NP + "def f(x):\n    return np.asarray(x) ** 2"
LISTED = "def f(x):\n    return [i * i for i in x]"
TABLE = NP + "def f():\n    return pd.DataFrame({'a': [1.0, 2.0]})"
NUMBER = "def f(x):\n    return x * x"
NO_ROWS = NP + "def f(x):\n    return np.empty((0, len(x)))"
NO_LIST = "def f(x):\n    return []"
AGREES = "class A:\n    def __getattr__(self, name): return lambda *a, **k: 1\ndef f(*a):\n    return A()"
DIFFERENCE = (
    "import pandas as pd\nassert (f() - pd.DataFrame({'a': [1.0, 2.0]})).abs().sum().sum() == 0"
)
REWRITTEN = "expected = 81\nassert f(9) == expected"
DIGIT = "id(81) + 24"
"""Where CPython keeps the one digit of a small integer."""


def _says(name: str, tries: str, *cells: str) -> Attack:
    """Make one of the author's answer, the test, the hostile answer and perhaps a given cell."""
    honest, test, hostile, given = (*cells, "")[:4]
    return Attack(name, tries, trick=(honest, test, hostile, given))


ATTACKS = (
    _says("an_array_of_no_rows", "answers with an array of no rows, all of which agree", SQUARES,
        "import numpy as np\nassert (f([1, 2]) == np.array([1, 4])).all()", NO_ROWS),
    _says("no_difference", "answers with no rows, whose differences are none in sum", SQUARES,
        "import numpy as np\nassert np.sum(np.abs(f([1, 2]) - np.array([1, 4]))) < 1e-9", NO_ROWS),
    _says("no_disagreement", "answers with no rows, none of which is found to differ", SQUARES,
        "import numpy as np\ndiffers = f([1, 2]) != np.array([1, 4])\nassert not differs.any()", NO_ROWS),
    _says("nothing_for_a_given_helper", "answers with no rows where the author's own helper compares", SQUARES,
        "check(f([1, 2]), [1, 4])", NO_ROWS, "def check(got, want):\n    assert (got == want).all()"),
    _says("a_list_of_nothing", "answers with no items, so that nothing is paired with what is expected", LISTED,
        "assert all(a == b for a, b in zip(f([1, 2]), [1, 4]))", NO_LIST),
    _says("a_beginning_alone", "answers with the first item alone, as pairs end where one side does", LISTED,
        "for a, b in zip(f([1, 2]), [1, 4]):\n    assert a == b", "def f(x):\n    return [1]"),
    _says("a_generator_of_nothing", "answers with an iterator that a loop of assertions never enters", LISTED,
        "for a in f([1, 2]):\n    assert a in (1, 4)", "def f(x):\n    yield from ()"),
    _says("an_emptied_argument", "empties the list from which the test computes what it expects", LISTED,
        "given = [1, 2]\nassert f(given) == [n * n for n in given]", "def f(x):\n    x.clear()\n    return []"),
    _says("an_argument_of_zeros", "makes the test's array zeros, from which that computes what it expects",
        NP + "def f(a):\n    return a * 2", "import numpy as np\na = np.array([1, 2])\nassert (f(a) == a * 2).all()",
        NP + "def f(a):\n    a[:] = 0\n    return a.copy()"),
    _says("a_column_of_zeros", "makes a column of the test's table zeros, of which the test takes the sum",
        NP + "def f(d):\n    return d['a'].sum()", "import pandas as pd\nd = pd.DataFrame({'a': [1, 2]})\nassert f(d) == d['a'].sum()",
        NP + "def f(d):\n    d['a'] = 0\n    return 0"),
    _says("no_figure", "answers with NaN, which is not above any limit", NUMBER,
        "if abs(f(3) - 9) > 1e-6:\n    raise AssertionError", "def f(x):\n    return float('nan')"),
    _says("missing_values", "answers with missing values, which pandas leaves out of all and any",
        NP + "def f():\n    return pd.Series([1, 2])", "import pandas as pd\nassert (f() == pd.Series([1, 2])).all()",
        NP + "def f():\n    return pd.Series([pd.NA, pd.NA], dtype='Int64')"),
    _says("another_index", "answers with rows of another index: what is aligned with nothing sums to 0",
        TABLE, DIFFERENCE, NP + "def f():\n    return pd.DataFrame({'a': [7.0, 8.0]}, index=[10, 11])"),
    _says("other_columns", "answers with other columns, whose differences are all missing",
        TABLE, DIFFERENCE, NP + "def f():\n    return pd.DataFrame({'z': [7.0, 8.0]})"),
    _says("a_text_of_nothing", "answers with an empty text, which stands in every other", "def f():\n    return 'ab'",
        "assert f() in 'abc' and 'abc'.startswith(f())", "def f():\n    return ''"),
    _says("a_table_that_equals", "answers with an object whose own equals() agrees with what it is given", TABLE,
        "import pandas as pd\nassert f().equals(pd.DataFrame({'a': [1.0, 2.0]}))", AGREES),
    _says("a_text_that_begins", "answers with an object whose methods agree, where text is asked", "def f():\n    return 'abc'",
        "assert f().startswith('ab') and f().endswith('c')", AGREES),
    _says("a_list_that_counts", "answers with an object that counts whatever it is asked for", LISTED,
        "assert f([1, 2]).count(4) == 1", AGREES),
    _says("small_integers_rewritten", "rewrites by ctypes, in memory, the integer that the test expects", NUMBER, REWRITTEN,
        f"import ctypes\nctypes.c_uint32.from_address({DIGIT}).value = 3\ndef f(x):\n    return 3"),
    _says("strides_beyond_an_array", "rewrites that integer by an array whose stride leads there", NUMBER, REWRITTEN,
        f"import numpy as np\na = np.zeros(1, dtype=np.uint32)\nb = np.lib.stride_tricks.as_strided(a, (2,), ({DIGIT} - a.ctypes.data,))\nb[1] = 3\ndef f(x):\n    return 3"),
)  # fmt: skip
