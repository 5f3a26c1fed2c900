"""Decides what a judge is told of a question: the task, the author's answer, and others as good."""

import re
from typing import Final

from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Question
from viva_grader.library.notebook import Role, read_author

_MARK: Final = re.compile(r"^\s*(#|--)+\s*(BEGIN|END)\s+SOLUTION\s*$", re.MULTILINE)


def task_text(question: Question) -> str:
    """Tell the task: the same for every submission, so that endpoints can cache it."""
    sections = [
        f"Task\nQuestion: {question.title} ({question.kind}, {question.level})\n\n{question.brief}"
    ]
    answers = [
        f"{cell.id}\n{_MARK.sub('', cell.source).strip()}"
        for cell in read_author(question.source)
        if cell.role in {Role.SOLUTION, Role.WRITTEN}
    ]
    if answers:
        sections.append(
            "The author's own answer: one good one, not the only one\n\n" + "\n\n".join(answers)
        )
    if question.judging.alternatives:
        others = "\n".join(f"- {each}" for each in question.judging.alternatives)
        sections.append(f"As good as the author's\n{others}")
    return "\n\n".join(sections)


def verdicts_text(grade: Grade) -> str:
    """Tell what tests decided, by part."""
    parts = "\n".join(
        f"- {item.part} ({item.kind}): {item.status.value},"
        f" {'no points yet' if item.points is None else f'{item.points:g}'}"
        f" of {item.max_points:g}"
        for item in grade.items
    )
    return f"What hidden tests decided, by part\n{parts}"
