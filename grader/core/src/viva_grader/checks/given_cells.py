"""Decides what an author's visible cell leaves undefined where it stops, and by whose doing.

It runs on both sides. Names that it was to define are the author's: where it stops on this side,
none of them is ever read over there, where the submission could have put anything in its place.
"""

import re
from collections.abc import Collection, Sequence

from viva_grader.callee.interruptions import Spoilt, Unsupported
from viva_grader.callee.session import Session
from viva_grader.checks.verdicts import CellProblem
from viva_grader.domain.grade import Status
from viva_grader.library.notebook_names import CellNames, imported_from

Why = tuple[str, type[Unsupported]]


def lacks_packages(cell: str, names: CellNames, missing: Collection[str]) -> CellProblem:
    """Say that imports of a cell found no package over there."""
    what = f"needs {', '.join(missing)}, which the sandbox does not have"
    lost = imported_from(names.imports, missing)
    return CellProblem(cell, Status.UNSUPPORTED, what, names=lost)


def excused(problem: CellProblem, answers: str) -> dict[str, str]:
    """Give the names whose absence excuses an answer, with the reason: the author's need them too.

    Parameters
    ----------
    answers : str
        The author's own answers.
    """
    used = set(re.findall(r"\w+", answers))
    why = f"cell {problem.cell} {problem.message}"
    return dict.fromkeys(sorted(problem.names & used), why)


def why_stopped(
    error: BaseException,
    session: Session,
    cell: str,
    problems: Sequence[CellProblem],
    imported: frozenset[str],
) -> Why:
    """Say why a cell stopped here: by the submission's doing, if it stopped over there as well.

    Parameters
    ----------
    imported : frozenset of str
        Names that the author's visible cells import: one that is missing here is not the
        submission's to give.
    """
    said = f"the given cell {cell} stops with {type(error).__name__}"
    interruption = session.interruption
    if isinstance(interruption, Unsupported):
        return f"the given cell {cell}: {interruption}", type(interruption)
    causes = [each for each in problems if each.status.has_points]
    ours = isinstance(error, NameError) and error.name in imported
    if ours or not any(each.cell == cell for each in causes):
        return said, Unsupported
    return f"the given cell {cell} stops: cell {causes[0].cell} {causes[0].message}", Spoilt
