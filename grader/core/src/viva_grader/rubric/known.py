"""Decides where something that is known of a candidate stands in a line, however it is written.

A line is read as an eye reads it: without accents, with look-alike letters as Latin ones, in lower
case, and with capitals inside of a word taken as the beginning of another.
"""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from viva_grader.rubric.decoded import readings
from viva_grader.rubric.directives import CONFUSABLE
from viva_grader.rubric.twin_words import LIBRARY_WORDS, SQL_WORDS

NAME, KNOWN = "[name]", "[known]"

_SHORTEST_NAME: Final = 2
_SHORTEST_JOINED: Final = 5
"""``jdoe`` may be a word of code; ``jdoering`` is hardly one."""
_SHORTEST_PART: Final = 8
"""Letters and digits of a part of an address or a user's name that is taken out alone."""
_SHORTEST_OWN: Final = 4
"""Letters of a word that is taken out in lower case too, unless it is an ordinary one."""
_SPELLED: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"}
_HUMP: Final = "\0"
_UNREAD: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
"""Signs that an eye reads over: marks on letters, and what has no width."""
_LEET: Final = str.maketrans("0134578@$!", "oieastbasi")
_ORDINARY_NAMES: Final = frozenset(
    (files("viva_grader.rubric") / "ordinary_names.txt").read_text("utf-8").split()
)
"""Names that are words of code or English too: taken out only where they are written as names."""
_ORDINARY: Final = (
    _ORDINARY_NAMES
    | {each.lower() for each in LIBRARY_WORDS}
    | {each.lower() for each in SQL_WORDS}
    | {each.lower() for each in dir(builtins)}
    | frozenset(keyword.kwlist)
)
_BREAK: Final = r"-[ \t]*\n[ \t#*/>-]*(?:\n[ \t#*/>-]*)?"
_BEFORE, _AFTER = r"(?<![^\W\d_])", r"(?![^\W\d_])"
_ALONE_BEFORE, _ALONE_AFTER = r"(?<![^\W_])", r"(?![^\W_])"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One known thing as patterns.

    Attributes
    ----------
    folded : tuple of re.Pattern
        For a folded line.
    own : tuple of re.Pattern
        Of those the ones that no ordinary word meets, so that decoded words are compared too.
    written : tuple of re.Pattern
        For a line as it is: ordinary words only where they are written as names.
    """

    folded: tuple[re.Pattern[str], ...]
    own: tuple[re.Pattern[str], ...]
    written: tuple[re.Pattern[str], ...]


@cache
def without(told: str) -> Callable[[str], str]:
    """Build what takes one known thing out of a line."""
    words = [word for word in re.split(r"[\s,]+", told) if len(word) >= _SHORTEST_NAME]
    if not words:
        return lambda line: line
    if not all(re.fullmatch(r"[^\W\d_]+(?:['\u2019.-][^\W\d_]+)*\.?", word) for word in words):
        exact = re.compile("|".join(_no_name(told)), re.IGNORECASE)
        return lambda line: exact.sub(KNOWN, line)
    wanted = _wanted(words)
    return lambda line: _taken_out(line, wanted)


def hyphenated(told: str) -> Iterator[re.Pattern[str]]:
    """Find known words that a line's end breaks; ``break`` is what stands between the halves."""
    for word in re.split(r"[\s,]+", told):
        if len(word) >= _SHORTEST_JOINED and word.isalpha() and _is_own(_bare(word)):
            halves = "|".join(
                rf"{word[:place]}(?={_BREAK}{word[place:]}\b)" for place in range(1, len(word))
            )
            yield re.compile(rf"\b(?:{halves})(?P<break>{_BREAK})\w+", re.IGNORECASE)


def _no_name(told: str) -> Iterator[str]:
    """Patterns for what is no name, such as an address or a user of the hub's: also its parts."""
    yield rf"(?<!\w){re.escape(told)}(?!\w)"
    parts = re.findall(r"[^\W_]+", told)
    if len("".join(parts)) > _SHORTEST_JOINED and not all(map(_is_ordinary, parts)):
        yield _ALONE_BEFORE + r"[\W_]{0,3}".join(parts) + _ALONE_AFTER
    for part in parts:
        if len(part) >= _SHORTEST_PART and not _is_ordinary(part):
            yield _ALONE_BEFORE + part + _ALONE_AFTER


def _wanted(words: Sequence[str]) -> _Wanted:
    folded: list[str] = []
    own: list[str] = []
    for spelling in dict.fromkeys(_spellings(words)):
        folded += _full(spelling)
        own += [each for word in spelling if _is_own(word) for each in _own(word)]
        own += [each for word in words for each in _joined(word)]
        if len(spelling) > 1 and not all(len(word) < _SHORTEST_OWN for word in spelling):
            own += _full(spelling)
    return _Wanted(
        tuple(re.compile(each) for each in dict.fromkeys([*folded, *own])),
        tuple(re.compile(each) for each in dict.fromkeys(own)),
        tuple(
            re.compile(rf"(?<![\w.]){re.escape(form)}(?![\w(])")
            for word in (*words, *(part for each in words for part in _capital_parts(each)))
            for form in dict.fromkeys((word[:1].upper() + word[1:], word.upper()))
        ),
    )


def _spellings(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Give the ways to write a name, folded: without any mark, and with umlauts spelled out."""
    yield tuple(_bare(word) for word in words)
    spelled = ("".join(_SPELLED.get(each, each) for each in word.lower()) for word in words)
    yield tuple(_bare(word) for word in spelled)


def _bare(word: str) -> str:
    return "".join(each for each, _ in _letters(word)).replace(_HUMP, "")


def _is_own(word: str) -> bool:
    return len(word) >= _SHORTEST_OWN and word not in _ORDINARY


def _is_ordinary(part: str) -> bool:
    return part.lower() in _ORDINARY


def _full(words: Sequence[str]) -> list[str]:
    """Patterns for a whole name: in either order, and as its initial and last word."""
    if len(words) < _SHORTEST_NAME:
        return []
    found: list[str] = []
    for order in (words, tuple(reversed(words)), (words[0], words[-1]), (words[-1], words[0])):
        between = r"[\s_.*\0-]{0,3}" if order[0] == words[0] else r"[\s_.,*\0-]{0,3}"
        found.append(_ALONE_BEFORE + between.join(map(_humped, order)) + _ALONE_AFTER)
    initial, last = re.escape(words[0][0]), _humped(words[-1])
    found.append(rf"{_ALONE_BEFORE}{initial}[._-]\s?{last}{_ALONE_AFTER}")
    if len(words[-1]) + 1 >= _SHORTEST_JOINED:
        found.append(rf"{_ALONE_BEFORE}{initial}{_HUMP}?{last}{_ALONE_AFTER}")
    return found


def _own(word: str) -> list[str]:
    """Patterns for a word that hardly is anything but this name."""
    found = [_BEFORE + _humped(word) + _AFTER]
    if len(word) >= _SHORTEST_JOINED:
        letters = [re.escape(each) for each in word]
        found += [
            # an initial or two joined to it, as handles have them
            rf"{_BEFORE}[^\W\d_]{{1,2}}{_humped(word)}{_AFTER}",
            rf"{_BEFORE}{_humped(word)}[^\W\d_]{{1,2}}{_AFTER}",
            _BEFORE + r"[\W_]{1,2}".join(letters) + _AFTER,
            _BEFORE + r"(?:['\"]\s*\+?\s*['\"])?".join(letters) + _AFTER,
            _BEFORE + _humped(word[::-1]) + _AFTER,
        ]
    return found


def _joined(word: str) -> Iterator[str]:
    """Patterns for a word of several, ``Meyer-Landrut``, however else its parts are joined."""
    parts = [_bare(part) for part in _parts(word)]
    if len(parts) == 1 or len("".join(parts)) < _SHORTEST_JOINED or all(map(_is_ordinary, parts)):
        return
    between = r"[\s_.*'\0-]{0,3}"
    yield _ALONE_BEFORE + between.join(map(_humped, parts)) + _ALONE_AFTER
    for part in parts:
        if len(part) >= _SHORTEST_PART and not _is_ordinary(part):
            yield _ALONE_BEFORE + _humped(part) + _ALONE_AFTER


def _parts(word: str) -> list[str]:
    return [part for part in re.split(r"['\u2019.-]", word) if part]


def _capital_parts(word: str) -> list[str]:
    """Give the parts of a word of several that are names where they are written as names."""
    parts = _parts(word)
    return [part for part in parts if _is_own(_bare(part))] if len(parts) > 1 else []


def _humped(word: str) -> str:
    """Let capitals begin anywhere inside of a word."""
    return f"{_HUMP}?".join(re.escape(each) for each in word)


def _taken_out(line: str, wanted: _Wanted) -> str:
    for each in wanted.folded:
        line = _cut(line, _spans(line, (each,)))
    for each in wanted.written:
        line = each.sub(NAME, line)
    return re.sub(r"[^\s'\"`()<>,]+", lambda token: _decoded(token[0], wanted.own), line)


def _decoded(token: str, own: Sequence[re.Pattern[str]]) -> str:
    """Take a token out that says the name once it is decoded."""
    found = any(_spans(each, own) for each in readings(token))
    return NAME if found else token


def _spans(line: str, patterns: Sequence[re.Pattern[str]]) -> list[tuple[int, int]]:
    """Find where patterns meet a line as it is read; places are of the line as it is."""
    letters = _letters(line)
    folded = "".join(each for each, _ in letters)
    texts = dict.fromkeys((folded, folded.translate(_LEET)))
    found: list[tuple[int, int]] = []
    for text in texts:
        for pattern in patterns:
            for match in pattern.finditer(text):
                end = letters[match.end() - 1][1] + 1
                while end < len(line) and unicodedata.category(line[end]).startswith("M"):
                    end += 1
                found.append((letters[match.start()][1], end))
    return sorted(set(found))


@lru_cache(maxsize=64)
def _letters(line: str) -> tuple[tuple[str, int], ...]:
    """Fold a line, with the place of each sign; a hump stands where a capital begins a word."""
    found: list[tuple[str, int]] = []
    for place, sign in enumerate(line):
        if sign.isupper() and place and line[place - 1].islower():
            found.append((_HUMP, place))
        folded = sign if sign.isascii() else unicodedata.normalize("NFKD", sign)
        for each in folded:
            if unicodedata.category(each) not in _UNREAD:
                found += [(low, place) for low in each.translate(CONFUSABLE).lower()]
    return tuple(found)


def _cut(line: str, spans: Sequence[tuple[int, int]]) -> str:
    """Put a word for its kind in the place of each span; spans that overlap are one."""
    made: list[str] = []
    last = 0
    for start, end in spans:
        if start >= last:
            made += [line[last:start], NAME]
        last = max(last, end)
    return "".join([*made, line[last:]])
