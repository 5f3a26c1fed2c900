"""Decides how a query part finds its data: by the question's fixture, in the graders' databases."""

from collections.abc import Callable
from dataclasses import dataclass

from viva_grader.checks.query import check_query, query_limits
from viva_grader.checks.sql_cell import NotSqlCellError, UnsupportedSqlCellError, parse_sql_cell
from viva_grader.databases.port import Answer, Databases, ProblemKind, QueryProblem
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

    def run_for_frame(self, question: Question, cell: str) -> Answer:
        """Run a ``%%sql name <<`` cell on the sample: the frame that an author's tests expect.

        Parameters
        ----------
        cell : str
            The whole source of the cell.

        Raises
        ------
        DatabaseUnavailableError
            If no database can be started.
        """
        if question.fixture is None:
            return QueryProblem(ProblemKind.REFUSED, "the question names no fixture to ask")
        try:
            sql = parse_sql_cell(cell).sql
        except (NotSqlCellError, UnsupportedSqlCellError) as error:
            return QueryProblem(ProblemKind.REFUSED, str(error))
        fixture = self.fixture(question.fixture)
        limits = query_limits(question.limits)
        return self.databases.query(fixture, fixture.sample.name, sql, limits)
