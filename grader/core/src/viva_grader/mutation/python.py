"""Decides which mutants a cell of Python has: every operator at every place of its text."""

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Any

from viva_grader.domain.errors import BadQuestionError
from viva_grader.mutation import python_operators, python_statements
from viva_grader.mutation.mutant import Change, Mutant, distinct, make_mutant

Operator = Callable[[ast.AST], Iterator[Change[Any]]]

OPERATORS: tuple[Operator, ...] = (
    python_operators.relations,
    python_operators.arithmetic,
    python_operators.logic,
    python_operators.constants,
    python_operators.slices,
    python_statements.statements,
    python_statements.defaults,
    python_statements.calls,
    python_statements.keywords,
)


def mutants_of_python(cell: str, source: str) -> list[Mutant]:
    """Make every mutant of a cell, none twice.

    Parameters
    ----------
    cell : str
        The cell's grade_id.
    source : str
        The author's code, without magics.

    Raises
    ------
    BadQuestionError
        If it is no Python.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise BadQuestionError(f"cell {cell}: no mutants, it is no Python: {error.msg}") from error
    original = ast.unparse(tree)
    nodes = list(ast.walk(tree))
    place = {id(node): index for index, node in enumerate(nodes)}
    made: list[Mutant] = []
    for node in sorted(nodes, key=lambda each: (getattr(each, "lineno", 0), place[id(each)])):
        for operator in OPERATORS:
            for change in operator(node):
                mutated = _applied(tree, place[id(change.target)], change)
                faulty = (change.operator, change.said)
                made.append(make_mutant(cell, faulty, original, mutated, mutated))
    return distinct(made, original)


def _applied(tree: ast.Module, index: int, change: Change[Any]) -> str:
    mutated = copy.deepcopy(tree)
    for at, node in enumerate(ast.walk(mutated)):
        if at == index:
            change.edit(node)
            break
    return ast.unparse(ast.fix_missing_locations(mutated))
