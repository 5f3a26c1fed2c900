"""Decides what of a person is taken out of a text before a model reads it, line by line.

This is a thin net: e-mail addresses, links, telephone numbers, and the names that the caller knows.
"""

import re
from collections.abc import Sequence
from typing import Final

_LINK: Final = re.compile(
    r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s'\"<>)\]}]+|\bwww\.[^\s'\"<>)\]}]+"
)
_E_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE: Final = re.compile(
    r"(?<![\w+])\+\d[\d ().\u00a0-]{6,18}\d(?!\w)"  # international
    r"|(?<!\w)\(\d{2,5}\)[ .-]?\d{3,4}[ .-]?\d{3,4}(?!\w)"  # area code in brackets
    r"|(?<![\w.-])\d{3}[ .-]\d{3}[ .-]\d{4}(?![\w.-])"  # three, three, four
)
_SHORTEST_NAME: Final = 2


def redact(line: str, known_names: Sequence[str] = ()) -> str:
    """Replace what may identify a person in one line by a word for its kind.

    Parameters
    ----------
    line : str
        Without a line feed.
    known_names : sequence of str
        What is known of the candidate: full names are found in any case; their single words only
        as names are written, so that ``max(…)`` stays where somebody is called Max.
    """
    line = _LINK.sub("[link]", line)
    line = _E_MAIL.sub("[e-mail]", line)
    line = _PHONE.sub("[phone]", line)
    for name in sorted(set(known_names), key=len, reverse=True):
        line = _without_name(line, name.strip())
    return line


def _without_name(line: str, name: str) -> str:
    words = [word for word in name.split() if len(word) >= _SHORTEST_NAME]
    if not words:
        return line
    if len(words) > 1:
        full = r"[\s_.-]{0,3}".join(re.escape(word) for word in words)
        line = re.sub(rf"(?<!\w){full}(?!\w)", "[name]", line, flags=re.IGNORECASE)
    for word in words:
        for written in {word[:1].upper() + word[1:], word.upper()}:
            line = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", "[name]", line)
    return line
