"""Decides how a query part finds its data: by the question's fixture, in the graders' databases."""

from collections.abc import Callable
from dataclasses import dataclass

from viva_grader.checks.query import check_query
from viva_grader.databases.port import Databases
from viva_grader.domain.errors import DatabaseUnavailableError
from viva_grader.domain.fixture import Fixture
from viva_grader.domain.grade import Status
from viva_grader.domain.outcome import Outcome
from viva_grader.domain.question import Part, Question

_ATTEMPTS = 2
"""How often an answer is asked for where the fault was ours."""


@dataclass(frozen=True, slots=True)
class FixtureQueries:
    """Judges queries on the hidden variants of each question's fixture."""

    databases: Databases
    fixture: Callable[[str], Fixture]

    def check(self, question: Question, part: Part, *, submitted: str, reference: str) -> Outcome:
        """See :class:`viva_grader.domain.outcome.QueryChecker`."""
        if question.fixture is None:
            return Outcome(Status.UNSUPPORTED, None, "The question names no fixture to ask")
        outcome = Outcome(Status.INFRA_ERROR, None, "The query was not asked: grade it again")
        for _ in range(_ATTEMPTS):
            try:
                outcome = check_query(
                    part,
                    submitted=submitted,
                    reference=reference,
                    fixture=self.fixture(question.fixture),
                    databases=self.databases,
                    limits=question.limits,
                )
            except DatabaseUnavailableError as error:
                outcome = Outcome(Status.INFRA_ERROR, None, error.message)
            if outcome.status is not Status.INFRA_ERROR:
                break
        return outcome
