"""Decides which characters of somebody else's text cannot be seen, and what stands in their place.

Control characters, bidirectional marks, zero-width and tag characters change what a reader sees
without being seen (CVE-2021-42574, "Trojan Source"); long runs of combining marks paint over lines.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

MAX_COMBINING_RUN: Final = 3
"""No living orthography stacks more marks than this on one letter."""

_UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_SEEN_ANYWAY: Final = frozenset("\n\t")
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
"""Letters and marks by category, and blank to the eye."""


def segments(text: str) -> Iterator[tuple[str, bool]]:
    """Split a text into runs to show as they are and names of characters that cannot be seen.

    Yields
    ------
    tuple of (str, bool)
        A run of text, and whether it is such a name (``U+202E``) instead of text.
    """
    plain: list[str] = []
    marks = 0
    for character in text:
        combining = unicodedata.category(character) in {"Mn", "Me"}
        marks = marks + 1 if combining else 0
        if is_unseen(character) or marks > MAX_COMBINING_RUN:
            if plain:
                yield "".join(plain), False
                plain.clear()
            yield f"U+{ord(character):04X}", True
        else:
            plain.append(character)
    if plain:
        yield "".join(plain), False


def reveal(text: str) -> str:
    """Give the text with each unseen character as ``⟨U+202E⟩``."""
    return "".join(f"⟨{run}⟩" if unseen else run for run, unseen in segments(text))


def is_unseen(character: str) -> bool:
    """Whether a reader cannot see this character, line feed and tab apart."""
    if character in _SEEN_ANYWAY:
        return False
    return unicodedata.category(character) in _UNSEEN_CATEGORIES or character in _BLANK_LETTERS
