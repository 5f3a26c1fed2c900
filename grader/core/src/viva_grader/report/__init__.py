"""Decides what a hiring team reads: a report in which every number carries its evidence."""

from viva_grader.domain.decision import DimensionDecision
from viva_grader.report.build import build_report
from viva_grader.report.document import REPORT_SCHEMA, Report
from viva_grader.report.facts import (
    Answer,
    InterviewFacts,
    Moment,
    QuestionFacts,
    Receipt,
    Remark,
    question_facts,
)
from viva_grader.report.html import render_fragment, render_html, stylesheet

__all__ = [
    "REPORT_SCHEMA",
    "Answer",
    "DimensionDecision",
    "InterviewFacts",
    "Moment",
    "QuestionFacts",
    "Receipt",
    "Remark",
    "Report",
    "build_report",
    "question_facts",
    "render_fragment",
    "render_html",
    "stylesheet",
]
