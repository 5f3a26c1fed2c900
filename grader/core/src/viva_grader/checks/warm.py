"""Decides what the judging process has done before it is forked: imports, and their first use.

What pandas, numpy.testing and the codec build when they are first used costs more than most
submissions' tests do. Built before the fork, each has it, in memory that is shared.
"""

import contextlib
import importlib
import json
import linecache
import sys
from typing import Any

from viva_grader.callee.codec import Decoder, Encoder
from viva_grader.callee.foreign import Proxies
from viva_grader.checks.trusted_cell import run_leniently

PACKAGES = (
    "numpy.testing",
    "pandas.testing",
    "math",
    "random",
    "statistics",
    "pytest",
    "unittest.mock",
)
"""What tests import; a package that is missing is missed only by a test that needs it."""
_CELL = "warm"
_ARRAYS = """
import numpy as np
import pandas as pd
numbers = np.array([3.0, 1.0, 2.0])
frame = pd.DataFrame({"s": list("abab"), "n": [1, 2, 2, 3], "x": [0.5, None, 2.0, 3.0]})
frame["t"] = pd.to_datetime(["2020-01-01", "2020-01-02"] * 2)
more = pd.concat([frame, frame.assign(n=3)], ignore_index=True)
np.testing.assert_allclose(numbers, numbers), np.testing.assert_array_equal(numbers, numbers)
pd.testing.assert_frame_equal(frame, frame.copy()), pd.testing.assert_series_equal(frame.x, frame.x)
assert abs(numbers.mean() - 2) < 1e-9 and np.isclose(numbers, numbers).all() and frame.equals(frame)
frame[frame["n"] > 1].groupby("s")["n"].sum().to_dict(), frame.iloc[:0], more.sort_values("n")
frame["x"].isna().any(), (frame["n"] == 2).tolist(), frame.set_index("s").reset_index(), repr(frame)
values = [numbers, frame, frame["x"], frame.index, frame["t"].iloc[0], numbers[0], {"a": (1, 2.5)}]
"""


def warm_up() -> None:
    """Import what tests import, and use it once."""
    for name in PACKAGES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if "pandas" not in sys.modules:
        return
    namespace: dict[str, Any] = {}
    with contextlib.suppress(Exception):
        run_leniently(_ARRAYS, _CELL, namespace)
        proxies = Proxies({}, {})
        text = json.dumps(Encoder(proxies).encode(namespace["values"]), allow_nan=False)
        Decoder(proxies).decode(json.loads(text))
    linecache.cache.pop(f"<{_CELL}>", None)
