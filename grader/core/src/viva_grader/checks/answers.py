"""Decides what is asked for a query part: the author's answers and the candidate's, by variant."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from viva_grader.checks.compare import compare, unknown_columns
from viva_grader.checks.plan import Planned
from viva_grader.databases.port import (
    Answer,
    Databases,
    ProblemKind,
    QueryLimits,
    QueryProblem,
    ResultSet,
    Script,
)
from viva_grader.domain.fixture import Fixture, Variant
from viva_grader.domain.question import QueryRule

# The other variants would end alike, take as long, and say no more.
_ENDS = {ProblemKind.TIMEOUT, ProblemKind.CRASHED, ProblemKind.LIMIT, ProblemKind.UNDECIDED}

Expected = dict[str, tuple[ResultSet, ...]]


class UnusableReferenceError(Exception):
    """The author's own query has no answer to compare with: the one line says why."""

    def __init__(self, variant: str, why: str) -> None:
        super().__init__(why)
        self.variant = variant


@dataclass(frozen=True, slots=True)
class Asked:
    """One part's question to the databases.

    Attributes
    ----------
    submitted, reference : str
        Statements, without ``%%sql``.
    """

    rule: QueryRule
    fixture: Fixture
    databases: Databases
    limits: QueryLimits
    submitted: str
    reference: str

    def expected(self) -> Expected:
        """Ask the author's query everywhere.

        Raises
        ------
        UnusableReferenceError
            If it fails somewhere, gives rows nowhere, lacks a column of the rule, or changes
            nothing that can be seen.
        """
        found: Expected = {}
        for variant, answers in self._references():
            found[variant] = tuple(_usable(variant, answer) for answer in answers)
            strange = [name for one in found[variant] for name in unknown_columns(one, self.rule)]
            if strange and not self.rule.changes:
                why = f"it has no column {strange[0]}, of which the question's rule speaks"
                raise UnusableReferenceError(variant, why)
        first = self.fixture.hidden[0].name
        if not any(one.rows for answers in found.values() for one in answers):
            raise UnusableReferenceError(first, "it gives no rows on any data set")
        if self.rule.changes and self._changes_nothing(found):
            raise UnusableReferenceError(first, "what it changes cannot be seen")
        return found

    def answers(self) -> Iterator[tuple[str, tuple[Answer, ...] | QueryProblem]]:
        """Ask the candidate's query on one hidden variant after the other, until it is hopeless."""
        if self.rule.changes:
            yield from self._changed(self.submitted, remember=False).items()
            return
        for variant in sorted(self.fixture.hidden, key=lambda variant: variant.scale):
            answer = self.databases.query(self.fixture, variant.name, self.submitted, self.limits)
            if isinstance(answer, QueryProblem):
                yield variant.name, answer
                if answer.kind in _ENDS:
                    return
            else:
                yield variant.name, (answer,)

    def repeats(self) -> bool | None:
        """Ask the candidate's query twice more on one variant: whether both give the same rows.

        The order of rows is left out of it where the question leaves it out.

        Returns
        -------
        bool or None
            None where that cannot be told: the answer changes data, or the second time had no end.
        """
        if self.rule.changes:
            return None
        name = min(self.fixture.hidden, key=lambda variant: variant.scale).name
        one, other = (
            self.databases.query(self.fixture, name, self.submitted, self.limits) for _ in "12"
        )
        if isinstance(one, QueryProblem) or isinstance(other, QueryProblem):
            return None
        return compare(one, other, QueryRule(self.rule.solution, column_order=True)) is None

    def is_scale(self, variant: str) -> bool:
        """Whether a variant is a large one."""
        return any(each.scale for each in self.fixture.hidden if each.name == variant)

    def plans(self, without: Collection[str]) -> list[Planned]:
        """Ask for both plans on the first hidden variant, and on the first of the large ones."""
        if self.rule.changes:
            return []
        small = [variant for variant in self.fixture.hidden if not variant.scale]
        large = [variant for variant in self.fixture.hidden if variant.scale]
        found: list[Planned] = []
        for variant in (*small[:1], *large[:1]):
            if variant.name in without:
                continue
            plans = self._plans_on(variant)
            if plans:
                found.append(plans)
        return found

    def _plans_on(self, variant: Variant) -> Planned | None:
        ask = self.databases.plan
        theirs = ask(self.fixture, variant.name, self.reference, self.limits, remember=True)
        if isinstance(theirs, QueryProblem):
            return None
        mine = ask(self.fixture, variant.name, self.submitted, self.limits, remember=False)
        return None if isinstance(mine, QueryProblem) else Planned(variant.name, mine, theirs)

    def _references(self) -> Iterator[tuple[str, tuple[Answer, ...]]]:
        if self.rule.changes:
            for variant, said in self._changed(self.reference, remember=True).items():
                yield variant, (said,) if isinstance(said, QueryProblem) else said
            return
        for variant in self.fixture.hidden:
            yield variant.name, (self._remembered(variant.name, self.reference),)

    def _remembered(self, variant: str, sql: str) -> Answer:
        return self.databases.remembered(self.fixture, variant, sql, self.limits)

    def _changed(self, sql: str, *, remember: bool) -> dict[str, tuple[Answer, ...] | QueryProblem]:
        script = Script(sql, several=self.rule.statements == "several", look=self.rule.look)
        return self.databases.change(self.fixture, script, self.limits, remember=remember)

    def _changes_nothing(self, expected: Expected) -> bool:
        """Whether no look sees a difference anywhere: to do nothing would be right."""
        for variant, answers in expected.items():
            for sql, after in zip(self.rule.look, answers, strict=True):
                before = self._remembered(variant, sql)
                if isinstance(before, QueryProblem) or compare(after, before, self.rule):
                    return False
        return True


def _usable(variant: str, answer: Answer) -> ResultSet:
    if isinstance(answer, QueryProblem):
        if answer.kind is ProblemKind.UNDECIDED:
            raise UnusableReferenceError(variant, answer.message)
        raise UnusableReferenceError(variant, f"{answer.message} {answer.detail}".strip())
    return answer
