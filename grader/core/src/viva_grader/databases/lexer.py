"""Decides what of a text is PostgreSQL's words, what is a constant and what is a comment.

The rules are those of PostgreSQL's own scanner (``scan.l``): comments lie in comments, a carriage
return ends one too, a backslash escapes in ``E'…'`` alone, and ``a$b$`` is a name. Each character
is read once, whatever the text is: what is not closed goes to the end.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_LETTER = r"A-Za-z_\x80-\U0010ffff"
_TOKEN = re.compile(
    rf"""
    (?P<blank>[ \t\n\r\f\v]+)
  | (?P<line>--[^\n\r]*)
  | (?P<block>/\*)
  | (?P<escaped>[eE]'[^'\\]*(?:(?:''|\\.)[^'\\]*)*(?:'|\\?\Z))
  | (?P<text>(?:[uU]&|[nNbBxX])?'[^']*(?:''[^']*)*(?:'|\Z))
  | (?P<quoted>(?:[uU]&)?"[^"]*(?:""[^"]*)*(?:"|\Z))
  | (?P<dollar>\$(?:[{_LETTER}][{_LETTER}0-9]*)?\$)
  | (?P<word>[{_LETTER}][{_LETTER}0-9$]*)
  | (?P<number>[0-9][{_LETTER}0-9.]*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NESTED = re.compile(r"/\*|\*/")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|u(.{4})|U(.{8})|(.))", re.DOTALL)
_UNICODE = re.compile(r"\\(?:([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6}))")
_NAMED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Sort(StrEnum):
    """What a token is."""

    COMMENT = "comment"
    """Or white space."""
    CONSTANT = "constant"
    NAME = "name"
    """In double quotes: never a word of the grammar's."""
    WORD = "word"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Token:
    """One token.

    Attributes
    ----------
    text : str
        A word in lower case; of a constant what it says, escapes read; otherwise as it stands.
    start : int
        Its place in the whole text, from 0.
    broken : bool
        Whether white space in it holds a line's end: constants on both sides of it are one.
    """

    sort: Sort
    text: str
    start: int
    broken: bool = False


def tokens(sql: str) -> Iterator[Token]:
    """Read a text from its beginning to its end, in time that grows with its length alone."""
    place = 0
    while (found := _TOKEN.match(sql, place)) is not None:
        kind, text = str(found.lastgroup), found.group()
        end = found.end()
        if kind == "block":
            end = _end_of_comment(sql, end)
        elif kind == "dollar":
            closed = sql.find(text, end)
            last = len(sql) if closed < 0 else closed
            text, end = sql[end:last], last + len(text)
        yield _token(kind, text, place)
        place = end


def constants(read: list[Token]) -> Iterator[str]:
    """Give the constants of a text; those that a line's end parts are one, as in the standard."""
    whole: str | None = None
    broken = False
    for token in read:
        if token.sort is Sort.COMMENT:
            broken = broken or token.broken
            continue
        if token.sort is Sort.CONSTANT and whole is not None and broken:
            whole += token.text
        else:
            if whole is not None:
                yield whole
            whole = token.text if token.sort is Sort.CONSTANT else None
        broken = False
    if whole is not None:
        yield whole


def _token(kind: str, text: str, place: int) -> Token:
    if kind in {"blank", "line", "block"}:
        return Token(Sort.COMMENT, text, place, "\n" in text or "\r" in text)
    if kind == "word":
        return Token(Sort.WORD, text.lower() if text.isascii() else text, place)
    if kind == "quoted":
        return Token(Sort.NAME, text, place)
    if kind in {"escaped", "text", "dollar"}:
        return Token(Sort.CONSTANT, text if kind == "dollar" else _said(kind, text), place)
    return Token(Sort.OTHER, text, place)


def _end_of_comment(sql: str, place: int) -> int:
    depth = 1
    for found in _NESTED.finditer(sql, place):
        depth += 1 if found.group() == "/*" else -1
        if depth == 0:
            return found.end()
    return len(sql)


def _said(kind: str, text: str) -> str:
    """Give what a constant in single quotes says."""
    head, _, body = text.partition("'")
    body = body.removesuffix("'").replace("''", "'")
    if kind == "escaped":
        return _ESCAPE.sub(_unescaped, body)
    return _UNICODE.sub(_unescaped, body) if head in {"u&", "U&"} else body


def _unescaped(found: re.Match[str]) -> str:
    groups = found.groups()
    if len(groups) > 2 and groups[-1] is not None:  # noqa: PLR2004 - of the two patterns the longer
        return _NAMED.get(groups[-1], groups[-1])
    octal = groups[1] if len(groups) > 2 else None  # noqa: PLR2004 - as above
    try:
        number = int(octal, 8) if octal else int(next(g for g in groups if g), 16)
        return chr(number)
    except ValueError:  # the server refuses it
        return found.group()
