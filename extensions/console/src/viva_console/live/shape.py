"""Decides which updates are too deep or too many-parted to be applied, by walking over their bytes.

The library that applies updates is written in Rust and reads nested values by recursion: 200 kB of
brackets end the whole process, the recordings of everybody else with it. So each update is walked
over before. The format is version 1 of Yjs' updates (``encoding.js`` and ``structs/`` of yjs 13,
``lib0/encoding.js`` for values). What no notebook is made of is refused with it.
"""

DEEPEST = 200
"""Levels of one value; those of a notebook's outputs are about ten. Tens of thousands do harm."""
_NUMBER_BYTES, _CLIENT_BYTES = 5, 8
_GREATEST = 2**32 - 1
_MORE, _BITS = 0x80, 7
# Bits of a part's first byte: what it begins with, and in the lowest four what it is.
_LEFT, _RIGHT, _KEY, _KIND = 0x80, 0x40, 0x20, 0x1F
_GONE, _SKIPPED = 0, 10
_DELETED, _STRINGS, _BINARY, _STRING, _EMBED, _FORMAT, _TYPE, _VALUES = range(1, 9)
_SHARED_TYPES = range(3)  # arrays, maps and texts
_ARRAY, _OBJECT, _TEXT, _BYTES, _INTEGER = 117, 118, 119, 116, 125
_FIXED = {127: 0, 126: 0, 124: 4, 123: 8, 122: 8, 121: 0, 120: 0}


def parts(update: bytes, most: int) -> int:
    """Count the parts of an update: its items, the values in them, and ranges that it deletes.

    Each costs memory of its own, a hundred times what it weighs on the wire.

    Parameters
    ----------
    most : int
        Where to stop.

    Raises
    ------
    ValueError
        When it has more, nests values deeper than `DEEPEST`, is cut off, or holds what no notebook
        does.
    """
    return _Walk(update, most).whole()


class _Walk:
    def __init__(self, update: bytes, most: int) -> None:
        self._bytes = update
        self._most = most
        self._at = 0
        self._found = 0

    def whole(self) -> int:
        for _ in range(self._number()):
            count = self._number()
            self._number(_CLIENT_BYTES)
            self._number()
            for _ in range(count):
                self._part()
        for _ in range(self._number()):
            self._number(_CLIENT_BYTES)
            for _ in range(self._number()):
                self._count()
                self._number()
                self._number()
        return self._found

    def _part(self) -> None:
        self._count()
        first = self._byte()
        if first in {_GONE, _SKIPPED}:
            self._number()
            return
        for beside in (_LEFT, _RIGHT):
            if first & beside:
                self._place()
        if not first & (_LEFT | _RIGHT):
            if self._number() == 1:
                self._run()
            else:
                self._place()
            if first & _KEY:
                self._run()
        self._content(first & _KIND)

    def _content(self, kind: int) -> None:
        if kind == _DELETED:
            self._number()
        elif kind in {_BINARY, _STRING, _EMBED}:
            self._run()
        elif kind == _FORMAT:
            self._run()
            self._run()
        elif kind == _STRINGS:
            for _ in range(self._number()):
                self._count()
                self._run()
        elif kind == _VALUES:
            for _ in range(self._number()):
                self._value()
        elif kind != _TYPE or self._number() not in _SHARED_TYPES:
            raise ValueError("it holds what no notebook is made of")

    def _value(self) -> None:
        """Walk over one value without recursion: for each open bracket, what is still to come."""
        open_brackets: list[list[int]] = [[1, _ARRAY]]
        while open_brackets:
            left, bracket = open_brackets[-1]
            if not left:
                open_brackets.pop()
                continue
            open_brackets[-1][0] -= 1
            if bracket == _OBJECT:
                self._run()
            self._count()
            kind = self._byte()
            if kind in {_ARRAY, _OBJECT}:
                open_brackets.append([self._number(), kind])
                if len(open_brackets) > DEEPEST:
                    raise ValueError("it nests too deep")
            elif kind in {_TEXT, _BYTES}:
                self._run()
            elif kind == _INTEGER:
                self._number(_CLIENT_BYTES)
            elif kind in _FIXED:
                self._skip(_FIXED[kind])
            else:
                raise ValueError("it holds what no notebook is made of")

    def _count(self) -> None:
        self._found += 1
        if self._found > self._most:
            raise ValueError("it has too many parts")

    def _place(self) -> None:
        self._number(_CLIENT_BYTES)
        self._number()

    def _run(self) -> None:
        self._skip(self._number())

    def _skip(self, size: int) -> None:
        self._at += size
        if self._at > len(self._bytes):
            raise ValueError("it is cut off")

    def _byte(self) -> int:
        self._skip(1)
        return self._bytes[self._at - 1]

    def _number(self, longest: int = _NUMBER_BYTES) -> int:
        """Read a number, in the one way that honest writers have: so all read the same."""
        value = 0
        for place in range(longest):
            byte = self._byte()
            value |= (byte & ~_MORE) << (_BITS * place)
            if not byte & _MORE:
                if (place and not byte) or (longest == _NUMBER_BYTES and value > _GREATEST):
                    break
                return value
        raise ValueError("it has a number written in a strange way")
