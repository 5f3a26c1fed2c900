"""Decides what of Python stays in a neutral twin: its logic, with names and words of ours."""

import builtins
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from viva_grader.rubric.detect import persuades
from viva_grader.rubric.twin_names import Called, breaks

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
_FIELD: Final = re.compile(r"(\{\{|\}\}|\{[^{}\n]*\})")
_KEPT: Final = (
    frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"self", "cls", "match", "case"}
)


@dataclass(slots=True)
class PythonTwin:
    """The Python cells of one twin; what is whose has to be learned of all before one is made."""

    called: Called
    imported: set[str] = field(default_factory=set[str])
    functions: set[str] = field(default_factory=set[str])
    parameters: set[str] = field(default_factory=set[str])
    members: set[str] = field(default_factory=set[str])

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

    def cell(self, text: str) -> str:
        """Give one cell's neutral text."""
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

    def _name(self, word: str, before: str, following: str, calls: Sequence[str]) -> str:
        if word in self.called.public or word in _KEPT or re.fullmatch(r"__\w+__", word):
            return (
                word
                if not self.called.is_sentence(word) or word in self.called.public
                else self.called.canonical(word)
            )
        if before == ".":
            own = word in self.members or self.called.is_sentence(word)
            return self.called.canonical(word) if own else word
        if following == "=" and calls and before in {"(", ","}:
            own = (
                calls[-1] in self.functions
                or word in self.parameters
                or self.called.is_sentence(word)
            )
            return self.called.canonical(word) if own else word
        if word in self.imported:
            return self.called.canonical(word) if self.called.is_sentence(word) else word
        return self.called.canonical(word)

    def _literal(self, token: re.Match[str], *, bare: bool) -> str:
        prefix = token["string"]
        opening = token["triple"] or token["mark"]
        inner = token["long"] if token["triple"] else token["short"]
        closing = token["close"] if token["triple"] else token["end"]
        if bare:
            return f"{prefix}{opening}{'…' if inner.strip() else ''}{breaks(inner)}{closing}"
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
        return f"{{{self.cell(value)}{form}}}"

    def _text(self, inner: str) -> str:
        if self.called.stays(inner):
            return inner
        return self.called.string(inner) + breaks(inner)


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
