"""Decides how outcomes become the items of a grade: cited, and with numbered evidence."""

from viva_grader.checks.verdicts import CellProblem
from viva_grader.domain.grade import Citation, Evidence, Item, Json
from viva_grader.domain.outcome import Fact, Outcome
from viva_grader.domain.question import Part, Question
from viva_grader.library.notebook import AuthorCell, SubmittedCell
from viva_grader.library.notebook_rebuild import Rebuilt

Cells = tuple[dict[str, Json], ...]


class Numbered:
    """Evidence in the order in which it came, numbered ``F001``, ``F002`` and on."""

    def __init__(self) -> None:
        self.evidence: list[Evidence] = []

    def add(self, part: str, facts: list[Fact]) -> list[str]:
        """Give numbers to a part's facts, or to the submission's where ``part`` is empty."""
        first = len(self.evidence) + 1
        added = [
            Evidence(f"F{first + n:03d}", fact.kind, part, fact.data)
            for n, fact in enumerate(facts)
        ]
        self.evidence += added
        return [each.id for each in added]


def make_items(
    outcomes: dict[str, Outcome],
    rebuilt: Rebuilt,
    problems: list[CellProblem],
    *,
    question: Question,
    numbered: Numbered,
    cells: Cells,
) -> tuple[Item, ...]:
    """Make one item for each part of the question, in its order."""
    lengths = {cell["cell"]: max(1, cell["source"].count("\n") + 1) for cell in cells}
    items: list[Item] = []
    for part in question.parts:
        outcome = outcomes[part.name]
        facts = [*outcome.facts, *_cell_facts(part, rebuilt, problems)]
        items.append(
            Item(
                part=part.name,
                kind=part.kind.value,
                status=outcome.status,
                points=outcome.points,
                max_points=part.max_points,
                message=outcome.message,
                citations=_citations(part, outcome, lengths),
                evidence=tuple(numbered.add(part.name, facts)),
            )
        )
    return tuple(items)


def _cell_facts(part: Part, rebuilt: Rebuilt, problems: list[CellProblem]) -> list[Fact]:
    """Say what happened to the cells that a part judges: errors, absence, copies."""
    facts: list[Fact] = []
    for problem in problems:
        if problem.cell in part.solutions:
            data: dict[str, Json] = {"cell": problem.cell, "status": problem.status.value}
            data |= {"message": problem.message, "line": problem.line}
            facts.append(Fact("cell_error", data))
    missing = [cell for cell in rebuilt.missing if cell in part.solutions]
    copied = [cell for cell in rebuilt.duplicated if cell in part.solutions]
    facts += [Fact("missing_cell", {"cell": cell}) for cell in missing]
    facts += [Fact("copied_cell", {"cell": cell}) for cell in copied]
    return facts


def _citations(part: Part, outcome: Outcome, lengths: dict[str, int]) -> tuple[Citation, ...]:
    """Cite the lines that the reason names, and otherwise the part's solution cells as a whole."""
    named = tuple(
        c for c in dict.fromkeys(outcome.citations)
        if c.cell in lengths and 1 <= c.start <= c.end <= lengths[c.cell]
    )  # fmt: skip
    return named or tuple(
        Citation(cell, 1, lengths[cell]) for cell in part.solutions if cell in lengths
    )


def graded_cells(rebuilt: Rebuilt, author: tuple[AuthorCell, ...]) -> Cells:
    """Give the text that citations point into: the answers, then what the candidate added."""
    kinds = {cell.id: "code" if cell.code else "markdown" for cell in author}
    answers: list[dict[str, Json]] = [
        {"cell": cell.id, "type": kinds[cell.id], "source": rebuilt.answers[cell.id]}
        for cell in author
        if cell.id in rebuilt.answers
    ]
    added: list[dict[str, Json]] = [_added(cell) for cell in rebuilt.added if cell.source.strip()]
    return (*answers, *added)


def _added(cell: SubmittedCell) -> dict[str, Json]:
    kind = "code" if cell.code else "markdown"
    return {"cell": f"cell-{cell.number}", "type": kind, "source": cell.source}
