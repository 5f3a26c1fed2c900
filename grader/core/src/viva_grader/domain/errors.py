"""Decides which mistakes have a name: one tree, each with a code and a message safe to show."""


class VivaError(Exception):
    """Something went wrong, and the message says what, where and what to do, in one line.

    Attributes
    ----------
    code : str
        Stable, dotted, lower case: what programs and documents refer to.
    exit_status : int
        The exit status of a command that stops with this error, 1..125.
    """

    code = "viva.error"
    exit_status = 1

    @property
    def message(self) -> str:
        """The one line to show; never holds a secret, a hidden value or a traceback."""
        return str(self.args[0]) if self.args else self.code


class BadSubmissionError(VivaError):
    """A submission cannot be read as an answer to its question."""

    code = "submission.unreadable"
    exit_status = 2


class WrongQuestionError(BadSubmissionError):
    """A readable notebook that answers another question."""

    code = "submission.wrong_question"


class BadQuestionError(VivaError):
    """A question's folder or notebook breaks its format."""

    code = "question.invalid"
    exit_status = 2


class BadGradeError(VivaError):
    """A stored grade that cannot be used: no grade, or without its submission."""

    code = "grade.unusable"
    exit_status = 2


class BadRubricError(VivaError):
    """A rubric's file breaks its format."""

    code = "rubric.invalid"
    exit_status = 2


class BadEvaluationError(VivaError):
    """A file is no stored evaluation, no final score, or no anchor."""

    code = "rubric.evaluation_invalid"
    exit_status = 2


class DifferingFiguresError(VivaError):
    """A stored figure is not what its own record gives."""

    code = "explain.differs"


class RefusedDecisionError(VivaError):
    """A level that no person may give: tests decide that dimension, or there is no such level."""

    code = "decision.refused"
    exit_status = 2


class BadFixtureError(VivaError):
    """A SQL fixture's folder breaks its format."""

    code = "fixture.invalid"
    exit_status = 2


class SandboxUnavailableError(VivaError):
    """No sandbox can be started on this machine."""

    code = "sandbox.unavailable"


class GraderFailedError(VivaError):
    """The grader itself went wrong on one submission: its batch goes on."""

    code = "grader.failed"


class DatabaseUnavailableError(VivaError):
    """No PostgreSQL instance can be started on this machine."""

    code = "database.unavailable"


class ModelUnavailableError(VivaError):
    """The model gave no usable answer; what it should have scored stays unscored."""

    code = "model.unavailable"
