"""Decides what of a person, and which secrets, are taken out of a text before a model reads it.

Patterns, checksums and what is known of the candidate; no model of language. A name that nobody
told and that nothing introduces as one is not found. Lines keep their numbers.
"""

from collections.abc import Sequence

from viva_grader.rubric.checksums import CHECKED
from viva_grader.rubric.known import NAME, hyphenated, without
from viva_grader.rubric.patterns import BLOCKS, PATTERNS


class Redactor:
    """Takes out what may identify a person, and secrets.

    Parameters
    ----------
    known : sequence of str
        What is known of the candidate: names, e-mail addresses, employers, handles. Full names are
        found in any case and joined by anything, and so are single words that hardly are anything
        but a name; ordinary words only as names are written, so that ``max(…)`` stays where
        somebody is called Max.
    """

    def __init__(self, known: Sequence[str] = ()) -> None:
        told = {each.strip() for each in known if each.strip()}
        self._known = [without(each) for each in sorted(told, key=lambda each: (-len(each), each))]
        self._broken = [pattern for each in told for pattern in hyphenated(each)]

    def redact(self, text: str) -> str:
        """Replace each find by a word for its kind, such as ``[e-mail]``.

        Returns
        -------
        str
            With as many line feeds as ``text``; redacting twice changes nothing more.
        """
        for pattern, word in BLOCKS:
            text = pattern.sub(lambda found, word=word: _each_line(found[0], word), text)
        for pattern in self._broken:
            text = pattern.sub(lambda found: f"{NAME}{found['break']}", text)
        return "\n".join(self._line(line) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        for pattern, word in PATTERNS:
            line = pattern.sub(word, line)
        for pattern, word, holds in CHECKED:
            line = pattern.sub(
                lambda found, word=word, holds=holds: word if holds(found[0]) else found[0], line
            )
        for take_out in self._known:
            line = take_out(line)
        return line


def redact(line: str, known_names: Sequence[str] = ()) -> str:
    """Redact one text once."""
    return Redactor(known_names).redact(line)


def _each_line(block: str, word: str) -> str:
    return "\n".join(word if each.strip() else each for each in block.split("\n"))
