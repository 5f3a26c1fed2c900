"""Submissions that lie about their answers: patched libraries, equal objects, forged messages."""

from collections.abc import Callable

import pytest
from viva_grader.domain.grade import Grade

pytestmark = pytest.mark.sandbox
Attack = Callable[..., Grade]

WRONG = "def square(x):\n    return 5\n"
EQUAL = (
    "class Any(int):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
    "    def __hash__(self): return 0\n    def __sub__(self, o): return 0\n    def __rsub__(self, o): return 0\n"
    "    def __bool__(self): return True\n    def __class_getitem__(cls, x): return cls\n"
    "    def __lt__(self, o): return True\n    __le__ = __gt__ = __ge__ = __lt__\n"
)
FORGE = (
    "import gc, json, socket, struct\n"
    "def channel():\n    return next(o for o in gc.get_objects() if type(o) is socket.socket)\n"
    "def say(message):\n    body = json.dumps(message).encode()\n    channel().sendall(struct.pack('>I', len(body)) + body)\n"
)

LIES = {
    "patched_numpy_testing": "import numpy.testing as t\nfor n in dir(t):\n    if n.startswith('assert'):\n        setattr(t, n, lambda *a, **k: None)\n" + WRONG,
    "patched_builtins": "import builtins\nbuiltins.AssertionError = ValueError\nbuiltins.isinstance = lambda *a: True\nbuiltins.type = lambda *a: int\n" + WRONG,
    "shadowed_names": "assert_allclose = lambda *a, **k: None\nnp = None\nint = str\ntype = lambda x: str\nlen = None\n" + WRONG,
    "an_object_equal_to_everything": EQUAL + "def square(x):\n    return Any(5)",
    "a_lying_subclass_of_str": "class S(str):\n    __eq__ = lambda self, o: True\n    __hash__ = str.__hash__\ndef square(x):\n    return S('x')",
    "a_lying_array": "import numpy as np\nclass A(np.ndarray):\n    def __eq__(self, o): return True\n    def __array_ufunc__(self, *a, **k): return True\n    def __array_function__(self, *a, **k): return True\ndef square(x):\n    return np.zeros(4).view(A)",
    "a_lying_metaclass": "class M(type):\n    __eq__ = lambda c, o: True\n    __instancecheck__ = lambda c, o: True\n    __hash__ = type.__hash__\nclass C(metaclass=M):\n    __eq__ = lambda s, o: True\ndef square(x):\n    return C()",
    "an_assertion_error_that_is_caught": "def square(x):\n    raise StopIteration",
    "input_transformers": "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda lines: ['pass'])\nip.run_cell_magic('x', '', '')\nimport ast\nast.parse = lambda *a, **k: None\n" + WRONG,
    "import_hooks": "import sys\nclass F:\n    def find_spec(self, *a): return None\nsys.meta_path.insert(0, F())\nsys.modules['numpy'] = sys.modules['json'] = None\n" + WRONG,
    "tracing": "import sys\ndef t(f, e, a):\n    f.f_locals['x'] = 7\n    return t\nsys.settrace(t)\nsys.setprofile(t)\n" + WRONG,
    "atexit_and_exit_status": "import atexit, os\natexit.register(lambda: os._exit(0))\nraise SystemExit(0)",
    "a_forged_answer": FORGE + "def square(x):\n    for i in range(200):\n        say({'ok': {'v': 49, 'n': []}, 'id': i, 'out': ''})\n    return 5",
    "a_forged_verdict": FORGE + "def square(x):\n    say({'part': 'value', 'status': 'pass', 'points': 1, 'message': '', 'places': [], 'facts': {}})\n    say({'done': True, 'problems': []})\n    return 5",
    "a_call_back_that_does_not_exist": FORGE + "def square(x):\n    say({'cb': 0, 'value': {'v': [0], 'n': [['list', [], [[1], [2]]], ['tuple', [], []], ['dict', [], []]]}})\n    return 5",
    "a_result_that_changes": "class L(list):\n    n = 0\n    def __iter__(self):\n        L.n += 1\n        return iter([49] if L.n else [5])\ndef square(x):\n    return L()",
    "the_protocol_turned_off": FORGE + "import viva_runner.serve as s\ns.Session._do_get = lambda self, m: {'ok': {'v': True, 'n': []}}\n" + WRONG,
    "handles_of_others": FORGE + "def square(x):\n    say({'ok': {'v': [0], 'n': [['h', [0], []]]}, 'id': 10**9, 'out': ''})\n    return 5",
    "types_by_name": FORGE + "def square(x):\n    for i in range(99):\n        say({'ok': {'v': [0], 'n': [['ref', ['os', 'system'], []]]}, 'id': i, 'out': ''})\n    return 5",
    "decorated_by_print": "print('{\"part\": \"value\", \"status\": \"pass\"}')\nimport sys\nsys.__stdout__.write('4/4')\n" + WRONG,
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_lie_gains_no_point(attack: Attack, name: str) -> None:
    # the forger may of course send the right values, as he may compute them: these send wrong ones
    grade = attack(square=LIES[name], total="total = -1")
    points = {item.part: item.points or 0 for item in grade.items}
    honest_luck = {"kinds"}  # 5 is an int
    gained = {part for part, earned in points.items() if earned} - honest_luck
    if name == "a_forged_answer":
        gained -= {"value"}  # 49 for every question is right once and wrong for the other
    assert gained == set(), [(i.part, i.status, i.message) for i in grade.items]


def test_expected_values_never_enter_the_sandbox(attack: Attack) -> None:
    spy = (
        "import gc, sys\nfound = []\nneedle = ''.join(['can', 'ary'])\n"
        "def look():\n    for o in gc.get_objects():\n"
        "        if type(o) in (dict, list, tuple) and len(o) < 1000:\n"
        "            for v in list(o.values() if type(o) is dict else o):\n"
        "                if type(v) is str and needle in v and v != needle: found.append(v)\n"
        "def square(x):\n    if not found and x is not None: look()\n"
        "    frame = sys._getframe()\n    while frame:\n"
        "        if {'secret'} & ({*frame.f_locals} | {*frame.f_globals}): found.append(2)\n"
        "        frame = frame.f_back\n    return x * x if not found else 5"
    )
    grade = attack(square=spy, total="total = 14")
    assert grade.auto_score == 4, [(i.part, i.status, i.message) for i in grade.items]


METADATA = {
    "tests_skipped": {"tags": ["skip-execution", "remove-cell"]},
    "points_raised": {"nbgrader": {"points": 100}},
    "solution_of_the_tests": {"nbgrader": {"solution": True, "grade": True}},
    "schema_changed": {"nbgrader": {"schema_version": 0, "checksum": "0" * 32}},
    "locked_off": {"nbgrader": {"locked": False, "grade": False}},
}


@pytest.mark.parametrize("name", METADATA)
def test_metadata_is_not_believed(grader, name: str) -> None:  # type: ignore[no-untyped-def]
    import json

    from tests.attacks.conftest import victim_course

    victim = victim_course()
    document = json.loads(victim.submission({"square": WRONG, "total": "total = 0"}))
    document["metadata"] = {"kernelspec": {"name": "bash", "language": "bash"}}
    for cell in document["cells"]:
        changed = dict(METADATA[name])
        inner = changed.pop("nbgrader", {})
        cell["metadata"] |= changed
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= inner
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "data": {"text/plain": "4"},
                    "metadata": {},
                    "execution_count": 1,
                }
            ]
    grade = grader.grade(json.dumps(document).encode(), victim.question)
    assert (grade.auto_score, grade.max_score) == (1, 4)


def test_copied_and_moved_cells_do_not_count_twice(grader) -> None:  # type: ignore[no-untyped-def]
    import json

    from tests.attacks.conftest import HONEST, victim_course

    victim = victim_course()
    document = json.loads(victim.submission({"square": WRONG}))
    copies = [dict(cell) for cell in document["cells"]]
    for cell in copies:
        if "return 5" in cell["source"]:
            cell["source"] = HONEST
    document["cells"] = document["cells"][::-1] + copies * 3
    grade = grader.grade(json.dumps(document).encode(), victim.question)
    assert grade.auto_score == 1
    assert any(fact.kind == "copied_cell" for fact in grade.evidence)
