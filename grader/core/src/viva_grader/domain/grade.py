"""Decides what a grade is: a value per part, the evidence behind it, and one hash over all."""

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

SCHEMA = "viva.grade/2"

Json = Any  # as json.loads gives it; validated where it crosses a zone


class Status(StrEnum):
    """An item's verdict, as a value."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    CANDIDATE_ERROR = "candidate_error"
    """The candidate's code raised, exited or answered with what is no answer."""
    TIMEOUT = "timeout"
    INFRA_ERROR = "infra_error"
    """Our fault: to be retried, and never a zero."""
    UNSUPPORTED = "unsupported"
    """Something that this grader cannot carry across processes yet: a person decides."""
    UNSCORED = "unscored"
    """Not for tests: a rubric or a person scores it."""

    @property
    def has_points(self) -> bool:
        """Whether this verdict decides points; otherwise they are null, never 0."""
        return self not in {Status.INFRA_ERROR, Status.UNSUPPORTED, Status.UNSCORED}


class GradeStatus(StrEnum):
    """What became of one submission."""

    GRADED = "graded"
    INCOMPLETE = "incomplete"
    """At least one automatic part has no points: there is no automatic score yet."""
    REFUSED = "refused"
    """Not an answer to this question: nothing was run."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something stands in a submission.

    Attributes
    ----------
    cell : str
        The grade_id of the cell, or ``cell-<n>`` for a cell of the candidate's own.
    start, end : int
        First and last line, counted from 1, both inclusive.
    """

    cell: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One stored fact, by which a number can be defended.

    Attributes
    ----------
    id : str
        ``F001``, ``F002``, … in the order of the notebook.
    kind : str
        ``test``, ``query_diff``, ``cell_error``, …
    part : str
        The part that it speaks of.
    data : dict
        JSON; deterministic: no time, no path, no address.
    """

    id: str
    kind: str
    part: str
    data: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Item:
    """The verdict on one part; ``points`` is None where the verdict decides none."""

    part: str
    kind: str
    status: Status
    points: float | None
    max_points: float
    message: str
    citations: tuple[Citation, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """What tests say of one submission: the same bytes for the same input, always.

    Attributes
    ----------
    auto_score, max_score : float or None
        Sum over the automatic parts; ``auto_score`` is None while one of them has no points.
    deterministic_score : float or None
        0..100, see :mod:`viva_grader.score.deterministic`.
    shares : dict
        What the deterministic score was made of: per share its ``weight``, its ``value`` in 0..1 or
        None, ``said``: what that means, and the ids of its ``evidence``.
    penalties : tuple of dict
        What was taken from it: ``points``, ``why``, and the ids of the ``evidence``.
    environment : dict of str to str
        Versions and digests that the grade depends on.
    cells : tuple of dict
        The graded source: ``{"cell": id, "type": …, "source": …}``, what citations point into.
    aside : dict
        What may differ between two gradings of the same bytes: times, memory, traces. It is no part
        of the document nor of its hash.
    """

    status: GradeStatus
    submission_sha256: str
    question: str
    question_sha256: str
    items: tuple[Item, ...]
    evidence: tuple[Evidence, ...]
    auto_score: float | None
    max_score: float
    deterministic_score: float | None
    shares: dict[str, Json] = field(default_factory=dict[str, Json])
    environment: dict[str, str] = field(default_factory=dict[str, str])
    cells: tuple[dict[str, Json], ...] = ()
    penalties: tuple[dict[str, Json], ...] = ()
    aside: dict[str, Json] = field(default_factory=dict[str, Json])

    def document(self) -> dict[str, Json]:
        """Give the grade as JSON, without its hash."""
        return {
            "schema": SCHEMA,
            "status": self.status.value,
            "submission_sha256": self.submission_sha256,
            "question": self.question,
            "question_sha256": self.question_sha256,
            "items": [
                {
                    "part": item.part,
                    "kind": item.kind,
                    "status": item.status.value,
                    "points": item.points,
                    "max_points": item.max_points,
                    "message": item.message,
                    "citations": [
                        {"cell": c.cell, "start": c.start, "end": c.end} for c in item.citations
                    ],
                    "evidence": list(item.evidence),
                }
                for item in self.items
            ],
            "evidence": [
                {"id": e.id, "kind": e.kind, "part": e.part, "data": e.data} for e in self.evidence
            ],
            "auto_score": self.auto_score,
            "max_score": self.max_score,
            "deterministic_score": self.deterministic_score,
            "shares": self.shares,
            "penalties": list(self.penalties),
            "environment": self.environment,
            "cells": list(self.cells),
        }

    @property
    def sha256(self) -> str:
        """Hex digest of the canonical JSON of :meth:`document`."""
        return hashlib.sha256(canonical(self.document())).hexdigest()


def canonical(document: Json) -> bytes:
    """JSON with sorted keys and no white space, UTF-8: one document, one byte string.

    Raises
    ------
    ValueError
        For NaN and infinities, which JSON has no words for.
    """
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode("utf-8", "surrogatepass")


def plain(value: Json) -> Json:
    """Tuples as lists, so that a document equals what JSON gives back."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in cast("dict[str, Json]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in cast("list[Json]", value)]
    return value
