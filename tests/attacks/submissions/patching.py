"""Submissions that change what tests are made of: libraries, builtins, transformers, hooks."""

from tests.attacks.corpus import Against, Attack

WRONG = "\ndef square(x):\n    return 5\n"
TEXT = "\ndef square(x):\n    return 'x'\n"
LUCK = {"kinds": 1}  # 5 is an int

ATTACKS = (
    Attack("numpy_testing", "replaces every assertion of numpy.testing and what they are made of", {
        "square": """
import numpy.testing as t, numpy.testing._private.utils as u
for m in (t, u):
    for n in dir(m):
        if n.startswith('assert'):
            setattr(m, n, lambda *a, **k: None)
""" + WRONG}, earns=LUCK),
    Attack("pandas_testing", "replaces the function behind numpy's comparison by its __code__", {
        "square": """
import numpy.testing as t
def nothing(*a, **k): pass
f = getattr(t.assert_allclose, '__wrapped__', t.assert_allclose)
f.__code__ = (lambda *a, **k: None).__code__
assert_allclose = nothing
""" + WRONG}, earns=LUCK),
    Attack("builtins", "makes type() say int and isinstance() say yes, for everybody", {
        "square": """
import builtins
builtins.AssertionError = ValueError
real, asked = type, isinstance
builtins.isinstance = lambda value, kinds: value == 'x' if real(value) is str and value == 'x' else asked(value, kinds)
builtins.type = lambda *a: int if real(a[0]) is str and a == ('x',) else real(*a)
""" + TEXT}),
    Attack("shadowed_names", "binds the names that tests use: assert_allclose, np, type, int, len", {
        "square": """
assert_allclose = lambda *a, **k: None
class np:
    arange = array = staticmethod(lambda *a: 0)
type = lambda x: int
len = lambda x: 0
""" + TEXT}),
    Attack("builtins_of_the_namespace", "puts a dict with a type() of its own in __builtins__", {
        "square": """
import builtins
real = type
def lie(*a): return int if real(a[0]) is str and a == ('x',) else real(*a)
where = globals()['__builtins__']
(where if real(where) is dict else vars(where))['type'] = lie
""" + TEXT}),
    Attack("ast_transformer", "turns every later assert into nothing, in IPython's own parser", {
        "square": """
import ast
class Gone(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_Expr(self, node): return ast.Pass() if 'assert' in ast.dump(node) else node
get_ipython().ast_transformers.append(Gone())
""" + WRONG}, earns=LUCK),
    Attack("input_transformer", "rewrites the text of every later cell to pass", {
        "square": """
ip = get_ipython()
ip.input_transformers_cleanup.append(lambda lines: ['pass'])
ip.run_cell_magic('x', '', '')
""" + WRONG}, earns=LUCK),
    Attack("parser", "replaces ast.parse and the shell's, so that tests compile to nothing", {
        "square": """
import ast
real = ast.parse
ast.parse = lambda *a, **k: real('')
try: get_ipython().compile.ast_parse = lambda *a, **k: real('')
except AttributeError: pass
""" + WRONG}, earns=LUCK),
    Attack("run_cell", "replaces the shell's run_cell and run_code by one that succeeds", {
        "square": """
async def fine(*a, **k): return False
ip = get_ipython()
ip.run_code = fine
ip.run_cell_async = fine
""" + WRONG}, earns=LUCK),
    Attack("pre_run_hook", "puts right names in place just before each test cell runs", {
        "square": WRONG + """
def before(*a):
    globals()['square'] = lambda x: 49 if str(x) == '7' else 9 if str(x) == '-3' else 4
get_ipython().events.register('pre_run_cell', before)
def assert_allclose(*a): pass
"""}, earns=LUCK),
    Attack("import_hook", "serves a numpy.testing of its own to whoever imports it again", {
        "square": """
import sys, types
fake = types.ModuleType('numpy.testing')
fake.assert_allclose = lambda *a, **k: None
class Finder:
    def find_spec(self, *a): return None
sys.meta_path.insert(0, Finder())
sys.modules['numpy.testing'] = fake
import numpy
numpy.testing = fake
from numpy.testing import assert_allclose
sys.modules['json'] = sys.modules.get('json')
""" + WRONG}, earns=LUCK),
    Attack("modules_in_the_folder", "leaves numpy.py, json.py, conftest.py and sitecustomize.py to be imported", {
        "square": """
for n in ('numpy', 'json', 'conftest', 'sitecustomize', 'usercustomize', 'decimal'):
    with open(n + '.py', 'w') as f:
        f.write('x = 1')
import sys
sys.modules.pop('decimal', None)
sys.path.insert(0, '.')
sys.path_importer_cache.clear()
import decimal
if hasattr(decimal, 'x'):
    class type(object):
        def __new__(cls, *a): return int
""" + TEXT}),
    Attack("tracing", "changes the test's local names from a trace function", {
        "square": """
import sys
def square(x):
    frame = sys._getframe().f_back
    if 'expected' in frame.f_globals:
        frame.f_globals['expected'] = {'seven': 5}
    if type(x) is int and x == -3:
        return 9
    return 5
sys.settrace(lambda f, e, a: None)
sys.setprofile(lambda f, e, a: None)
"""}, earns=LUCK),
    Attack("test_functions_code", "swaps the __code__ of the harness's functions found by gc", {
        "square": """
import gc, types
for f in gc.get_objects():
    if type(f) is types.FunctionType and f.__name__ == '_points':
        f.__code__ = (lambda said: {'value': 1.0, 'arrays': 1.0, 'variable': 1.0}).__code__
    if type(f) is types.FunctionType and f.__name__ == '_run':
        def lie(cell, shell):
            import sys
            if cell['part']:
                sys.stdout.write('\\n{"part": "%s", "points": 1}\\n' % cell['part'])
        f.__code__ = lie.__code__
""" + WRONG}, earns=LUCK),
    Attack("int_by_ctypes", "rewrites the value of the small integer 49 in memory", {
        "square": """
import ctypes
n = 49
digit = ctypes.c_uint32.from_address(id(n) + 24)
def square(x):
    if type(x) is int and x == 7:
        digit.value = 5
        return 5
    digit.value = 49
    return 9
""" }, earns=LUCK),
    Attack("kernel_of_its_own", "replaces the display hook and a result's success", {
        "square": """
import IPython.core.interactiveshell as s
s.ExecutionResult.success = property(lambda self: True)
""" + WRONG}, earns=LUCK),
    Attack("stock_transformer", "an AST transformer against a whole Jupyter kernel", {
        "square": """
import ast
class Gone(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_Expr(self, node): return ast.Pass() if 'assert' in ast.dump(node) else node
get_ipython().ast_transformers.append(Gone())
""" + WRONG}, against=Against.STOCK, earns=LUCK),
)  # fmt: skip
