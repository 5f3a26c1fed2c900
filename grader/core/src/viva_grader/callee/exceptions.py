"""Decides which exception a test sees when the candidate's code raises: by name, of our classes."""

from typing import Any, cast

from viva_grader.callee.proxy import Owner, is_proxy_class

_MAX_ARGS = 100


class Exceptions:
    """The candidate's exceptions of one session, as values of this side."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def value(self, constants: list[Any], kind: Any, args: Any) -> BaseException:
        """Make an exception without running anybody's code.

        Raises
        ------
        TypeError, ValueError
            If the class is no exception, or its description is malformed.
        """
        number, words = constants
        if not isinstance(kind, type) or not issubclass(kind, BaseException):
            raise TypeError("no exception")
        given = cast("tuple[Any, ...]", args)
        if type(args) is not tuple or len(given) > _MAX_ARGS or type(words) is not str:
            raise ValueError("no exception")
        made: Any = _spoken(kind, given)
        if is_proxy_class(kind):
            made.__dict__["_viva_number"] = number if type(number) is int else None
        if str(made) != words:
            made.args = (words,)
        return made


def _spoken(kind: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    """Make one of a class whose words need no attributes that only its own code sets."""
    for base in kind.__mro__:
        made = _bare(base, args) if issubclass(base, BaseException) else None
        try:
            str(made)
        except Exception:  # noqa: S112 - numpy's MemoryError tells of a shape that did not cross
            continue
        if made is not None:
            return made
    return _bare(kind, args)


def _bare(kind: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    try:
        made = kind.__new__(kind, *args)
        BaseException.__init__(made, *args)
    except TypeError:
        made = BaseException.__new__(kind)
    return made
