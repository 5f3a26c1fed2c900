"""Decides how tests write questions with cases and effort: a course with other parts."""

from dataclasses import replace

from viva_grader.domain.question import Case, EffortRule, Limits, PartKind, Question

from tests.fakes.nbgrader_course import Course, autograded, course, given, solution


def by_cases(
    author: str, *cases: Case, points: float = 1, shown: str = "", limits: Limits | None = None
) -> tuple[Course, Question]:
    """Give a question with one part ``t`` that is judged by cases, its solution cell is ``s``."""
    cells = [given(shown)] if shown else []
    made = course(*cells, solution("s", author), autograded("t", "assert True", points))
    question = made.question
    part = replace(question.parts[0], kind=PartKind.CASES, cases=cases, solutions=("s",))
    return made, replace(question, parts=(part,), limits=limits or Limits(call_s=2.0))


def by_effort(author: str, rule: EffortRule, test: str = "assert f") -> tuple[Course, Question]:
    """Give a question with one part ``t`` whose work is counted."""
    made = course(solution("s", author), autograded("t", test))
    question = made.question
    part = replace(question.parts[0], effort=rule, solutions=("s",))
    return made, replace(question, parts=(part,))
