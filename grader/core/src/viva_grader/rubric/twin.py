"""Decides what a submission's neutral twin is: the same logic, and nothing that could persuade.

Comments and docstrings lose their words, names become ``v1``, ``v2``, … everywhere alike, and where
the dimension allows it so do strings and prose. Cells, lines and what stands on them stay. What was
scored by its logic scores the same on the twin.

Own lexers, because they have to take code that does not parse, and to leave each line where it is;
``tokenize`` and sqlglot stop at the first open bracket or quote.
"""

import builtins
import keyword
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from viva_grader.rubric.detect import injections, persuades
from viva_grader.rubric.shown import ShownCell
from viva_grader.rubric.twin_words import LIBRARY_WORDS, SQL_WORDS

_MOST_WORDS: Final = 3
"""Names of libraries rarely have more words; sentences do."""

_PYTHON: Final = re.compile(
    r"(?P<magic>^[ \t]*[%!][^\n]*)"
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<string>\b[rbuftRBUFT]{1,2}(?=['\"])|(?=['\"]))(?:(?P<triple>\"\"\"|"
    r"''')(?P<long>(?:\\[\s\S]|(?!(?P=triple))[^\\])*)"
    r"(?P<close>(?P=triple)|\\?\Z)|(?P<mark>['\"])(?P<short>(?:\\[\s\S]|"
    r"(?!(?P=mark))[^\\\n])*)(?P<end>(?P=mark)|\\?(?=\n|\Z)))"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<newline>\n)|(?P<space>(?:[^\S\n]|\\\n)+)|(?P<other>[\s\S])",
    re.MULTILINE,
)
_SQL: Final = re.compile(
    r"(?P<comment>--[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))"
    r"|(?P<dollar>\$(?P<tag>\w*)\$)(?P<body>[\s\S]*?)(?P<until>\$(?P=tag)\$|\Z)"
    r"|(?P<text>\b[eEbBxXuU]?&?'(?:''|[^'])*(?:'|\Z)|'(?:''|[^'])*(?:'|\Z))"
    r"|(?P<quoted>\"(?:\"\"|[^\"])*(?:\"|\Z))"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<newline>\n)|(?P<space>[^\S\n]+)|(?P<other>[\s\S])"
)
_FIELD: Final = re.compile(r"(\{\{|\}\}|\{[^{}\n]*\})")
_KEPT: Final = (
    frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"self", "cls", "match", "case"}
)


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
    twin = _Twin(keep_strings, frozenset(public))
    sources = [(cell, "\n".join(cell.lines)) for cell in cells]
    for cell, text in sources:
        if cell.kind == "code" and not _sql_at(text):
            twin.learn(text)
    made: list[ShownCell] = []
    for cell, text in sources:
        lines = tuple(twin.cell(cell.kind, text).split("\n"))
        if len(lines) != len(cell.lines):
            raise AssertionError("a twin has its original's lines")
        made.append(replace(cell, lines=lines))
    return tuple(made)


@dataclass(slots=True)
class _Twin:
    """What one twin calls things."""

    keep_strings: bool
    public: frozenset[str]
    names: dict[str, str] = field(default_factory=dict[str, str])
    strings: dict[str, str] = field(default_factory=dict[str, str])
    imported: set[str] = field(default_factory=set[str])
    functions: set[str] = field(default_factory=set[str])
    parameters: set[str] = field(default_factory=set[str])
    members: set[str] = field(default_factory=set[str])

    def cell(self, kind: str, text: str) -> str:
        if kind != "code":
            return self._prose(text) if self.keep_strings else _blank(text)
        start = _sql_at(text)
        if start:
            head = text[:start]
            head = f"%%sql …{_breaks(head)}" if persuades(head) else head
            return head + self.sql(text[start:])
        return self.python(text)

    def learn(self, text: str) -> None:
        """Find what is imported, and which functions, parameters and members are their own."""
        for match in re.finditer(
            r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+)?import[ \t]+(.+)$", text, re.M
        ):
            self.imported |= set(re.findall(r"[^\W\d]\w*", f"{match[1] or ''} {_code(match[2])}"))
        self.imported -= {"as"}
        for match in re.finditer(r"\b(?:def|class)[ \t]+([^\W\d]\w*)", text):
            self.functions.add(match[1])
        for match in re.finditer(r"\bdef[ \t]+\w+[ \t]*\(([^)]*)\)|\blambda([^:\n]*):", text):
            named = re.findall(r"(?:^|[,*(])\s*([^\W\d]\w*)", match[1] or match[2] or "")
            self.parameters |= set(named)
        self.members |= set(re.findall(r"\bself\.([^\W\d]\w*)", text))
        indented = re.findall(
            r"^[ \t]+(?:async )?def[ \t]+([^\W\d]\w*)[ \t]*\([ \t]*self", text, re.M
        )
        self.members |= set(indented)

    def python(self, text: str) -> str:
        made: list[str] = []
        calls: list[str] = []
        before = after_dot = ""
        fresh = True  # at the beginning of a logical line
        tokens = list(_PYTHON.finditer(text))
        for place, token in enumerate(tokens):
            kind, word = token.lastgroup or "", token[0]
            if token["comment"] is not None or token["magic"] is not None:
                made.append(self._aside(word))
                continue
            if token["string"] is not None:
                bare = fresh and not calls and _ends_line(tokens, place)
                made.append(self._literal(token, bare=bare))
                fresh = False
                before = "'"
                continue
            if token["name"] is not None:
                made.append(self._name(word, before, _next(tokens, place), calls))
            else:
                made.append(word)
            if kind == "newline" or word == ";":
                fresh = fresh if calls else True
                before = "" if not calls else before
            elif kind != "space":
                fresh = False
                if word in "([{":
                    calls.append(after_dot if word == "(" and after_dot else "")
                elif word in ")]}" and calls:
                    calls.pop()
                after_dot = word if token["name"] is not None else ""
                before = word
        return "".join(made)

    def sql(self, text: str) -> str:
        own = _own_names(text) - self.public
        made: list[str] = []
        for token in _SQL.finditer(text):
            word = token[0]
            if token["comment"] is not None:
                made.append(_blank_comment(word))
            elif token["text"] is not None or token["dollar"] is not None:
                made.append(self._sql_text(word))
            elif token["quoted"] is not None:
                name = word.strip('"')
                known = name in self.public or len(re.split(r"[\W_]+", name)) == 1
                made.append(word if known and name.lower() not in own else self._same_lines(word))
            elif token["name"] is not None and self._is_own_sql(word, own):
                made.append(self._canonical(word.lower()))
            else:
                made.append(word)
        return "".join(made)

    def _is_own_sql(self, word: str, own: Collection[str]) -> bool:
        low = word.lower()
        return low in own or (low not in SQL_WORDS and self._is_sentence(word))

    def _sql_text(self, word: str) -> str:
        inner = word.strip("'") if word.endswith("'") else word
        return word if self._stays(inner) else f"'{self._string(inner)}'" + "\n" * word.count("\n")

    def _same_lines(self, word: str) -> str:
        return f'"{self._canonical(word.lower())}"' + "\n" * word.count("\n")

    def _name(self, word: str, before: str, following: str, calls: Sequence[str]) -> str:
        if word in self.public or word in _KEPT or re.fullmatch(r"__\w+__", word):
            return (
                word
                if not self._is_sentence(word) or word in self.public
                else self._canonical(word)
            )
        if before == ".":
            own = word in self.members or self._is_sentence(word)
            return self._canonical(word) if own else word
        if following == "=" and calls and before in {"(", ","}:
            own = calls[-1] in self.functions or word in self.parameters or self._is_sentence(word)
            return self._canonical(word) if own else word
        if word in self.imported:
            return self._canonical(word) if self._is_sentence(word) else word
        return self._canonical(word)

    def _literal(self, token: re.Match[str], *, bare: bool) -> str:
        prefix = token["string"]
        opening = token["triple"] or token["mark"]
        inner = token["long"] if token["triple"] else token["short"]
        closing = token["close"] if token["triple"] else token["end"]
        if bare:
            return f"{prefix}{opening}{'…' if inner.strip() else ''}{_breaks(inner)}{closing}"
        if "f" in prefix.lower():
            pieces = _FIELD.split(inner)
            inner = "".join(
                self._field(each) if place % 2 else self._text(each)
                for place, each in enumerate(pieces)
            )
        else:
            inner = self._text(inner)
        return f"{prefix}{opening}{inner}{closing}"

    def _aside(self, word: str) -> str:
        """Keep a command of the notebook, unless it persuades; of a comment keep the mark."""
        if word.startswith("#"):
            return "#"
        return f"{word[: len(word) - len(word.lstrip())]}%…" if persuades(word) else word

    def _field(self, piece: str) -> str:
        if piece in {"{{", "}}"}:
            return piece
        value, form = re.fullmatch(r"([\s\S]*?)((?:![rsa])?(?::[^{}:]*)?)", piece[1:-1]).groups()  # type: ignore[union-attr]
        return f"{{{self.python(value)}{form}}}"

    def _text(self, inner: str) -> str:
        if self._stays(inner):
            return inner
        return self._string(inner) + _breaks(inner)

    def _is_known(self, inner: str) -> bool:
        return not re.search(r"[^\W\d_]", inner) or inner in self.public or inner in LIBRARY_WORDS

    def _stays(self, inner: str) -> bool:
        return (self.keep_strings and not self._is_sentence(inner)) or self._is_known(inner)

    def _prose(self, text: str) -> str:
        """Take out the lines that speak to a judge."""
        flagged = {each.line for each in injections(text)}
        lines = enumerate(text.split("\n"), start=1)
        return "\n".join("…" if number in flagged else line for number, line in lines)

    def _string(self, inner: str) -> str:
        return self.strings.setdefault(inner, f"s{len(self.strings) + 1}")

    def _canonical(self, name: str) -> str:
        return self.names.setdefault(name, f"v{len(self.names) + 1}")

    def _is_sentence(self, word: str) -> bool:
        if word in self.public:
            return False
        words = re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+", word)
        return len(words) > _MOST_WORDS or persuades(word)


def _sql_at(text: str) -> int:
    """Where the query of a cell for a database begins; 0 where the cell is Python."""
    match = re.match(r"\s*%%(?:sql|bigquery|duckdb)\b[^\n]*\n?", text)
    return match.end() if match else 0


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


def _blank(text: str) -> str:
    return "\n".join("…" if line.strip() else "" for line in text.split("\n"))


def _blank_comment(word: str) -> str:
    return "--" if word.startswith("--") else "/*" + _breaks(word) + "*/"


def _breaks(text: str) -> str:
    return "\n" * text.count("\n")


def _code(line: str) -> str:
    return line.split("#", 1)[0]


def _next(tokens: Sequence[re.Match[str]], place: int) -> str:
    following: Iterable[re.Match[str]] = tokens[place + 1 : place + 4]
    words = [each[0] for each in following if each.lastgroup != "space"]
    return "" if not words or words[:2] == ["=", "="] else words[0]


def _ends_line(tokens: Sequence[re.Match[str]], place: int) -> bool:
    """Whether nothing but a comment follows on the line."""
    for each in tokens[place + 1 :]:
        if each.lastgroup == "newline":
            return True
        if each.lastgroup != "space" and each["comment"] is None:
            return False
    return True
