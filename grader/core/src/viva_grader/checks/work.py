"""Decides what the judging process is told about one submission."""

from dataclasses import dataclass, field

from viva_grader.callee.wire import Message
from viva_grader.checks.asked import Asked, asked_from, asked_message
from viva_grader.library.notebook_names import CellNames
from viva_grader.library.notebook_rebuild import Step, StepKind

JOB_BYTES = 256 * 1024 * 1024
"""Of one message between the grader and the process that judges."""


@dataclass(frozen=True, slots=True)
class Work:
    """All that is needed to judge the test cells of one submission.

    Attributes
    ----------
    names : dict of str to CellNames
        Of the author's own version of each cell, by its id.
    points : dict of str to float
        Greatest points per test cell, those of parts that are judged by cases included.
    files : dict of str to str
        The question's visible files, by relative path, as base64.
    text : str
        The author's notebook without its tests, prose included.
    answers : str
        The author's own answers alone.
    """

    steps: tuple[Step, ...]
    names: dict[str, CellNames]
    points: dict[str, float]
    files: dict[str, str]
    call_s: float
    part_s: float
    total_s: float
    message_bytes: int
    asked: Asked = field(default_factory=Asked)
    text: str = ""
    answers: str = ""

    @property
    def has_queries(self) -> bool:
        """Whether the question has data to ask, or its author's notebook asks some of its own."""
        return self.asked.rows or "%sql" in self.text + self.answers


def job_from(work: Work, folder: str) -> Message:
    """Give a submission's work as a message."""
    return {
        "steps": [[step.kind.value, step.cell, step.source] for step in work.steps],
        "names": {
            cell: {
                "bound": sorted(names.bound),
                "imported": sorted(names.imported),
                "imports": names.imports,
                "changed": sorted(names.changed),
                "classes": {name: sorted(methods) for name, methods in names.classes.items()},
            }
            for cell, names in work.names.items()
        },
        "points": work.points,
        "files": work.files,
        "call_s": work.call_s,
        "part_s": work.part_s,
        "total_s": work.total_s,
        "message_bytes": work.message_bytes,
        "asked": asked_message(work.asked),
        "text": work.text,
        "answers": work.answers,
        "folder": folder,
    }


def work_from(job: Message) -> Work:
    """Read what :func:`job_from` wrote."""
    return Work(
        steps=tuple(Step(StepKind(kind), cell, source) for kind, cell, source in job["steps"]),
        names={
            cell: CellNames(
                bound=frozenset(names["bound"]),
                imported=frozenset(names["imported"]),
                classes={name: frozenset(methods) for name, methods in names["classes"].items()},
                imports=names["imports"],
                changed=frozenset(names["changed"]),
            )
            for cell, names in job["names"].items()
        },
        points=job["points"],
        files=job["files"],
        call_s=job["call_s"],
        part_s=job["part_s"],
        total_s=job["total_s"],
        message_bytes=job["message_bytes"],
        asked=asked_from(job["asked"]),
        text=job["text"],
        answers=job["answers"],
    )
