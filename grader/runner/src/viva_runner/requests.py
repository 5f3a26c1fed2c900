"""Decides which messages are requests: those that hold what their verb needs."""

from typing import Any

_NEEDED: dict[str, dict[str, type]] = {
    "start": {"files": dict, "first": int},
    "exec": {"source": str, "cell": str, "lenient": bool, "classes": list},
    "apply": {"value": dict, "taken": list, "drop": list},
    "get": {"name": str},
    "names": {},
    "show": {"source": str, "cell": str},
    "vary": {"seed": int},
    "digests": {"names": list},
    "watch": {"token": str, "packages": list},
}


def is_request(message: dict[str, Any]) -> bool:
    """Whether somebody may be answered who sent this."""
    verb = message.get("op")
    needed = _NEEDED.get(verb) if type(verb) is str else None
    if needed is None or type(message.get("id")) is not int:
        return False
    return all(type(message.get(name)) is kind for name, kind in needed.items())
