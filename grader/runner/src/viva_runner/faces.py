"""Decides what the stand-in for a test's own function shows: what a decorator copies from it."""

# pyright: reportUnknownArgumentType=false

import builtins
import inspect
from typing import Any

_KINDS = {kind.value: kind for kind in inspect._ParameterKind}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the enum of Parameter.kind has no public name


class _Kept:
    """Stands for a default value, which stays with the test."""

    def __repr__(self) -> str:
        return "..."


def give(remote: Any, face: dict[str, Any]) -> None:
    """Give a stand-in the words and the signature of the function that it stands for."""
    if not face:
        return
    remote.__doc__ = face["doc"]
    hints = {name: _type(hint) for name, _, _, hint in face["parameters"] if hint}
    told = [
        inspect.Parameter(
            name,
            _KINDS[kind],
            default=_Kept() if given else inspect.Parameter.empty,
            annotation=hints.get(name, inspect.Parameter.empty),
        )
        for name, kind, given, _ in face["parameters"]
    ]
    returns = face["returns"]
    answer = _type(returns) if returns else inspect.Signature.empty
    remote.__annotations__ = hints | ({"return": answer} if returns else {})
    remote.__signature__ = inspect.Signature(told, return_annotation=answer)


def _type(name: str) -> Any:
    return type(None) if name == "NoneType" else getattr(builtins, name)
