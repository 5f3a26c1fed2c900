"""Decides that courses written for ``nose`` keep working: its assertions, made from unittest's."""

import re
import sys
import types
import unittest
from typing import Any


def install() -> None:
    """Offer ``nose.tools`` where nose, which no longer imports on this Python, is missing."""
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


def _raises(case: unittest.TestCase) -> Any:
    def raises(*kinds: type[BaseException]) -> Any:
        def decorate(function: Any) -> Any:
            def check(*args: Any, **kwargs: Any) -> None:
                with case.assertRaises(kinds):  # noqa: PT027 - this is nose's, made of unittest's
                    function(*args, **kwargs)

            return check

        return decorate

    return raises
