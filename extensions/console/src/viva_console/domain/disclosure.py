"""Decides what a candidate consents to: what is recorded, and which AI takes part."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The words that consent is given to; only what is switched on is named.

    Attributes
    ----------
    version : str
        The first 16 hex digits of the SHA-256 of the words: consent names exactly these.
    """

    recorded: tuple[str, ...]
    ai: tuple[str, ...]

    @property
    def version(self) -> str:
        """What the record of a consent names."""
        text = "\n".join(["recorded", *self.recorded, "ai", *self.ai])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Consent:
    """What a candidate agreed to: the version of the words shown, and when."""

    version: str
    at: datetime


def disclosure(*, rubric_model: bool) -> Disclosure:
    """Say what happens in this installation.

    Parameters
    ----------
    rubric_model : bool
        Whether a language model scores what tests cannot.
    """
    recorded = (
        "Every change to your notebooks and their outputs, with its time, so that none is lost.",
        "Your notebooks as they stand when you submit, or when time is up, with a time and a hash.",
        "When you consented, entered the room and submitted.",
        "When your room was away by our fault, and the time that was added for it.",
        "What the tests and queries of the grader found in your submission.",
        "What people who review your submission decide, and write about it.",
    )
    tests = "No AI takes part: tests score your work, and people read it."
    model = (
        "After you submit, a language model scores what tests cannot, by a written rubric. "
        "It sees your submission without your name. "
        "A person decides; there is no automatic rejection."
    )
    return Disclosure(recorded, (model,) if rubric_model else (tests,))
