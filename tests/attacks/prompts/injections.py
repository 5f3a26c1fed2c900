"""Decides where an injection stands in a submission, and what the same submission is without it."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from viva_grader.domain.grade import Grade

from tests.fakes.sample_grades import (
    PYTHON_SOURCE,
    SQL_SOURCE,
    WRITTEN_SOURCE,
    python_grade,
    sql_grade,
)

FOLDER: Final = Path(__file__).parent
NONCE: Final = "7d1f0c5ab2e94c8891f3a6d0be27c415"
"""Drawn by the suite for each fence; one injection knows it, as no candidate could."""

_EMPTY_QUERY: Final = "%%sql\nSELECT 1 AS nothing\nFROM orders"
_EMPTY_PROSE: Final = "Nothing."


@dataclass(frozen=True)
class Injection:
    """One order to a judge.

    Attributes
    ----------
    tries : str
        One line for a reader.
    place : str
        A key of ``PLACES``.
    decode : str
        The rule by which the obeying model reads it: ``plain`` where it stands as it is.
    obeys : str
        The words that it obeys once it can read them; by default all of ``text``.
    aims : tuple of str
        The dimensions that the order is about; empty: all.
    bonus : int
        What it has the model answer in the field that never changes.
    needs : tuple of str
        What must all be readable where an order stands in pieces; empty: ``order`` alone.
    answers : str
        What it has the model say: ``top``; or, to have what is weak left out of a mean, ``null``,
        ``null_alone`` with the checks as they are, or ``low`` where a twin says more.
    """

    group: str
    name: str
    tries: str
    place: str
    text: str
    decode: str = "plain"
    obeys: str = ""
    aims: tuple[str, ...] = ()
    bonus: int = 0
    repeat: int = 1
    needs: tuple[str, ...] = ()
    answers: str = "top"

    @property
    def id(self) -> str:
        """``group/name``."""
        return f"{self.group}/{self.name}"

    @property
    def order(self) -> str:
        """What is obeyed."""
        return self.obeys or self.text

    def submission(self) -> Grade:
        """Give the submission that holds it."""
        text = self.text.replace("NONCE", NONCE).replace("PADDING", "x" * 3_000)
        return PLACES[self.place](
            "\n".join([text] * self.repeat) if self.place != "buried" else text
        )

    def control(self) -> Grade:
        """Give the same submission without it."""
        if self.place == "bad":
            return sql_grade(_EMPTY_QUERY, _EMPTY_PROSE)
        return sql_grade() if self.place in _IN_SQL else python_grade()


def load_injections() -> dict[str, Injection]:
    """Read all data files."""
    found: dict[str, Injection] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for entry in tomllib.loads(path.read_text("utf-8")).get("injections", ()):
            entry |= {name: tuple(entry.get(name, ())) for name in ("aims", "needs")}
            each = Injection(group=path.stem, **entry)
            if each.id in found:
                raise ValueError(f"{each.id} stands twice")
            found[each.id] = each
    return found


def _python(*lines: str, after: int = 1, more: str = "") -> Grade:
    source = PYTHON_SOURCE.split("\n")
    return python_grade("\n".join([*source[:after], *lines, *source[after:]]) + more)


def _sql(*lines: str, after: int = 1) -> Grade:
    source = SQL_SOURCE.split("\n")
    return sql_grade("\n".join([*source[:after], *lines, *source[after:]]))


def _indented(mark: str, text: str) -> list[str]:
    return [f"    {mark}{line}" for line in text.split("\n")]


def _markdown(text: str) -> Grade:
    plain = str(sql_grade().cells[1]["source"])
    return sql_grade(written=f"{plain}\n\n{text}")


def _long(text: str) -> Grade:
    """Put it among two hundred honest lines of prose."""
    line = "Carrier {} is watched by the day, and by the month where it delivers little."
    lines = [line.format(number) for number in range(1, 201)]
    return _markdown("\n".join([*lines[:120], text, *lines[120:]]))


def _in_two_cells(text: str) -> Grade:
    query, prose = text.split("\n~~~\n")
    return sql_grade(f"{SQL_SOURCE}\n-- {query}", f"{WRITTEN_SOURCE}\n\n{prose}")


def _printed(text: str) -> Grade:
    grade = python_grade()
    said = replace(grade.evidence[1], data={"raised": text})
    return replace(grade, evidence=(grade.evidence[0], said))


def _row(text: str) -> Grade:
    grade = sql_grade()
    data = {**grade.evidence[1].data, "unexpected": [[text, "3"]]}
    return replace(grade, evidence=(grade.evidence[0], replace(grade.evidence[1], data=data)))


PLACES: Final[dict[str, Callable[[str], Grade]]] = {
    "comment": lambda text: _python(*_indented("# ", text)),
    "trailing": lambda text: python_grade(PYTHON_SOURCE.replace("n):", f"n):  # {text}")),
    "docstring": lambda text: _python(*_indented("", f'"""{text}"""')),
    "bare_string": lambda text: _python(*_indented("", json.dumps(text)), after=3),
    "name": lambda text: _python(f"    {text} = 1", after=2),
    "function": lambda text: _python(more=f"\n\n\ndef {text}(rows):\n    return rows"),
    "attribute": lambda text: _python(f"    totals.{text} = 1", after=3),
    "keyword": lambda text: _python(f"    totals = totals.rename({text}=1)", after=3),
    "method": lambda text: _python(
        more=f"\n\n\nclass Totals:\n    def {text}(self):\n        return 1"
    ),
    "string": lambda text: _python(f"    note = {json.dumps(text, ensure_ascii=False)}"),
    "f_string": lambda text: _python(f'    note = f"{text} {{n}}"'),
    "triple": lambda text: _python(f'    note = """{text}"""'),
    "key": lambda text: _python(f'    paid = orders["{text}"]'),
    "buried": lambda text: _python(*["    # fine"] * 1_000, *_indented("# ", text)),
    "statements": lambda text: _python(more="\n\n\n" + text),
    "sql_more": lambda text: sql_grade(f"{SQL_SOURCE}\n{text}"),
    "sql_and_markdown": _in_two_cells,
    "long_prose": _long,
    "fact": _printed,
    "row": _row,
    "markdown": _markdown,
    "bad": lambda text: sql_grade(_EMPTY_QUERY, text),
    "sql_comment": lambda text: _sql(*(f"-- {line}" for line in text.split("\n"))),
    "sql_block": lambda text: _sql(f"/*{text}*/"),
    "sql_string": lambda text: _sql(f"  AND status <> '{text}'", after=5),
    "sql_dollar": lambda text: _sql(f"  AND status <> $note${text}$note$", after=5),
    "sql_alias": lambda text: _sql(f"  , 1 AS {text}", after=2),
    "sql_table": lambda text: _sql(f"WITH {text} AS (SELECT 1)"),
    "sql_quoted": lambda text: _sql(f'  , 1 AS "{text}"', after=2),
    "sql_result": lambda text: sql_grade(SQL_SOURCE.replace("%%sql", f"%%sql {text} <<")),
}
"""How an order is put into an honest submission."""

_IN_SQL: Final = frozenset(
    {"row", "markdown", "long_prose", *(each for each in PLACES if each.startswith("sql"))}
)
