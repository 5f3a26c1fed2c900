"""Visible checks: each by itself, in plain words, with nothing left behind."""

import pandas as pd
import pytest
from viva_lab.check import MAX_FINDINGS, run_checks


def states(source, **names):
    return [each.state for each in run_checks(source, names).findings]


def test_every_check_is_shown_also_after_one_that_failed():
    report = run_checks(
        "assert f(1) == 2\nassert f(1) == 3, 'off by one'\nassert f(2) == 3", {"f": lambda x: x + 1}
    )
    assert [each.state for each in report.findings] == ["pass", "fail", "pass"]
    failed = report.findings[1]
    assert (failed.input, failed.expected, failed.got, failed.note) == (
        "f(1)",
        "3",
        "2",
        "off by one",
    )
    assert report.stopped == ""


def test_an_expected_value_that_stands_first_is_still_the_expected_one():
    finding = run_checks("assert 3 == f()", {"f": lambda: 4}).findings[0]
    assert (finding.input, finding.expected, finding.got) == ("f()", "3", "4")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("assert n < 3", "less than 3"),
        ("assert n in (1, 2)", "one of (1, 2)"),
        ("assert n is None", "None"),
        ("assert not n", "true"),
    ],
)
def test_what_is_expected_is_said_in_words(source, expected):
    finding = run_checks(source, {"n": 5}).findings[0]
    assert (finding.state, finding.expected) == ("fail", expected)


def test_error_of_an_answer_is_a_finding_beside_what_was_expected():
    def answer():
        raise ValueError("no such thing")

    finding = run_checks("assert answer() == 1", {"answer": answer}).findings[0]
    assert (finding.state, finding.expected) == ("error", "1")
    assert finding.got == "ValueError: no such thing"


def test_missing_name_is_said_as_what_to_do():
    finding = run_checks("assert answer() == 1", {}).findings[0]
    assert finding.got == "answer is not defined yet. Run the cell that defines it."


def test_pandas_assertions_show_both_frames():
    source = (
        "from pandas.testing import assert_frame_equal\n"
        "assert_frame_equal(f(), pd.DataFrame({'a': [2]}))"
    )
    finding = run_checks(source, {"f": lambda: pd.DataFrame({"a": [1]}), "pd": pd}).findings[0]
    assert (finding.state, finding.input) == ("fail", "f()")
    assert "1" in finding.got
    assert "2" in finding.expected
    assert "different" in finding.note


def test_checks_in_loops_and_branches_are_each_shown():
    assert states("for n in (1, 2):\n    if n:\n        assert n == 1") == ["pass", "fail"]


def test_more_checks_than_anybody_reads_end():
    report = run_checks("while True:\n    assert 1 == 1", {})
    assert len(report.findings) == MAX_FINDINGS
    assert report.stopped


def test_a_cell_that_cannot_go_on_says_why():
    report = run_checks("assert 1 == 1\nboom()\nassert 2 == 2", {})
    assert len(report.findings) == 1
    assert (
        report.stopped
        == "The tests could not go on: boom is not defined yet. Run the cell that defines it."
    )


@pytest.mark.parametrize(
    "source", ["assert (", "import sys; sys.exit(0)", "raise KeyboardInterrupt"]
)
def test_no_cell_ends_the_kernel(source):
    assert run_checks(source, {}).stopped


def test_names_are_left_as_they_were():
    names = {"x": 1}
    run_checks("x = 2\ny = 3\nassert x == 2", names)
    assert names == {"x": 1}


def test_a_walrus_still_binds():
    assert states("assert (n := 3)\nassert n == 3") == ["pass"]


def test_a_broken_repr_breaks_nothing():
    class Odd:
        def __repr__(self):
            raise RuntimeError

        def __eq__(self, other):
            return False

        __hash__ = None

    assert run_checks("assert f() == 1", {"f": Odd}).findings[0].got.startswith("<Odd instance")
