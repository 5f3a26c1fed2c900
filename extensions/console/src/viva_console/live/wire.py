"""Decides which messages of a collaboration room are taken: the document's, by their first bytes.

The protocol is that of y-websocket: a message begins with its kind; those of the kind *sync* go on
with a step and one byte string. Awareness, requests for our state and everything else are dropped:
the recorder tells a room nothing.
"""

from viva_console.domain.recording import UpdateKind

ASK_FOR_STATE = b"\x00\x00\x01\x00"
"""Sync, step 1, with the state vector of an empty document: *send me all there is*."""
_SYNC = 0
_STEPS = {1: UpdateKind.STATE, 2: UpdateKind.CHANGE}
_MORE, _BITS = 0x80, 7
_LONGEST_NUMBER = 5


def read(message: bytes) -> tuple[UpdateKind, bytes] | None:
    """Give the kind and content of an update; None for every other message.

    Raises
    ------
    ValueError
        When a message of the document's is cut off or longer than it says.
    """
    if len(message) < 2 or message[0] != _SYNC or message[1] not in _STEPS:  # noqa: PLR2004 - kind and step
        return None
    size, start = _number(message, 2)
    if start + size != len(message):
        raise ValueError("an update is not as long as it says")
    return _STEPS[message[1]], message[start:]


def _number(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(message[at : at + _LONGEST_NUMBER]):
        value |= (byte & ~_MORE) << (_BITS * place)
        if not byte & _MORE:
            return value, at + place + 1
    raise ValueError("an update's length cannot be read")
