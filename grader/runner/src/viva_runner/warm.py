"""Decides what a process has done before it is forked: its imports, and the first use of them.

What numpy, pandas and the codec build when they are first used costs more than most submissions
do. Built before the fork, each submission has it, and its memory is shared until it is written.
"""

import contextlib
import gc
import importlib
import json
import linecache
import sys
from typing import Any

from viva_runner.cells import run_cell
from viva_runner.codec import Decoder, Encoder
from viva_runner.handles import Handles

PACKAGES = ("numpy", "pandas")
"""Imported once, before the first fork, where the environment has them."""
_CELL = "warm"
_PLAIN = """
import collections, datetime, functools, inspect, itertools, math, random, re, statistics
def plain(a, *b, c: int = 1, **d) -> list:
    '''Use what a plain answer uses.'''
    return sorted(collections.Counter(re.findall("[a-z]+", "a b")).items())
class Plain:
    def __init__(self, a=1): self.a = a
named = collections.namedtuple("named", "a b")
values = [plain(1), {"a": (1.5, None)}, {1, 2}, datetime.date(2020, 1, 1), b"a", 1 << 99]
given = [named(1, 2), plain, Plain, Plain()]
for bad in ("[][0]", "{}['a']", "1 / 0", "int('a')", "missing"):
    try: eval(bad)
    except Exception as error: given.append(error)
"""
_ARRAYS = """
import numpy as np
import pandas as pd
numbers = np.array([3.0, 1.0, 2.0])
(numbers - numbers.mean()) / numbers.std(), np.sort(numbers), np.unique(numbers)
np.random.default_rng(1).normal(size=3), np.cumsum(numbers), np.isclose(numbers, 1), numbers > 1
frame = pd.DataFrame({"s": list("abab"), "n": [1, 2, 2, 3], "x": [0.5, None, 2.0, 3.0]})
frame["t"] = pd.to_datetime(["2020-01-01", "2020-01-02"] * 2)
frame["u"] = frame["n"] * 2 + frame["x"].fillna(0)
groups = frame.groupby("s")["n"]
groups.sum().to_dict(), groups.mean().idxmax(), groups.agg(["min", "max"]).reset_index()
frame.merge(frame, on="s").sort_values(["n_x", "s"], ascending=[False, True]).head(2)
pd.concat([frame, frame.iloc[:0], frame[frame["n"] > 1]], ignore_index=True).drop_duplicates()
frame["s"].str.upper().value_counts(), frame["t"].dt.day, frame["x"].isna().any(), frame.describe()
frame.loc[frame["s"] == "a", "n"].nlargest(1), frame["n"].rolling(2).mean(), frame["n"].rank()
frame.set_index("s").pivot_table(index="s", values="n", aggfunc="sum")
frame["n"].apply(str).tolist()
[*frame.itertuples()], [*frame.iterrows()], frame.assign(v=1).rename(columns={"v": "w"})
values += [numbers, frame, frame["x"], frame.index, frame["t"].iloc[0], numbers[0], repr(frame)]
"""


def warm_up() -> None:
    """Import what most notebooks import and use it once, so that a fork has it at once."""
    for name in PACKAGES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    namespace: dict[str, Any] = {}
    for source in (_PLAIN, _ARRAYS if "pandas" in sys.modules else ""):
        with contextlib.suppress(Exception):  # what is missing is missed by those who need it
            run_cell(source, _CELL, namespace, lenient=False)
    handles = Handles()
    with contextlib.suppress(Exception):
        Encoder(handles).encode(namespace["given"])
        text = json.dumps(Encoder(handles).encode(namespace["values"]), allow_nan=False)
        Decoder(json.loads(text), handles).decode()
    namespace.clear()
    linecache.cache.pop(f"<{_CELL}>", None)
    gc.collect()
    gc.freeze()
