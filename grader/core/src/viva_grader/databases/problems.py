"""Decides what is said of a query that has no result: which limit, whose fault, no hidden value."""

import re
from itertools import pairwise

from psycopg import errors, pq

from viva_grader.databases.lexer import Sort, Token, constants, tokens
from viva_grader.databases.port import ProblemKind, QueryLimits, QueryProblem

_READS = re.compile(r"(?:select|with|values|table)\b|\(", re.IGNORECASE)
_SYNTAX_OR_ACCESS, _DENIES = "42", "42501"
_NOT_A_READING_QUERY = "only one SELECT (or WITH … SELECT) that reads is run"

# Grammar of PostgreSQL's own, not functions: the role cannot be refused them.
_CHANCE_WORDS = frozenset(
    ("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp",
     "tablesample")
)  # fmt: skip
# Whole texts that a date or a time is read from, and that mean another one tomorrow.
_DAY_TEXT = re.compile(
    r"\s*(?:[\d:.]+\s+)?(now|today|tomorrow|yesterday)"
    r"(?:\s+[\d:.]+)?(?:\s*(?:z|utc|[+-][\d:]+|[a-z_]+/[a-z_/]+))?\s*",
    re.IGNORECASE,
)
_PLACE_WORDS = frozenset({"current_catalog", "current_catalog(", "current_database("})
_PLACE = frozenset(
    ("version", "inet_client_addr", "inet_client_port", "inet_server_addr", "inet_server_port",
     "pg_relation_filepath", "pg_relation_filenode")
)  # fmt: skip
_DENIED = re.compile(r"permission denied for function (\w+)")
_CHANCE = frozenset(
    ("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday", "age",
     "random", "random_normal", "gen_random_uuid", "uuidv4", "uuidv7")
)  # fmt: skip

_LIMITS = {
    "53100": ("disk", "more disk than one may use"),
    "53200": ("memory", "more memory than one may use"),
    "53400": ("temp_file_limit", "more temporary files than one may use"),
    "54000": ("size", "a value larger than PostgreSQL's limit"),
    "54001": ("stack_depth", "deeper nesting than PostgreSQL's limit"),
}


class LostConnectionError(Exception):
    """The server went away, or did not answer: it is to be replaced."""


def refusal(sql: str) -> QueryProblem | None:
    """Say why a text is not even sent, or None."""
    why = unsendable(sql) or _unread(sql, list(tokens(sql)))
    return QueryProblem(ProblemKind.REFUSED, why) if why else None


def _unread(sql: str, read: list[Token]) -> str | None:
    """Say why a text is no query that gives the same answer whenever and wherever it runs."""
    own = [token for token in read if token.sort is not Sort.COMMENT]
    if all(token.text == ";" for token in own):
        return "there is no query"
    if not _READS.match(sql, own[0].start):
        return _NOT_A_READING_QUERY
    words = {token.text for token in own if token.sort is Sort.WORD}
    if chance := sorted(words & _CHANCE_WORDS):
        return _by_chance(chance[0].upper())
    if "uescape" in words:
        return "UESCAPE is not read: write the characters themselves"
    for token, after in pairwise([*own, own[-1]]):
        said = f"{token.text}{after.text if after.text == '(' else ''}"
        if token.sort is Sort.WORD and said in _PLACE_WORDS:
            return _by_place(token.text)
    day = next(filter(None, map(_DAY_TEXT.fullmatch, constants(read))), None)
    return None if day is None else _by_chance(f"'{day[1]}'")


def unsendable(sql: str) -> str | None:
    """Say which character of a text PostgreSQL cannot be sent, or None."""
    if "\x00" in sql:
        return "the query holds a NUL character"
    try:
        sql.encode()
    except UnicodeEncodeError:
        return "the query holds a character that is none"
    return None


def problem_of(
    result: "pq.abc.PGresult", limits: QueryLimits, *, of_script: bool = False
) -> QueryProblem:
    """Say what went wrong without any value from a row: those are hidden.

    PostgreSQL's own words are shown where they point into the query's text: no row had been read
    then. ``'…'::regclass`` of a row's value, or a RAISE in a script, would say that value.

    Raises
    ------
    LostConnectionError
        If the server is going down.
    """
    state = _field(result, pq.DiagnosticField.SQLSTATE)
    words = _field(result, pq.DiagnosticField.MESSAGE_PRIMARY)
    if not state:
        raise LostConnectionError(words or "no answer")
    if state.startswith("57P"):
        raise LostConnectionError(words)
    if state == errors.QueryCanceled.sqlstate:
        return timeout(limits)
    if of_script and "multiple commands" in words:
        return QueryProblem(ProblemKind.REFUSED, "only one statement is run", state, words)
    if not of_script and ("DECLARE CURSOR" in words or "multiple commands" in words):
        return QueryProblem(ProblemKind.REFUSED, _NOT_A_READING_QUERY, state, words)
    limited = _limited(state, words)
    if limited:
        name, what = limited
        message = f"the query needs {what} (limit {name})"
        return QueryProblem(ProblemKind.LIMIT, message, state, words, name)
    points = _field(result, pq.DiagnosticField.STATEMENT_POSITION)
    if state.startswith(_SYNTAX_OR_ACCESS) and (points or (state == _DENIES and not of_script)):
        denied = _DENIED.match(words)
        by_chance = denied and denied[1] in _CHANCE
        message = _by_chance(f"{denied[1]}()") if denied and by_chance else words
        if denied and denied[1] in _PLACE:
            message = _by_place(f"{denied[1]}()")
        return QueryProblem(ProblemKind.ERROR, f"{message} (SQLSTATE {state})", state, words)
    return QueryProblem(ProblemKind.ERROR, f"{_condition(state)} (SQLSTATE {state})", state, words)


def timeout(limits: QueryLimits) -> QueryProblem:
    """Say that a query used up its time."""
    return QueryProblem(ProblemKind.TIMEOUT, f"the query takes longer than {limits.seconds:g} s")


def undecided() -> QueryProblem:
    """Say that the machine was too busy to let a query use up its time."""
    return QueryProblem(ProblemKind.UNDECIDED, "the database was too busy: grade it again")


def too_big(limits: QueryLimits) -> QueryProblem:
    """Say that a result is larger than one may be."""
    mib = limits.result_bytes / (1024 * 1024)
    return QueryProblem(
        ProblemKind.TOO_BIG, f"the result is larger than {limits.rows} rows or {mib:g} MiB"
    )


def _by_chance(what: str) -> str:
    return f"{what} asks for the clock or for chance: the answer would not be the same twice"


def _by_place(what: str) -> str:
    return f"{what} asks where it runs: the answer would not be the same elsewhere"


def _limited(state: str, words: str) -> tuple[str, str] | None:
    if words.startswith("out of shared memory"):
        return "locks", "more locks than one may hold"
    if words.startswith(("could not extend file", "could not write to file")):
        return _LIMITS["53100"]
    return _LIMITS.get(state)


def _field(result: "pq.abc.PGresult", field: pq.DiagnosticField) -> str:
    return (result.error_field(field) or b"").decode(errors="replace")


def _condition(state: str) -> str:
    """PostgreSQL's name of the condition: ``division by zero``."""
    try:
        name = errors.lookup(state).__name__
    except KeyError:
        return "the database raised an error"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
