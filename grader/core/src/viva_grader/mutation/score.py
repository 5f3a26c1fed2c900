"""Decides how the trials of a question's mutants add up, and whether its tests are good enough."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from viva_grader.domain.grade import Json
from viva_grader.mutation.trial import Fate, Trial

GOAL = 0.95
"""Least share of the mutants that can be noticed which must be: 0..1."""


@dataclass(frozen=True, slots=True)
class MutationScore:
    """What a question's hidden tests notice.

    Attributes
    ----------
    trials : tuple of Trial
        In the order of the author's text.
    stale : tuple of str
        Ids that the author lists as equivalent although no mutant, or a killed one, bears them.
    sampled : bool
        Whether only some of the mutants were tried.
    """

    slug: str
    trials: tuple[Trial, ...]
    stale: tuple[str, ...] = ()
    sampled: bool = False

    def count(self, fate: Fate) -> int:
        """Count the mutants with one fate."""
        return sum(trial.fate is fate for trial in self.trials)

    @property
    def value(self) -> float | None:
        """Killed by killed and survived, 0..1; None where there are neither."""
        killed, survived = self.count(Fate.KILLED), self.count(Fate.SURVIVED)
        return killed / (killed + survived) if killed + survived else None

    def reaches(self, goal: float) -> bool:
        """Whether the score reaches the goal, all were judged and the author's list is right."""
        value = self.value
        fit = value is not None and value >= goal
        return fit and not self.stale and not self.count(Fate.UNJUDGED)

    def of(self, fate: Fate) -> list[Trial]:
        """Name the mutants with one fate."""
        return [trial for trial in self.trials if trial.fate is fate]

    def by_operator(self) -> dict[str, Counter[Fate]]:
        """Count fates per operator, operators in alphabetical order."""
        table: dict[str, Counter[Fate]] = {}
        for trial in sorted(self.trials, key=lambda trial: trial.mutant.operator):
            table.setdefault(trial.mutant.operator, Counter())[trial.fate] += 1
        return table

    def by_killer(self) -> dict[str, tuple[int, list[str]]]:
        """Say of each data set or part how many mutants it kills, and which it alone kills."""
        table: dict[str, tuple[int, list[str]]] = {}
        for trial in self.trials:
            for killer in trial.killers:
                killed, alone = table.get(killer, (0, []))
                only = [trial.mutant.id] if len(trial.killers) == 1 else []
                table[killer] = (killed + 1, alone + only)
        return dict(sorted(table.items()))

    def document(self, goal: float) -> dict[str, Json]:
        """Give everything as JSON; the same for the same question, on every machine."""
        value = self.value
        return {
            "question": self.slug,
            "score": None if value is None else round(value, 6),
            "goal": goal,
            "reached": self.reaches(goal),
            "sampled": self.sampled,
            "counts": {fate.value: self.count(fate) for fate in Fate},
            "operators": {
                name: {fate.value: number for fate, number in sorted(counts.items())}
                for name, counts in self.by_operator().items()
            },
            "killers": {
                name: {"killed": killed, "alone": alone}
                for name, (killed, alone) in self.by_killer().items()
            },
            "stale": list(self.stale),
            "mutants": [_mutant(trial) for trial in self.trials],
        }


def _mutant(trial: Trial) -> dict[str, Json]:
    mutant = trial.mutant
    return {
        "id": mutant.id,
        "cell": mutant.cell,
        "operator": mutant.operator,
        "change": mutant.said,
        "fate": trial.fate.value,
        "killers": list(trial.killers),
        "why": trial.why,
        "diff": list(mutant.diff),
    }


def add_up(
    slug: str, trials: Sequence[Trial], equivalents: dict[str, str], *, sampled: bool
) -> MutationScore:
    """Put the trials together and check the author's list of equivalent mutants against them."""
    fates = {trial.mutant.id: trial.fate for trial in trials}
    stale = tuple(
        name
        for name in sorted(equivalents)
        if (name not in fates and not sampled) or fates.get(name) in {Fate.KILLED, Fate.STILLBORN}
    )
    return MutationScore(slug, tuple(trials), stale, sampled)
