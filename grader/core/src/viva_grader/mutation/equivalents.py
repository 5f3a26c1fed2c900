"""Decides which mutants an author may set apart: those in ``mutants.toml``, with a reason."""

from pathlib import Path

from viva_grader.domain.errors import BadQuestionError
from viva_grader.library.question_file import MutantsFile, parse

FILE = "mutants.toml"


def load_equivalents(folder: Path) -> dict[str, str]:
    """Load the list beside a question; empty where there is none.

    Returns
    -------
    dict of str to str
        From a mutant's id to why it always gives the right answer.

    Raises
    ------
    BadQuestionError
        If the file breaks its form or names a mutant twice.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    name = f"{folder.name}/{FILE}"
    found: dict[str, str] = {}
    for entry in parse(MutantsFile, path.read_bytes(), name).equivalent:
        for mutant in entry.mutants:
            if mutant in found:
                raise BadQuestionError(f"{name}: {mutant} stands there twice")
            found[mutant] = entry.why
    return found
