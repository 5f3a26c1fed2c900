"""Decides how a query part finds its data: by the question's fixture, in the graders' databases."""

from collections.abc import Callable
from dataclasses import dataclass

from viva_grader.checks.query import check_query
from viva_grader.databases.port import Databases
from viva_grader.domain.errors import DatabaseUnavailableError
from viva_grader.domain.fixture import Fixture
from viva_grader.domain.grade import Json, Status
from viva_grader.domain.outcome import Fact, Outcome
from viva_grader.domain.question import Part, Question


@dataclass(frozen=True, slots=True)
class FixtureQueries:
    """Judges queries on the hidden variants of each question's fixture."""

    databases: Databases
    fixture: Callable[[str], Fixture]

    def check(self, question: Question, part: Part, *, submitted: str, reference: str) -> Outcome:
        """See :class:`viva_grader.domain.outcome.QueryChecker`."""
        if question.fixture is None:
            return Outcome(Status.UNSUPPORTED, None, "The question names no fixture to ask")
        try:
            verdict = check_query(
                part,
                submitted=submitted,
                reference=reference,
                fixture=self.fixture(question.fixture),
                databases=self.databases,
                limits=question.limits,
            )
        except DatabaseUnavailableError as error:
            return Outcome(Status.INFRA_ERROR, None, error.message)
        facts = tuple(_fact(data) for data in verdict.evidence)
        return Outcome(verdict.status, verdict.points, verdict.message, facts)


def _fact(data: dict[str, Json]) -> Fact:
    kind = str(data.get("kind", "query_diff"))
    return Fact(kind, {name: value for name, value in data.items() if name != "kind"})
