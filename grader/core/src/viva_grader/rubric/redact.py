"""Decides what of a person, and which secrets, are taken out of a text before a model reads it.

Patterns, checksums and what is known of the candidate; no model of language. A name that nobody
told and that nothing introduces as one is not found. Lines keep their numbers.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from viva_grader.rubric.checksums import CHECKED
from viva_grader.rubric.patterns import BLOCKS, PATTERNS

_SHORTEST_NAME: Final = 2
_SHORTEST_JOINED: Final = 5
"""``jdoe`` may be a word of code; ``jdoering`` is hardly one."""
_SPELLED: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"}


class Redactor:
    """Takes out what may identify a person, and secrets.

    Parameters
    ----------
    known : sequence of str
        What is known of the candidate: names, e-mail addresses, employers, handles. Full names are
        found in any case and joined by anything; their single words only as names are written, so
        that ``max(…)`` stays where somebody is called Max.
    """

    def __init__(self, known: Sequence[str] = ()) -> None:
        told = {each.strip() for each in known if each.strip()}
        self._known = [_known(each) for each in sorted(told, key=lambda each: (-len(each), each))]

    def redact(self, text: str) -> str:
        """Replace each find by a word for its kind, such as ``[e-mail]``.

        Returns
        -------
        str
            With as many line feeds as ``text``; redacting twice changes nothing more.
        """
        for pattern, word in BLOCKS:
            text = pattern.sub(lambda found, word=word: _each_line(found[0], word), text)
        return "\n".join(self._line(line) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        for pattern, word in PATTERNS:
            line = pattern.sub(word, line)
        for pattern, word, holds in CHECKED:
            line = pattern.sub(
                lambda found, word=word, holds=holds: word if holds(found[0]) else found[0], line
            )
        for without in self._known:
            line = without(line)
        return line


def redact(line: str, known_names: Sequence[str] = ()) -> str:
    """Redact one text once."""
    return Redactor(known_names).redact(line)


def _each_line(block: str, word: str) -> str:
    return "\n".join(word if each.strip() else each for each in block.split("\n"))


@cache
def _known(told: str) -> Callable[[str], str]:
    """Build what takes out one known thing."""
    words = [word for word in re.split(r"[\s,]+", told) if len(word) >= _SHORTEST_NAME]
    if not words:
        return lambda line: line
    if not all(re.fullmatch(r"[^\W\d_]+(?:['\u2019.-][^\W\d_]+)*\.?", word) for word in words):
        exact = re.compile(rf"(?<!\w){re.escape(told)}(?!\w)", re.IGNORECASE)
        return lambda line: exact.sub("[known]", line)
    patterns: list[re.Pattern[str]] = []
    for spelling in dict.fromkeys(_spellings(words)):
        patterns += _name_patterns(spelling)
    return lambda line: _sub_all(patterns, line)


def _sub_all(patterns: Sequence[re.Pattern[str]], line: str) -> str:
    for each in patterns:
        line = each.sub("[name]", line)
    return line


def _spellings(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Give the ways to write a name: as it is, with umlauts spelled out, without any mark."""
    spelled = ["".join(_SPELLED.get(each, each) for each in word.lower()) for word in words]
    bare = [
        "".join(
            each
            for each in unicodedata.normalize("NFKD", word)
            if not unicodedata.category(each).startswith("M")
        )
        for word in words
    ]
    titled = [each[:1].upper() + each[1:] for each in spelled]
    changed = spelled != [each.lower() for each in words]
    return [tuple(words), tuple(titled if changed else words), tuple(bare)]


def _name_patterns(words: Sequence[str]) -> list[re.Pattern[str]]:
    found: list[re.Pattern[str]] = []
    if len(words) > 1:
        orders = (words, tuple(reversed(words)), (words[0], words[-1]), (words[-1], words[0]))
        for order in dict.fromkeys(tuple(each) for each in orders):
            between = r"[\s_.-]{0,3}" if order[0] == words[0] else r"[\s_.,-]{0,3}"
            full = between.join(re.escape(word) for word in order)
            found.append(re.compile(rf"(?<![^\W_]){full}(?![^\W_])", re.IGNORECASE))
        initial, last = re.escape(words[0][0]), re.escape(words[-1])
        found.append(re.compile(rf"(?<![^\W_]){initial}[._-]\s?{last}(?![^\W_])", re.IGNORECASE))
        if len(words[-1]) + 1 >= _SHORTEST_JOINED:
            found.append(re.compile(rf"(?<![^\W_]){initial}{last}(?![^\W_])", re.IGNORECASE))
    for word in words:
        found += [
            re.compile(rf"(?<![\w.]){re.escape(written)}(?![\w(])")
            for written in dict.fromkeys((word[:1].upper() + word[1:], word.upper()))
        ]
    return found
