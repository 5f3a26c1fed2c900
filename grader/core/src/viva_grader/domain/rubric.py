"""Decides what a rubric is: dimensions with checklists, weights, and costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Share(StrEnum):
    """The three shares of the overall score."""

    DETERMINISTIC = "deterministic"
    RUBRIC = "rubric"
    COMMUNICATION = "communication"


class Twin(StrEnum):
    """Which twin of a submission a dimension is scored on a second time.

    A twin has neutral comments and canonical names. What scores differently there was not scored by
    its logic.
    """

    NONE = "none"
    """Words are what it scores: nothing may be taken away, and nothing can be compared."""
    STRINGS = "strings"
    """Strings are part of its logic, such as a status that a filter names."""
    NEUTRAL = "neutral"
    """Neither words nor strings decide it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a scorer decides by itself: met, partly, not met or not shown.

    Attributes
    ----------
    id : str
        Unique in its dimension.
    weight : int
        ≥ 1; how much it counts in the dimension's level.
    """

    id: str
    text: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing that is scored 1..5.

    Attributes
    ----------
    feeds : Share
        The share of the overall score that it is part of; correctness feeds DETERMINISTIC, by tests
        alone, and no model scores it.
    weight : float
        Its part of that share, > 0.
    anchors : dict of int to str
        What a 1, 3 and 5 look like; older rubrics say it of 2 and 4 too.
    checklist : tuple of Check
        What a scorer decides, and what the level is computed from.
    twin : Twin
        The twin that it is scored on a second time.
    """

    name: str
    title: str
    description: str
    feeds: Share
    weight: float
    anchors: dict[int, str]
    checklist: tuple[Check, ...] = ()
    twin: Twin = Twin.NONE

    def anchor(self, level: int) -> str:
        """Say what a level looks like; one without words of its own lies between its neighbours."""
        if level in self.anchors:
            return self.anchors[level]
        below = max(each for each in self.anchors if each < level)
        above = min(each for each in self.anchors if each > level)
        return f"Between {below} and {above}: {self.anchors[below]} … {self.anchors[above]}"

    @property
    def by_model(self) -> bool:
        """Whether a model may score it; what tests decide is never asked of a model."""
        return self.feeds is not Share.DETERMINISTIC


@dataclass(frozen=True, slots=True)
class QualityCosts:
    """What a finding costs of the quality share, each 0..1.

    Attributes
    ----------
    fault, trap, untidy : float
        Of one finding of that kind.
    rule_cap : float
        The most that one rule can take, however often it is broken.
    total_cap : float
        The most that all findings can take together.
    """

    fault: float = 0.15
    trap: float = 0.08
    untidy: float = 0.03
    rule_cap: float = 0.20
    total_cap: float = 0.80

    def of(self, kind: str) -> float:
        """Give the cost of one finding of a kind."""
        return {"fault": self.fault, "trap": self.trap, "untidy": self.untidy}[kind]


@dataclass(frozen=True, slots=True)
class PenaltyCosts:
    """What is taken from the deterministic score, in its points.

    Attributes
    ----------
    errors : float
        Where more than ``errors_above`` of the cases end in errors, 0..100.
    errors_above : float
        0..1.
    """

    errors: float = 5.0
    errors_above: float = 0.5


@dataclass(frozen=True, slots=True)
class Rubric:
    """A locked rubric: ``slug/version``, its dimensions and the arithmetic of the overall score.

    Attributes
    ----------
    weights : dict of Share to float
        Sum to 1; 0.45, 0.45, 0.10 by default.
    deterministic : dict of str to float
        Points of each share of the deterministic score: correctness 70, performance 15, quality 10,
        reproducibility 5.
    verdicts : tuple of (str, float)
        A recommendation and the least overall score for it, best first; the last one's is 0.
    least_confidence : float
        0..1: below it no verdict is recommended.
    quality, penalties : QualityCosts, PenaltyCosts
        The other coefficients of the deterministic score; a rubric that names none has the
        defaults, which never change.
    role, level : str
        Whom it is for, such as ``data_scientist`` and ``senior``; empty in older ones.
    expects : str
        What a 3 is at this level, in a few words; anchors are read by it.
    """

    slug: str
    version: str
    title: str
    dimensions: tuple[Dimension, ...]
    weights: dict[Share, float]
    deterministic: dict[str, float]
    verdicts: tuple[tuple[str, float], ...]
    sha256: str
    least_confidence: float = 0.5
    quality: QualityCosts = field(default_factory=QualityCosts)
    penalties: PenaltyCosts = field(default_factory=PenaltyCosts)
    role: str = ""
    level: str = ""
    expects: str = ""

    def scored(self) -> tuple[Dimension, ...]:
        """Give the dimensions that a model may score."""
        return tuple(each for each in self.dimensions if each.by_model)

    def with_checks(self, checks: Mapping[str, tuple[Check, ...]]) -> "Rubric":
        """Add a question's own checks, by dimension; the lock's hash stays that of the file."""
        return replace(
            self,
            dimensions=tuple(
                replace(each, checklist=each.checklist + checks.get(each.name, ()))
                for each in self.dimensions
            ),
        )

    @property
    def name(self) -> str:
        """``slug/version``."""
        return f"{self.slug}/{self.version}"
