"""Decides what the test of the checkout holds: the same rows for the same seed, on every Python.

Only ``Random.random()`` is used: of all of the module's methods it alone is promised to stay the
same between Python versions.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

# Midnight in Berlin, where the clocks go forward on 29 March 2026: a day of 23 hours.
FIRST = datetime(2026, 3, 15, 23, tzinfo=UTC)
DAYS = 14
WINDOW = timedelta(hours=168)
VISITORS, SAMPLE_VISITORS, MANY_VISITORS = 600, 2400, 6000
COUNTRIES = ("AT", "CH", "DE", "FR", None)
SECOND = timedelta(seconds=1)
BUYS = {"control": 0.22, "treatment": 0.22}
# What is new is clicked on while it is new.
NOVEL = timedelta(days=5)
NOVEL_BUYS = 0.34
FAILS = {"control": 0.05, "treatment": 0.09}

Row = tuple[object, ...]


@dataclass
class Trial:
    """The test while it fills."""

    random: Random
    edges: frozenset[str]
    visitors: list[Row] = field(default_factory=list)
    assignments: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    last_event: int = 9000

    @property
    def size(self) -> int:
        """How many visitors come."""
        if self.has("many"):
            return MANY_VISITORS
        return SAMPLE_VISITORS if self.has("mismatch") else VISITORS

    def has(self, edge: str) -> bool:
        """Whether an edge case is to be planted."""
        return edge in self.edges

    def chance(self, probability: float) -> bool:
        """Say yes with a probability, 0..1."""
        return self.random.random() < probability

    def below(self, end: int) -> int:
        """Draw a whole number from 0 up to, not including, ``end``."""
        return int(self.random.random() * end)

    def hours(self, least: float, most: float) -> timedelta:
        """Draw a time span between two numbers of hours, in whole seconds."""
        return timedelta(seconds=int((least + self.random.random() * (most - least)) * 3600))

    def event(self, visitor: int, kind: str, moment: datetime, cents: int | None = None) -> None:
        """Send one event, with an id of its own; perhaps twice."""
        self.last_event += 1
        copies = 2 if self.has("copies") and self.chance(0.2) else 1
        self.events += [(self.last_event, visitor, kind, moment, cents)] * copies


def generate(seed: int, edges: frozenset[str]) -> dict[str, list[Row]]:
    """Make one data set.

    Parameters
    ----------
    seed : int
        What the randomness starts from.
    edges : frozenset of str
        The edge cases to plant. In assignments: ``both``, ``again``, ``mismatch``, ``nobody``; in
        visitors: ``bots``; in events: ``copies``, ``refunds``, ``early``, ``borders``, ``quiet``,
        ``novelty``; in values: ``big``, ``same``, ``vouchers``; in size: ``many``, ``one_row``.

    Returns
    -------
    dict
        Rows per table, in an order in which foreign keys hold.
    """
    trial = Trial(Random(seed), edges)
    if trial.has("one_row"):
        _plant_one_row(trial)
    else:
        for visitor in range(1, 1 + trial.size):
            _visit(trial, visitor)
    if trial.has("borders"):
        _plant_borders(trial)
    return {
        "visitors": trial.visitors,
        "assignments": trial.assignments,
        "events": trial.events,
    }


def _visit(trial: Trial, visitor: int) -> None:
    """Let one visitor come, be assigned and perhaps buy."""
    bot = trial.has("bots") and trial.chance(0.15)
    known = not trial.has("bots") or trial.chance(0.7)
    country = COUNTRIES[trial.below(len(COUNTRIES))]
    trial.visitors.append((visitor, country, bot if known or bot else None))
    if trial.has("nobody"):
        return
    variant = "treatment" if trial.chance(0.5) else "control"
    if trial.has("mismatch") and variant == "treatment" and trial.chance(0.18):
        return  # the new page did not load, and nobody wrote down for whom it should have
    moment = FIRST + timedelta(days=trial.below(DAYS)) + trial.hours(0, 24)
    _assign(trial, visitor, variant, moment)
    if bot:
        for _ in range(8):
            trial.event(visitor, "view", moment + trial.hours(0, 1))
        trial.event(visitor, "purchase", moment + trial.hours(0, 1), 1)
        return
    _behave(trial, visitor, variant, moment)


def _assign(trial: Trial, visitor: int, variant: str, moment: datetime) -> None:
    trial.assignments.append((visitor, variant, moment))
    if trial.has("both") and trial.chance(0.06):
        other = "control" if variant == "treatment" else "treatment"
        trial.assignments.append((visitor, other, moment + trial.hours(0, 60)))
    if (trial.has("again") and trial.chance(0.4)) or trial.chance(0.05):
        for _ in range(1 + trial.below(3)):
            trial.assignments.append((visitor, variant, moment + trial.hours(1, 90)))


def _behave(trial: Trial, visitor: int, variant: str, moment: datetime) -> None:
    if trial.has("quiet") and trial.chance(0.5):
        return
    trial.event(visitor, "view", moment + trial.hours(0, 1))
    if trial.chance(0.4):
        trial.event(visitor, "cart", moment + trial.hours(0, 1))
    if trial.chance(FAILS[variant]):
        trial.event(visitor, "page_error", moment + trial.hours(0, 1))
    if trial.has("early") and trial.chance(0.3):
        trial.event(visitor, "purchase", moment - trial.hours(0.1, 40), _cents(trial))
    novel = trial.has("novelty") and variant == "treatment" and moment < FIRST + NOVEL
    if trial.has("quiet") or not trial.chance(NOVEL_BUYS if novel else BUYS[variant]):
        return
    for _ in range(1 + trial.below(2)):
        bought = moment + trial.hours(0.1, 230)
        cents = _cents(trial)
        trial.event(visitor, "purchase", bought, cents)
        if cents is not None and trial.has("refunds") and trial.chance(0.3):
            trial.event(visitor, "refund", bought + trial.hours(1, 60), cents)


def _cents(trial: Trial) -> int | None:
    if trial.has("vouchers") and trial.chance(0.2):
        return None
    if trial.has("same"):
        return 2500
    return (1_900_000_000 if trial.has("big") else 900) + trial.below(9000)


def _plant_one_row(trial: Trial) -> None:
    trial.visitors.append((1, "DE", None))
    trial.assignments.append((1, "treatment", FIRST))
    trial.event(1, "purchase", FIRST + trial.hours(1, 20), 1200)


def _plant_borders(trial: Trial) -> None:
    """Let six visitors do things at the edges of their windows, on both sides of a midnight."""
    for number in range(6):
        visitor = 90_001 + number
        moment = FIRST + timedelta(days=10 + number // 2) - SECOND * (number % 2)
        trial.visitors.append((visitor, "DE", False))
        trial.assignments.append((visitor, ("control", "treatment")[number % 2], moment))
        for kind, cents in (("purchase", 1000), ("page_error", None)):
            trial.event(visitor, kind, moment - SECOND, cents)
            trial.event(visitor, kind, moment, cents and cents * 3)
            trial.event(visitor, kind, moment + WINDOW - SECOND, cents and cents * 5)
            trial.event(visitor, kind, moment + WINDOW, cents and cents * 11)
