"""Decides what a submission's neutral twin is: the same logic, and nothing that could persuade.

Comments and docstrings lose their words, names become ``v1``, ``v2``, … everywhere alike, and where
the dimension allows it so do strings and prose. Cells, lines and what stands on them stay. What was
scored by its logic scores the same on the twin.

Own lexers, because they have to take code that does not parse, and to leave each line where it is;
``tokenize`` and sqlglot stop at the first open bracket or quote.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from viva_grader.rubric.detect import injections, persuades
from viva_grader.rubric.shown import ShownCell
from viva_grader.rubric.twin_names import Called, breaks
from viva_grader.rubric.twin_python import PythonTwin
from viva_grader.rubric.twin_sql import neutral_query, query_at


def neutralise(
    cells: Sequence[ShownCell], *, keep_strings: bool, public: Collection[str] = ()
) -> tuple[ShownCell, ...]:
    """Make the neutral twin of what is shown.

    Parameters
    ----------
    keep_strings : bool
        Whether short string literals and markdown stay, as far as they do not speak to a judge;
        else only what is in ``public``, or a word that libraries know, does.
    public : collection of str
        Names and words that the question itself uses.

    Returns
    -------
    tuple of ShownCell
        With the same labels and as many lines each.
    """
    twin = _Twin(Called(keep_strings, frozenset(public)))
    sources = [(cell, "\n".join(cell.lines)) for cell in cells]
    for cell, text in sources:
        if cell.kind == "code" and not query_at(text):
            twin.python.learn(text)
    made: list[ShownCell] = []
    for cell, text in sources:
        lines = tuple(twin.cell(cell.kind, text).split("\n"))
        if len(lines) != len(cell.lines):
            raise AssertionError("a twin has its original's lines")
        made.append(replace(cell, lines=lines))
    return tuple(made)


class _Twin:
    """One twin while it is made."""

    def __init__(self, called: Called) -> None:
        self._called = called
        self.python = PythonTwin(called)

    def cell(self, kind: str, text: str) -> str:
        if kind != "code":
            return _prose(text) if self._called.keep_strings else _blank(text)
        start = query_at(text)
        if not start:
            return self.python.cell(text)
        head = text[:start]
        head = f"%%sql …{breaks(head)}" if persuades(head) else head
        return head + neutral_query(text[start:], self._called)


def _prose(text: str) -> str:
    """Take out the lines that speak to a judge."""
    flagged = {each.line for each in injections(text)}
    lines = enumerate(text.split("\n"), start=1)
    return "\n".join("…" if number in flagged else line for number, line in lines)


def _blank(text: str) -> str:
    return "\n".join("…" if line.strip() else "" for line in text.split("\n"))
