"""Decides which mutants a question has, and what each is graded as part of."""

from dataclasses import dataclass, replace

from viva_grader.checks.sql_cell import parse_sql_cell
from viva_grader.domain.question import Part, PartKind, Question
from viva_grader.library.notebook import Role, read_author
from viva_grader.library.solutions import author_cells
from viva_grader.mutation.mutant import Mutant
from viva_grader.mutation.python import mutants_of_python
from viva_grader.mutation.sql import as_written, mutants_of_query


@dataclass(frozen=True, slots=True)
class Subject:
    """A mutant with what must notice it.

    Attributes
    ----------
    asked : Question
        The question with these parts only: the others cannot notice it.
    """

    mutant: Mutant
    asked: Question


def subjects(question: Question, schema_sql: str) -> list[Subject]:
    """Make every mutant of the author's answers that some automatic part judges.

    Parameters
    ----------
    schema_sql : str
        The fixture's tables; empty where the question names none.

    Raises
    ------
    BadQuestionError
        If an answer of the author's cannot be read.
    """
    answers = author_cells(question)
    found: list[Subject] = []
    for part in question.parts:
        if part.query is not None:
            alone = replace(question, parts=(part,))
            found += [
                Subject(mutant, alone)
                for mutant in _of_query(part, answers[part.query.solution], schema_sql)
            ]
    tested = tuple(p for p in question.parts if p.kind in {PartKind.TESTS, PartKind.CASES})
    judged = {name for part in tested for name in part.solutions}
    together = replace(question, parts=tested)
    for cell in read_author(question.source):
        wanted = cell.role is Role.SOLUTION and cell.code and (not judged or cell.id in judged)
        if tested and wanted and not answers[cell.id].lstrip().startswith("%%"):
            mutants = mutants_of_python(cell.id, answers[cell.id])
            found += [Subject(mutant, together) for mutant in mutants]
    return found


def controls(question: Question) -> list[Subject]:
    """Make submissions without a fault, written as the mutants are: they must pass."""
    answers = author_cells(question)
    found: list[Subject] = []
    for part in question.parts:
        if part.query is not None:
            source = as_written(parse_sql_cell(answers[part.query.solution]).sql)
            mutant = Mutant("none", part.query.solution, "none", "no fault", source, ())
            found.append(Subject(mutant, replace(question, parts=(part,))))
    tested = tuple(p for p in question.parts if p.kind in {PartKind.TESTS, PartKind.CASES})
    if tested:
        cell = next(iter(answers))
        mutant = Mutant("none", cell, "none", "no fault", answers[cell], ())
        found.append(Subject(mutant, replace(question, parts=tested)))
    return found


def chosen(found: list[Subject], sample: int | None) -> list[Subject]:
    """Choose some of them by their ids: the same ones every time, from all over the answers."""
    if sample is None or sample >= len(found):
        return found
    kept = sorted(found, key=lambda each: each.mutant.id.rsplit("-", 1)[-1])[:sample]
    ids = {subject.mutant.id for subject in kept}
    return [subject for subject in found if subject.mutant.id in ids]


def _of_query(part: Part, source: str, schema_sql: str) -> list[Mutant]:
    if part.query is None:
        return []
    sql = parse_sql_cell(source).sql
    ordered = bool(part.query.order_by)
    return mutants_of_query(part.query.solution, sql, schema_sql, ordered=ordered)
