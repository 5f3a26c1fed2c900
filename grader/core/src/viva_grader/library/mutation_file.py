"""Decides how a question's mutation score is kept beside it, and of which version it speaks."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from viva_grader.domain.question import Question

FILE = "mutation.json"


@dataclass(frozen=True, slots=True)
class StoredMutation:
    """What ``viva questions mutate --store`` found, in whole numbers: the same on every machine.

    Attributes
    ----------
    question_sha256 : str
        Of the question that was tried: of another version it says nothing.
    """

    question_sha256: str
    killed: int
    survived: int
    equivalent: int
    stillborn: int

    @property
    def said(self) -> str:
        """One part of a line: how many of the mutants that can be noticed were."""
        whole = self.killed + self.survived
        share = self.killed / whole if whole else 0.0
        return f"{share:.1%} of {whole} mutants noticed"


def store(folder: Path, result: StoredMutation) -> Path:
    """Write the score beside the question."""
    path = folder / FILE
    path.write_text(json.dumps(asdict(result), indent=1) + "\n")
    return path


def stored(folder: Path, question: Question) -> StoredMutation | None:
    """Read the score; None where there is none, or it is of another version of the question."""
    try:
        text = (folder / FILE).read_bytes()
        result = TypeAdapter(StoredMutation).validate_json(text)
    except (OSError, ValidationError):
        return None
    return result if result.question_sha256 == question.sha256 else None
