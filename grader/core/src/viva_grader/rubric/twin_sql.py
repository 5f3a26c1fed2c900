"""Decides what of a query stays in a neutral twin: its logic, without names, comments and words."""

import re
from collections.abc import Collection
from typing import Final

from viva_grader.rubric.twin_names import Called, breaks
from viva_grader.rubric.twin_words import SQL_WORDS

_SQL: Final = re.compile(
    r"(?P<comment>--[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))"
    r"|(?P<dollar>\$(?P<tag>\w*)\$)(?P<body>[\s\S]*?)(?P<until>\$(?P=tag)\$|\Z)"
    r"|(?P<text>\b[eEbBxXuU]?&?'(?:''|[^'])*(?:'|\Z)|'(?:''|[^'])*(?:'|\Z))"
    r"|(?P<quoted>\"(?:\"\"|[^\"])*(?:\"|\Z))"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<newline>\n)|(?P<space>[^\S\n]+)|(?P<other>[\s\S])"
)


def query_at(text: str) -> int:
    """Where the query of a cell for a database begins; 0 where the cell is Python."""
    match = re.match(r"\s*%%(?:sql|bigquery|duckdb)\b[^\n]*\n?", text)
    return match.end() if match else 0


def neutral_query(text: str, called: Called) -> str:
    """Give a query's neutral text, of as many lines."""
    own = _own_names(text) - called.public
    made: list[str] = []
    for token in _SQL.finditer(text):
        word = token[0]
        if token["comment"] is not None:
            made.append(_blank_comment(word))
        elif token["text"] is not None or token["dollar"] is not None:
            made.append(_literal(word, called))
        elif token["quoted"] is not None:
            name = word.strip('"')
            known = name in called.public or len(re.split(r"[\W_]+", name)) == 1
            made.append(word if known and name.lower() not in own else _quoted(word, called))
        elif token["name"] is not None and _is_own(word, own, called):
            made.append(called.canonical(word.lower()))
        else:
            made.append(word)
    return "".join(made)


def _is_own(word: str, own: Collection[str], called: Called) -> bool:
    low = word.lower()
    return low in own or (low not in SQL_WORDS and called.is_sentence(word))


def _literal(word: str, called: Called) -> str:
    inner = word.strip("'") if word.endswith("'") else word
    return word if called.stays(inner) else f"'{called.string(inner)}'{breaks(word)}"


def _quoted(word: str, called: Called) -> str:
    return f'"{called.canonical(word.lower())}"{breaks(word)}'


def _own_names(query: str) -> set[str]:
    """Find the names that a query itself gives: aliases, common tables, their columns."""
    bare = _SQL.sub(
        lambda token: (
            " " if token["comment"] is not None or token["text"] is not None else token[0]
        ),
        query,
    )
    patterns = (
        r"\bas\s+(?!materialized\b|not\b)\"?([^\W\d]\w*)\"?(?!\s*\()",
        r"(?:\bwith(?:\s+recursive)?|,|\))\s*([^\W\d]\w*)\s*(?:\([^()]*\)\s*)?as\s*(?:no"
        r"t\s+)?(?:materialized\s*)?\(",
        r"\b(?:from|join)\s+(?:lateral\s+)?[\w.\"]+\s+([^\W\d]\w*)",
        r"\)\s*([^\W\d]\w*)\s*(?=,|\bon\b|\bjoin\b|\bwhere\b|\bgroup\b|\border\b|"
        r"\busing\b|\Z|\))",
        r"\bwindow\s+([^\W\d]\w*)\s+as\b",
    )
    found = {each.lower() for one in patterns for each in re.findall(one, bare, re.IGNORECASE)}
    return found - SQL_WORDS


def _blank_comment(word: str) -> str:
    return "--" if word.startswith("--") else "/*" + breaks(word) + "*/"
