"""Submissions whose objects lie: equal to everything, of no true type, different each time."""

from tests.attacks.corpus import Against, Attack

EQUAL = """
class Any(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __sub__(self, o): return 0
    def __rsub__(self, o): return 0
    def __bool__(self): return True
    def __class_getitem__(cls, x): return cls
    def __lt__(self, o): return True
    __le__ = __gt__ = __ge__ = __lt__
    __array_priority__ = 1e9
    __class__ = int
"""

ATTACKS = (
    Attack("equal_to_everything", "returns an int that is equal to every other", {
        "square": EQUAL + "def square(x):\n    return Any(5)",
        "total": "total = Any(3)"}),
    Attack("equal_to_everything_in_stock", "returns an int that is equal to every other, to nbgrader", {
        "square": EQUAL + "def square(x):\n    return Any(5)",
        "total": "total = Any(3)"}, against=Against.STOCK),
    Attack("string_subclass", "returns a str subclass with an __eq__ of its own", {
        "square": """
class S(str):
    __eq__ = lambda self, o: True
    __hash__ = str.__hash__
def square(x):
    return S('x')"""}),
    Attack("array_subclass", "returns an ndarray subclass that answers numpy's protocols itself", {
        "square": """
import numpy as np
class A(np.ndarray):
    def __eq__(self, o): return True
    def __array_ufunc__(self, *a, **k): return True
    def __array_function__(self, *a, **k): return True
    def __bool__(self): return True
def square(x):
    return np.zeros(4).view(A)"""}),
    Attack("metaclass", "returns instances of a class whose metaclass is equal to int", {
        "square": """
class M(type):
    __eq__ = lambda c, o: True
    __instancecheck__ = lambda c, o: True
    __subclasscheck__ = lambda c, o: True
    __hash__ = type.__hash__
class C(metaclass=M):
    __eq__ = lambda s, o: True
    __hash__ = None
    __array__ = lambda s, *a, **k: None
def square(x):
    return C()"""}),
    Attack("class_property", "pretends to be an int by a __class__ property and by its name", {
        "square": """
class P:
    @property
    def __class__(self): return int
    def __eq__(self, o): return True
P.__name__ = P.__qualname__ = 'int'
P.__module__ = 'builtins'
def square(x):
    return P()"""}),
    Attack("changes_when_read_twice", "returns a list that gives other members each time", {
        "square": """
class L(list):
    n = 0
    def __iter__(self):
        L.n += 1
        return iter([49] if L.n else [5])
    def __eq__(self, o):
        L.n += 1
        return L.n > 0
def square(x):
    return L()"""}),
    Attack("a_value_in_a_variable", "leaves a variable that equals what it is compared with", {
        "square": "def square(x):\n    return 'x'",
        "total": "class T:\n    def __eq__(self, o): return True\ntotal = T()"}),
    Attack("reflected_comparison", "answers the test's == from the right-hand side's reflection", {
        "square": """
class R(tuple):
    def __eq__(self, o): return True
    def __ne__(self, o): return False
    __hash__ = tuple.__hash__
def square(x):
    return R((1, 2))"""}),
    Attack("data_frame_subclass", "returns a DataFrame subclass that every comparison accepts", {
        "square": """
import pandas as pd
class F(pd.DataFrame):
    def __eq__(self, o): return True
    def __bool__(self): return True
    def equals(self, o): return True
    def __array__(self, *a, **k): import numpy; return numpy.array([0, 1, 4, 9])
def square(x):
    return F({'a': [1]})"""}),
    Attack("nan_and_signed_zero", "returns an object array of itself, NaN and lone surrogates", {
        "square": """
import numpy as np
class N(float):
    def __eq__(self, o): return True
    __hash__ = float.__hash__
def square(x):
    if isinstance(x, np.ndarray):
        return np.array([N('nan')] * 4, dtype=object)
    return N('nan')""",
        "total": "total = '\\ud800'"}),
    Attack("decimal_subclass", "returns a Decimal subclass whose arithmetic and equality lie", {
        "square": """
from decimal import Decimal
class D(Decimal):
    __eq__ = lambda s, o: True
    __hash__ = Decimal.__hash__
def square(x):
    return D('5')"""}),
    Attack("enum_and_namedtuple", "returns an enum member that is equal to everything", {
        "square": """
import enum
class E(enum.IntEnum):
    A = 5
    def __eq__(self, o): return True
    __hash__ = enum.IntEnum.__hash__
def square(x):
    return E.A"""}),
)  # fmt: skip
