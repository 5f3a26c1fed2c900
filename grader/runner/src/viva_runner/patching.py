"""Decides how a test's patch of a module takes effect here, and how it is taken back."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import importlib
import os
import random
import sys
from collections.abc import Callable
from typing import Any

_ABSENT: Any = object()
_before: dict[tuple[str, str], Any] = {}


def change(module: str, name: str, value: Any, *, given: bool) -> None:
    """Set a name of a module, or give it back what it was."""
    if module == "os.environ":
        if given:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)
    elif not name:
        _restore(module, value)
    else:
        target = importlib.import_module(module)
        before = _before.setdefault((module, name), getattr(target, name, _ABSENT))
        value = value if given else before
        if value is _ABSENT:
            delattr(target, name)
        else:
            setattr(target, name, value)


def _restore(module: str, state: Any) -> None:
    """Give a module's own random numbers the state that the test's have."""
    if module == "random":
        random.setstate(state)
    elif "numpy" in sys.modules:
        sys.modules["numpy"].random.set_state(state)


def remote_object(
    call_back: Callable[[int, tuple[Any, ...], dict[str, Any]], Any], number: int, names: list[str]
) -> Any:
    """Make what stands for an object of the test's own: attributes and calls are over there.

    Parameters
    ----------
    names : list of str
        Special methods that its class has.
    """

    def forward(name: str) -> Callable[..., Any]:
        def method(_self: Any, /, *args: Any, **kwargs: Any) -> Any:
            verb = ("call",) if name == "__call__" else ("dunder", name)
            return call_back(number, (*verb, *args), kwargs)

        return method

    def read(_self: Any, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return call_back(number, ("getattr", name), {})

    def write(_self: Any, name: str, value: Any) -> None:
        call_back(number, ("setattr", name, value), {})

    methods: dict[str, Any] = {name: forward(name) for name in names}
    methods |= {"__getattr__": read, "__setattr__": write, "__module__": "tests"}
    made = type("object", (Remote,), methods)()
    object.__setattr__(made, "_viva_remote", number)
    return made


class Remote:
    """Below every stand-in for an object of the test's own."""

    _viva_remote: int
