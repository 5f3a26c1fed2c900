"""A function that takes something else than asked is told so; what cannot be read is let be."""

import ast

import pytest
from viva_grader.checks.signature import check_signature
from viva_grader.library.signature import parse_signature


def said(wanted: str, *sources: str) -> str | None:
    cells = [(f"c{n}", ast.parse(source)) for n, source in enumerate(sources)]
    wrong = check_signature(wanted, cells)
    return wrong.said if wrong else None


@pytest.mark.parametrize(
    ("wanted", "source"),
    [
        ("f(x, y)", "def f(x, y): ..."),
        ("f(x, y)", "def f(x: int, y: 'list[int]') -> int: ..."),
        ("f(x, y=1)", "def f(x, y=None): ..."),
        ("f(x, /)", "def f(other, /): ..."),
        ("f(*values, **more)", "def f(*v, **m): ..."),
        ("f(*, a, b=1)", "def f(*, b=2, a): ..."),
        ("f(x)", "f = lambda x: x"),
        ("f(x)", "f: object = lambda x: x"),
        ("async f(x)", "async def f(x): ..."),
        ("f()", "def f(): ..."),
    ],
)
def test_the_same_parameters_are_right(wanted: str, source: str) -> None:
    assert said(wanted, source) is None


@pytest.mark.parametrize(
    ("wanted", "source", "shown"),
    [
        ("f(x, y)", "def f(x): ...", "f(x)"),
        ("f(x, y)", "def f(y, x): ...", "f(y, x)"),
        ("f(x, y)", "def f(x, y=1): ...", "f(x, y=…)"),
        ("f(x, y=1)", "def f(x, y): ...", "f(x, y)"),
        ("f(x, *, y)", "def f(x, y): ...", "f(x, y)"),
        ("f(x, y)", "def f(x, *, y): ...", "f(x, *, y)"),
        ("f(x, y)", "def f(x, y, /): ...", "f(x, y, /)"),
        ("f(x)", "def f(*x): ...", "f(*x)"),
        ("f(x)", "def f(x, **k): ...", "f(x, **k)"),
        ("f(x)", "async def f(x): ...", "async f(x)"),
        ("f(x)", "f = lambda y: y", "f(y)"),
    ],
)
def test_other_parameters_are_named_beside_what_is_asked(
    wanted: str, source: str, shown: str
) -> None:
    sentence = said(wanted, source)
    assert sentence is not None
    assert sentence.endswith(f" is asked for; submitted: {shown}")


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "@cache\ndef f(a): ...",
        "if x:\n    def f(a): ...",
        "from m import f",
        "f = make()",
        "def f(a): ...\ndel f",
        "def f(a): ...\ndef g():\n    global f\n    f = 1",
        "class f: ...",
    ],
)
def test_what_cannot_be_read_is_left_to_the_tests(source: str) -> None:
    assert said("f(x)", source) is None


def test_the_last_binding_counts() -> None:
    assert said("f(x)", "def f(y): ...", "def f(x): ...") is None
    assert said("f(x)", "def f(x): ...", "def f(y): ...") is not None


@pytest.mark.parametrize(
    "text", ["", "f", "f(x", "f(x): return 1; def g()", "def f(x)", "(x)", "f(x)\nf"]
)
def test_what_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no signature"):
        parse_signature(text)


@pytest.mark.parametrize(
    "text", ["f(x, /, y, *, z=…)", "f(*a, b, **c)", "async f()", "f(a=…, *, b)"]
)
def test_a_signature_is_written_as_it_was_read(text: str) -> None:
    assert str(parse_signature(text.replace("…", "1"))) == text


def test_a_submitted_signature_without_end_is_cut() -> None:
    names = ", ".join(f"x{n}" for n in range(5000))
    assert len(said("f(x)", f"def f({names}): ...") or "") < 300
