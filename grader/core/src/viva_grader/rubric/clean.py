"""Decides in which one form a submission's text reaches a model: what is read is what is seen.

Characters that no reader sees but a model's tokenizer does (zero-width, bidirectional and tag
characters, variation selectors) are taken out; look-alike forms of one letter become that letter
(NFKC); letters of other scripts stay, because people write in them. Lines are never joined or cut,
so that citations keep their numbers. The raw text is hashed and kept by the caller.
"""

import re
import unicodedata
from typing import Final

from viva_grader.domain.visible import MAX_COMBINING_RUN, is_unseen, reveal

_FENCE_MARKS: Final = str.maketrans({"⟦": "[[", "⟧": "]]", "│": "|"})
"""What fences and line prefixes are made of: inside of data stands something else for them."""

_SELECTORS: Final = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_MARKS: Final = frozenset({"Mn", "Me"})
_MAX_ROUNDS: Final = 4
"""Taking a character out may let its neighbours compose; more rounds were never needed by one."""


def clean(text: str) -> str:
    """Bring a text to the form in which it is shown; cleaning twice changes nothing.

    Returns
    -------
    str
        With as many line feeds as ``text``. Control characters and other line separators stand in
        it by name, such as ``⟨U+000B⟩``; nothing else in it is invisible, line feeds and tabs
        apart.
    """
    for _ in range(_MAX_ROUNDS):
        cleaned = "\n".join(_line(each) for each in text.split("\n"))
        if cleaned == text:
            break
        text = cleaned
    return text


def hidden(text: str) -> str:
    """Give what :func:`clean` takes out, tag characters as the letters that they stand for.

    Ordinary files hold a few such characters (a byte-order mark, an emoji's joiner); a sentence
    among them was hidden on purpose.
    """
    return "".join(
        chr(ord(each) - _TAGS) if each in _TAG_LETTERS else each
        for each in text
        if _is_dropped(each)
    )


_TAGS: Final = 0xE0000
_TAG_LETTERS: Final = frozenset(chr(_TAGS + each) for each in range(0x20, 0x7F))


def _line(line: str) -> str:
    if line.isascii() and line.replace("\t", " ").isprintable():
        return line  # nearly every line of code
    kept = "".join(each for each in line.removesuffix("\r") if not _is_dropped(each))
    folded = unicodedata.normalize("NFKC", kept).translate(_FENCE_MARKS)
    return reveal(_without_piles(folded))


def _is_dropped(character: str) -> bool:
    if _SELECTORS.match(character):
        return True
    # Control characters, other line separators and lone surrogates are shown by name instead.
    control = unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
    return is_unseen(character) and not control


def _without_piles(text: str) -> str:
    """Take out combining marks beyond what any living orthography stacks on one letter."""
    kept: list[str] = []
    run = 0
    for each in text:
        run = run + 1 if unicodedata.category(each) in _MARKS else 0
        if run <= MAX_COMBINING_RUN:
            kept.append(each)
    return "".join(kept)
