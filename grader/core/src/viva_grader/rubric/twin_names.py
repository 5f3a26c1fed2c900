"""Decides what one neutral twin calls things: the same name everywhere, and no name that speaks."""

import re
from dataclasses import dataclass, field
from typing import Final

from viva_grader.rubric.detect import persuades
from viva_grader.rubric.twin_words import LIBRARY_WORDS

_MOST_WORDS: Final = 3
"""Names of libraries rarely have more words; sentences do."""


@dataclass(slots=True)
class Called:
    """The names and strings of one twin, as they come.

    Attributes
    ----------
    keep_strings : bool
        Whether short strings stay, as far as they do not speak to a judge.
    public : frozenset of str
        Names and words that the question itself uses: they stay.
    """

    keep_strings: bool
    public: frozenset[str]
    names: dict[str, str] = field(default_factory=dict[str, str])
    strings: dict[str, str] = field(default_factory=dict[str, str])

    def canonical(self, name: str) -> str:
        """Give a name's own one, ``v1``, ``v2``, …."""
        return self.names.setdefault(name, f"v{len(self.names) + 1}")

    def string(self, inner: str) -> str:
        """Give a string's own one, ``s1``, ``s2``, …."""
        return self.strings.setdefault(inner, f"s{len(self.strings) + 1}")

    def stays(self, inner: str) -> bool:
        """Whether a string stays as it is."""
        return (self.keep_strings and not self.is_sentence(inner)) or self._is_known(inner)

    def is_sentence(self, word: str) -> bool:
        """Whether a name has so many words that it says something."""
        if word in self.public:
            return False
        words = re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+", word)
        return len(words) > _MOST_WORDS or persuades(word)

    def _is_known(self, inner: str) -> bool:
        return not re.search(r"[^\W\d_]", inner) or inner in self.public or inner in LIBRARY_WORDS


def breaks(text: str) -> str:
    """Keep the line feeds of a text alone."""
    return "\n" * text.count("\n")
