"""Decides what is graded in a notebook that has no question.toml: one part per cell with points."""

from viva_grader.domain.question import Part, PartKind
from viva_grader.library.notebook import AuthorCell, Role
from viva_grader.library.notebook_names import cell_names


def parts_of(author: tuple[AuthorCell, ...]) -> tuple[Part, ...]:
    """List the parts of an nbgrader source notebook, in its order.

    A test cell judges the solution cells that define what it mentions; where it mentions none of
    them, the nearest solution cell before it.
    """
    defined: dict[str, str] = {}
    nearest: tuple[str, ...] = ()
    parts: list[Part] = []
    for cell in author:
        if cell.role in {Role.SOLUTION, Role.WRITTEN} and cell.code:
            nearest = (cell.id,)
            defined |= dict.fromkeys(cell_names(cell.source).bound, cell.id)
        if cell.role is Role.TESTS:
            read = cell_names(cell.source).read
            judged = {defined[name] for name in read if name in defined}
            solutions = tuple(c.id for c in author if c.id in judged) or nearest
            parts.append(Part(cell.id, PartKind.TESTS, cell.points, cell.id, solutions))
        elif cell.role is Role.WRITTEN:
            parts.append(Part(cell.id, PartKind.WRITTEN, cell.points, cell.id, (cell.id,)))
        elif cell.role is Role.TASK:
            parts.append(Part(cell.id, PartKind.WRITTEN, cell.points, cell.id))
    return tuple(parts)
