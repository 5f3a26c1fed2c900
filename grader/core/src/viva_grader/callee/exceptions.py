"""Decides which exception a test sees when the candidate's code raises: by name, of our classes."""

import contextlib
from typing import Any, cast

from viva_grader.callee.proxy import WORDS, Owner, is_proxy_class

_MAX_ARGS = 100


class Exceptions:
    """The candidate's exceptions of one session, as values of this side."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def value(self, constants: list[Any], items: list[Any]) -> BaseException:
        """Make an exception without running anybody's code.

        Parameters
        ----------
        items : list
            Its class, arguments, cause, context, and the attributes that ``constants`` name.

        Raises
        ------
        TypeError, ValueError
            If the class is no exception, or its description is malformed.
        """
        number, words, names = constants
        kind, args, cause, context, *values = items
        if not isinstance(kind, type) or not issubclass(kind, BaseException):
            raise TypeError("no exception")
        given = cast("tuple[Any, ...]", args)
        if type(args) is not tuple or len(given) > _MAX_ARGS or type(words) is not str:
            raise ValueError("no exception")
        made = _spoken(kind, given, _attributes(names, values))
        if is_proxy_class(kind):
            made.__dict__["_viva_number"] = number if type(number) is int else None
        if str(made) != words and is_proxy_class(kind):
            made.__dict__[WORDS] = words
        elif str(made) != words:
            made.args = (words,)
        for linked in (cause, context):
            if linked is not None and not isinstance(linked, BaseException):
                raise TypeError("no exception")
        made.__cause__, made.__context__ = cause, context
        return made


def _attributes(names: Any, values: list[Any]) -> dict[str, Any]:
    named = dict(zip(cast("list[Any]", names), values, strict=True))
    if any(type(name) is not str or name.startswith("_") for name in named):
        raise ValueError("an attribute that is none")
    return named


def _spoken(
    kind: type[BaseException], args: tuple[Any, ...], attributes: dict[str, Any]
) -> BaseException:
    """Make one of a class whose words need no attributes that only its own code sets."""
    for base in kind.__mro__:
        if not issubclass(base, BaseException):
            continue
        made = _bare(base, args, attributes)
        try:
            str(made)
        except Exception:  # noqa: S112 - numpy's MemoryError tells of a shape that did not cross
            continue
        return made
    return _bare(kind, args, attributes)


def _bare(
    kind: type[BaseException], args: tuple[Any, ...], attributes: dict[str, Any]
) -> BaseException:
    made: Any
    try:
        if kind.__module__ == "builtins":
            made = kind(*args)
        else:
            made = kind.__new__(kind, *args)
            BaseException.__init__(made, *args)
    except (TypeError, ValueError):
        made = BaseException.__new__(kind)
        made.args = args
    for name, value in attributes.items():
        with contextlib.suppress(AttributeError, TypeError):
            object.__setattr__(made, name, value)
    return made
