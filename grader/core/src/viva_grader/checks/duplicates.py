"""Decides which blocks of an answer repeat another: the same lines but for the names in them."""

import io
import keyword
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

from viva_grader.checks.findings import Finding, finding

BLOCK_LINES = 5
"""Logical lines; shorter repetitions are ordinary."""
BLOCK_TOKENS = 35
MAX_LINES = 5_000
_LAYOUT = frozenset(
    {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT}
)


@dataclass(frozen=True, slots=True)
class _Line:
    """One logical line: where it begins and what stands in it."""

    cell: str
    number: int
    tokens: tuple[tuple[int, str], ...]


def find_duplicates(cells: Sequence[tuple[str, str]]) -> list[Finding]:
    """Find repeated blocks in the candidate's cells, each reported where it stands again.

    Parameters
    ----------
    cells : sequence of (cell, source)
        Python that can be parsed.
    """
    lines = [line for cell, source in cells for line in _lines(cell, source)][:MAX_LINES]
    seen: dict[tuple[tuple[int, str | int], ...], int] = {}
    found: list[Finding] = []
    covered = -1
    for start in range(len(lines) - BLOCK_LINES + 1):
        window = lines[start : start + BLOCK_LINES]
        if window[0].cell != window[-1].cell:
            continue
        shape = _shape(window)
        if len(shape) < BLOCK_TOKENS:
            continue
        first = seen.setdefault(shape, start)
        if start - first < BLOCK_LINES or start <= covered:
            continue
        if not found or start > covered:
            there = lines[first]
            text = f"repeats the block from line {there.number} of cell {there.cell}"
            found.append(finding(window[0].cell, window[0].number, "repeated_block", text))
        covered = start + BLOCK_LINES - 1
    return found


def _lines(cell: str, source: str) -> list[_Line]:
    found: list[_Line] = []
    words: list[tuple[int, str]] = []
    number = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.NEWLINE:
                if words and words[0][1] not in {"import", "from"}:
                    found.append(_Line(cell, number, tuple(words)))
                words = []
            elif token.type not in _LAYOUT:
                number = number if words else token.start[0]
                words.append((token.type, token.string))
    except (tokenize.TokenError, SyntaxError):
        return found
    return found


def _shape(window: Sequence[_Line]) -> tuple[tuple[int, str | int], ...]:
    """Give names numbers by their first place, and forget the values of literals."""
    numbers: dict[str, int] = {}
    shape: list[tuple[int, str | int]] = []
    for line in window:
        for kind, text in line.tokens:
            if kind == tokenize.NAME and not keyword.iskeyword(text):
                shape.append((kind, numbers.setdefault(text, len(numbers))))
            elif kind in {tokenize.NUMBER, tokenize.STRING}:
                shape.append((kind, ""))
            else:
                shape.append((kind, text))
        shape.append((tokenize.NEWLINE, ""))
    return tuple(shape)
