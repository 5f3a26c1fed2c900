"""Decides that words which stand together speak of a judge's work, whatever the sentence.

Four kinds of words are told apart, in many languages: who judges, what is decided, how well, and
the asking. Honest prose has one or two of them on a line; an order has three.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

_LEAST: Final = 3
"""Kinds on a line; honest lines about ratings have two."""


def speaks_of_judging(folded: str) -> bool:
    """Whether a line has three kinds of words of an order to its judge.

    Parameters
    ----------
    folded : str
        By :func:`viva_grader.rubric.detect.fold`.
    """
    return sum(bool(kind.search(folded)) for kind in _KINDS) >= _LEAST


def _kind(stems: Sequence[str]) -> re.Pattern[str]:
    """Join stems; those of scripts without capitals stand anywhere: some set no spaces."""
    bare = [_bare(each) for each in stems]
    anywhere = [each for each in bare if unicodedata.category(each[0]) == "Lo"]
    begins = [each for each in bare if each not in anywhere]
    return re.compile(rf"\b(?:{'|'.join(begins)})|{'|'.join(anywhere)}")


def _bare(text: str) -> str:
    """Take accents and vowel signs away, as folding does."""
    return "".join(
        each
        for each in unicodedata.normalize("NFKD", text)
        if not unicodedata.category(each).startswith("M")
    )


_WORDS: Final[dict[str, list[str]]] = tomllib.loads(
    (files("viva_grader.rubric") / "judging_words.toml").read_text("utf-8")
)
_KINDS: Final = tuple(_kind(_WORDS[name]) for name in ("who", "what", "well", "ask"))
