"""Decides what ``nose`` and ``unittest.main`` do in a test cell: they end it where a test fails."""

import re
import sys
import types
import unittest
from typing import Any


def install() -> None:
    """Offer ``nose.tools`` where nose, which no longer imports on this Python, is missing.

    And let ``unittest.main(exit=False)`` end the cell if a test failed: it would only print.
    """
    unittest.main = unittest.TestProgram = _Program
    if "nose" in sys.modules:
        return
    nose, tools = types.ModuleType("nose"), types.ModuleType("nose.tools")
    case = unittest.TestCase()
    case.maxDiff = None
    offered: Any = tools
    for name in dir(case):
        if name.startswith("assert") and not name.startswith("assert_"):
            snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
            setattr(offered, snake, getattr(case, name))
    offered.assert_equals = case.assertEqual
    offered.assert_not_equals = case.assertNotEqual
    offered.assert_almost_equals = case.assertAlmostEqual
    offered.ok_, offered.eq_ = case.assertTrue, case.assertEqual
    offered.raises = _raises(case)
    package: Any = nose
    package.tools = tools
    package.__path__ = []
    sys.modules |= {"nose": nose, "nose.tools": tools}


class _Program(unittest.TestProgram):
    def runTests(self) -> None:  # noqa: N802 - as unittest calls it
        super().runTests()
        result: Any = getattr(self, "result", None)
        if result is not None and not result.wasSuccessful():
            _, trace = [*result.failures, *result.errors][0]
            raise AssertionError(trace.strip().splitlines()[-1])


def _raises(case: unittest.TestCase) -> Any:
    def raises(*kinds: type[BaseException]) -> Any:
        def decorate(function: Any) -> Any:
            def check(*args: Any, **kwargs: Any) -> None:
                with case.assertRaises(kinds):  # noqa: PT027 - this is nose's, made of unittest's
                    function(*args, **kwargs)

            return check

        return decorate

    return raises
