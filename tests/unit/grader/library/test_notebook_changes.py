"""Decides that names are seen as changed in place exactly where a cell changes them."""

import pytest
from viva_grader.library.notebook_names import cell_names


@pytest.mark.parametrize(
    "source",
    [
        "data['x'] = 1", "data.attr = 1", "data.loc[0, 'x'] += 1", "del data['x']",
        "data.append(1)", "data['k'].append(1)", "data.drop(columns=['a'], inplace=True)",
        "import random\nrandom.shuffle(data)", "if True:\n    data.update(a=1)",
        "def note(x):\n    data[x] = 1", "class A:\n    def note(self, x):\n        data.append(x)",
    ],
)  # fmt: skip
def test_a_change_in_place_is_seen(source: str) -> None:
    assert cell_names(source).changed == {"data"}


@pytest.mark.parametrize(
    "source",
    [
        "data = []\ndata.append(1)", "x = data['x']", "data.head()", "x = data.drop(columns=['a'])",
        "def f(data):\n    data.append(1)", "def f():\n    data = []\n    data.append(1)",
        "import numpy as data\ndata.random.seed(1)", "data.drop(inplace=False)",
    ],
)  # fmt: skip
def test_reading_and_locals_are_no_change(source: str) -> None:
    assert cell_names(source).changed == frozenset()
