"""Decides what in a submission speaks to its judge instead of solving the task: a flag, no penalty.

A finding never lowers a score: it asks a person to look. What is not found here is still met by
fences, by scores that code computes, and by the neutral twin.
"""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from viva_grader.rubric.clean import clean, hidden
from viva_grader.rubric.directives import CONFUSABLE, PATTERNS
from viva_grader.rubric.spoken import speaks_of_judging

MAX_QUOTE: Final = 120
_MAX_DECODED: Final = 4_000
_LEAST_HIDDEN: Final = 8
"""Characters; fewer are an emoji's joiner, a byte-order mark, a right-to-left name."""

_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2}[ :]?){12,}|(?:\\x[0-9a-fA-F]{2}){8,}")
_ESCAPED: Final = re.compile(r"(?:\\u[0-9a-fA-F]{4}|&#x?[0-9a-fA-F]{2,6};|%[0-9a-fA-F]{2}){6,}")
_SPACED: Final = re.compile(r"(?:\b\w[ .*_|~-]{1,3}){6,}\w\b")
_CODES: Final = re.compile(r"(?:\b(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])\b[ ,;.\]\[]*){8,}")
_LEET: Final = str.maketrans("0134578@$!", "oieastbasi")


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that speaks to the judge.

    Attributes
    ----------
    kind : str
        What it tries, such as ``directive`` or ``role``.
    cell : str
        As the caller named the text.
    line : int
        From 1.
    quote : str
        The words, cleaned, at most 120 characters.
    """

    kind: str
    cell: str
    line: int
    quote: str


def injections(text: str, cell: str = "") -> list[Finding]:
    """Find what speaks to a judge: at most one finding of a kind on each line.

    Parameters
    ----------
    text : str
        Raw or cleaned; only raw text can show what was hidden in it.
    """
    found: list[Finding] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        # A sentence may go on in the next line; it is found where it begins.
        following = lines[number] if number < len(lines) else ""
        kinds = dict.fromkeys(_kinds(line, following))
        found += [Finding(kind, cell, number, clean(line).strip()[:MAX_QUOTE]) for kind in kinds]
    return found


@lru_cache(maxsize=4_096)
def persuades(words: str) -> bool:
    """Whether words such as ``ignore_previous_rules`` speak to a judge, however they are joined."""
    folded = fold(words)
    return any(pattern.search(folded) for _, pattern in PATTERNS) or speaks_of_judging(folded)


def fold(text: str) -> str:
    """Give a text as a reader takes it: look-alikes as Latin letters, words apart, lower case."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", clean(text)).replace("_", " ")
    if apart.isascii():
        return re.sub(r"[ \t]+", " ", apart).lower()
    bare = "".join(
        each
        for each in unicodedata.normalize("NFKD", apart)
        if not unicodedata.category(each).startswith("M")
    )
    return re.sub(r"[ \t]+", " ", _without_lookalikes(bare).lower())


def _without_lookalikes(text: str) -> str:
    """Fold look-alikes only in words that mix scripts: Russian stays Russian."""
    return re.sub(
        r"\w+",
        lambda word: word[0].translate(CONFUSABLE) if re.search("[A-Za-z]", word[0]) else word[0],
        text,
    )


def _kinds(line: str, following: str) -> Iterator[str]:
    secret = hidden(line)
    if len(secret) >= _LEAST_HIDDEN:
        yield "hidden"
    shown = fold(line)
    joined = f"{shown} {re.sub(r'^[ #*/-]+', '', fold(following))}" if following else shown
    for kind, pattern in PATTERNS:
        match = pattern.search(joined)
        if match and match.start() < len(shown):
            yield kind
    if _speaks(shown, joined):
        yield "directive"
    if any(persuades(each) for each in _decoded(line)):
        yield "encoded"


def _speaks(shown: str, joined: str) -> bool:
    """Whether it speaks of judging; what the next line alone says is found there."""
    return speaks_of_judging(shown) or (
        speaks_of_judging(joined) and not speaks_of_judging(joined[len(shown) :])
    )


def _decoded(line: str) -> Iterator[str]:
    for match in _BASE64.finditer(line):
        raw = match[0].rstrip("=").translate(str.maketrans("-_", "+/"))
        yield _text(base64.b64decode, raw + "=" * (-len(raw) % 4))
    for match in _HEX.finditer(line):
        yield _text(bytes.fromhex, re.sub(r"\\x|[ :]", "", match[0]))
    for match in _ESCAPED.finditer(line):
        codes = re.findall(r"\\u([0-9a-fA-F]{4})|&#x([0-9a-fA-F]+);|&#(\d+);|%(..)", match[0])
        yield "".join(chr(int(u or x or p, 16) if u or x or p else int(d)) for u, x, d, p in codes)
    for match in _SPACED.finditer(line):
        apart = re.sub(r"[ .*_|~-]{2,3}", "\0", match[0])
        yield re.sub(r"[ .*_|~-]", "", apart).replace("\0", " ")
    for match in _CODES.finditer(line):
        yield "".join(chr(int(each)) for each in re.findall(r"\d+", match[0]))
    if re.search(r"[A-Za-z]\d|\d[A-Za-z]", line):
        yield line.translate(_LEET)
    if line.count("%") > 1:
        yield unquote(line)
    yield codecs.decode(line, "rot13")
    yield line[::-1]


def _text(decode: object, raw: str) -> str:
    try:
        return decode(raw).decode("utf-8")[:_MAX_DECODED]  # type: ignore[operator]
    except (ValueError, binascii.Error, UnicodeDecodeError):
        return ""
