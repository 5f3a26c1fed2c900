"""Decides whether a question is fit to be asked: everything that can be wrong, one line each."""

from collections import Counter

from viva_grader.domain.errors import VivaError
from viva_grader.domain.question import Question
from viva_grader.library.mutation_file import stored
from viva_grader.library.release import release
from viva_grader.library.rubrics import load_rubric
from viva_grader.library.shelf import Shelf
from viva_grader.library.solutions import author_cells, load_solutions, problems


def check_question(slug: str, shelf: Shelf) -> list[str]:
    """Find what is wrong with a question on a shelf, without running anything of it.

    Returns
    -------
    list of str
        One line per problem; empty if the question is fit to be asked.
    """
    try:
        question = shelf.question(slug)
    except VivaError as error:
        return [error.message]
    found = [
        *_release_problems(question),
        *_rubric_problems(question, shelf),
        *_solution_problems(question, shelf),
    ]
    if not question.hints:
        found.append("it has no authored hints: there is nothing to fall back on")
    return found


def facts(question: Question, shelf: Shelf) -> list[str]:
    """Say what a question is made of, in a few short lines for its author."""
    kinds = Counter(part.kind.value for part in question.parts)
    limits = question.limits
    lines = [
        f"{len(question.parts)} parts ({_counted(kinds)}), {question.max_score:g} points by tests",
        f"limits: {limits.call_s:g} s a call, {limits.part_s:g} s a part, {limits.total_s:g} s in "
        f"all, {limits.memory_mib} MiB",
    ]
    if question.fixture is not None:
        hidden = shelf.fixture(question.fixture).hidden
        names = ", ".join(variant.name for variant in hidden)
        lines.append(f"{len(hidden)} hidden data sets: {names}")
    known = stored(shelf.questions_folder / question.slug, question)
    unknown = f"mutants: not tried on this version; viva questions mutate {question.slug} --store"
    lines.append(f"mutants: {known.said}" if known else unknown)
    return lines


def _counted(kinds: Counter[str]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in kinds.items())


def _release_problems(question: Question) -> list[str]:
    try:
        released = release(question).decode()
    except VivaError as error:
        return [error.message]
    ends = {cell: source.strip()[-60:] for cell, source in author_cells(question).items()}
    return [
        f"the release still holds the solution {cell}"
        for cell, end in ends.items()
        if end and end in released
    ]


def _rubric_problems(question: Question, shelf: Shelf) -> list[str]:
    if question.rubric is None:
        return ["no rubric scores what tests cannot"]
    try:
        load_rubric(shelf.rubrics_folder, question.rubric)
    except VivaError as error:
        return [error.message]
    return []


def _solution_problems(question: Question, shelf: Shelf) -> list[str]:
    try:
        solutions = load_solutions(shelf.questions_folder / question.slug, question)
    except VivaError as error:
        return [error.message]
    return problems(solutions, question)
