"""Decides what became of a mutant: noticed by whom, or by nobody."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from viva_grader.domain.grade import Grade, Json, Status
from viva_grader.domain.question import Question
from viva_grader.library.release import release
from viva_grader.library.solutions import author_cells, compose
from viva_grader.mutation.mutant import Mutant
from viva_grader.mutation.run import Subject

Judge = Callable[[bytes, Question], Grade]

_NO_SUCH_QUERY = "42"
"""SQLSTATE's class of statements that PostgreSQL does not accept at all."""


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    """It survived, and the author says why it must: it always gives the right answer."""
    STILLBORN = "stillborn"
    """It is no query at all for PostgreSQL, such as a text compared with a number."""
    UNJUDGED = "unjudged"
    """The grader itself could not tell."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant's fate.

    Attributes
    ----------
    killers : tuple of str
        The hidden data sets, or the parts, that noticed it.
    """

    mutant: Mutant
    fate: Fate
    killers: tuple[str, ...] = ()
    why: str = ""


def try_mutants(
    question: Question,
    subjects: Sequence[Subject],
    judge: Judge,
    equivalents: dict[str, str],
    *,
    jobs: int,
    advance: Callable[[], None] = lambda: None,
) -> list[Trial]:
    """Grade every mutant, and say in the order of the subjects what became of it.

    Parameters
    ----------
    question : Question
        Whose mutants they are, whole.
    judge : callable
        The real grader: from a submission and its question to a grade.
    equivalents : dict of str to str
        The author's list: a mutant's id and why nothing can notice it.
    jobs : int
        How many are graded at a time.
    advance : callable
        Called once per mutant.
    """
    released, answers = release(question), author_cells(question)

    def one(subject: Subject) -> Trial:
        mutant = subject.mutant
        submission = compose(released, {**answers, mutant.cell: mutant.source})
        grade = judge(submission, subject.asked)
        if any(item.status is Status.INFRA_ERROR for item in grade.items):
            grade = judge(submission, subject.asked)
        advance()
        return _trial(mutant, grade, equivalents)

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, subjects))


def _trial(mutant: Mutant, grade: Grade, equivalents: dict[str, str]) -> Trial:
    made = partial(Trial, mutant)
    statuses = {item.part: item.status for item in grade.items if item.kind != "written"}
    unclear = [part for part, status in statuses.items() if not status.has_points]
    if unclear:
        return made(Fate.UNJUDGED, (), "; ".join(item.message for item in grade.items))
    compared = [fact.data for fact in grade.evidence if fact.kind == "query_diff"]
    if compared and all(_stillborn(data) for data in compared):
        return made(Fate.STILLBORN)
    killers = tuple(str(data["variant"]) for data in compared if data["outcome"] != "same")
    if not compared:
        killers = tuple(part for part, status in statuses.items() if status is not Status.PASS)
    if any(status is not Status.PASS for status in statuses.values()):
        return made(Fate.KILLED, killers)
    if mutant.id in equivalents:
        return made(Fate.EQUIVALENT, (), equivalents[mutant.id])
    return made(Fate.SURVIVED)


def _stillborn(data: dict[str, Json]) -> bool:
    state = data.get("sqlstate")
    return data["outcome"] == "error" and isinstance(state, str) and state[:2] == _NO_SUCH_QUERY
