"""Decides what the shop's tables hold: the same rows for the same seed, on every Python.

Only ``Random.random()`` is used: of all of the module's methods it alone is promised to stay the
same between Python versions.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

REGIONS = ("north", "south", "east", "west")
QUIET_REGION = "islands"
FIRST_DAY = date(2025, 3, 3)
# The clocks of Berlin went forward on 30 March 2025, in the middle of these days.
DAYS = 42
CLOSED_DAYS = range(15, 22)
BOOKS_CLOSED = datetime(2025, 4, 21, 4, 0, tzinfo=UTC)
CUSTOMERS = 45
ORDERS = 380

Row = tuple[object, ...]


@dataclass
class Shop:
    """The shop while it fills."""

    random: Random
    edges: frozenset[str]
    customers: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    deliveries: dict[int, datetime] = field(default_factory=dict)
    last_event: int = 5000

    def chance(self, probability: float) -> bool:
        """Say yes with a probability, 0..1."""
        return self.random.random() < probability

    def below(self, end: int) -> int:
        """Draw a whole number from 0 up to, not including, ``end``."""
        return int(self.random.random() * end)

    def hours(self, least: float, most: float) -> timedelta:
        """Draw a time span between two numbers of hours, in whole seconds."""
        return timedelta(seconds=int((least + self.random.random() * (most - least)) * 3600))

    def has(self, edge: str) -> bool:
        """Whether an edge case is to be planted."""
        return edge in self.edges

    def event(self, order: int | None, kind: str, occurred: datetime, received: datetime) -> None:
        """Send one event, with an id of its own."""
        self.last_event += 1
        self.events.append((self.last_event, order, kind, occurred, received))


def generate(seed: int, edges: frozenset[str]) -> dict[str, list[Row]]:
    """Make one data set.

    Parameters
    ----------
    seed : int
        What the randomness starts from.
    edges : frozenset of str
        The edge cases to plant: ``null_keys``, ``duplicates``, ``late_events``, ``ties``, ``skew``,
        ``empty_groups``, ``missing_days``, ``dst``.

    Returns
    -------
    dict
        Rows per table, in an order in which foreign keys hold.
    """
    shop = Shop(Random(seed), edges)
    _fill_customers(shop)
    for order in range(1001, 1001 + ORDERS):
        _place(shop, order)
    if shop.has("ties"):
        _plant_ties(shop)
    if shop.has("duplicates"):
        _plant_copies(shop)
    shop.events.sort(key=lambda event: (event[4], event[0]))
    return {
        "customers": shop.customers,
        "orders": shop.orders,
        "order_events": shop.events,
        "deliveries": sorted(shop.deliveries.items()),
    }


def _fill_customers(shop: Shop) -> None:
    for number in range(1, CUSTOMERS + 1):
        region: str | None = REGIONS[shop.below(len(REGIONS))]
        if shop.has("null_keys") and shop.chance(0.15):
            region = None
        shop.customers.append((number, f"customer {number:03d}", region))
    if shop.has("empty_groups"):
        for number in range(CUSTOMERS + 1, CUSTOMERS + 6):
            shop.customers.append((number, f"customer {number:03d}", QUIET_REGION))


def _customer(shop: Shop) -> int | None:
    if shop.has("null_keys") and shop.chance(0.12):
        return None
    if shop.has("skew") and shop.chance(0.5):
        return 1
    return 1 + shop.below(CUSTOMERS)


def _place(shop: Shop, order: int) -> None:
    """Place an order and let it travel: packed, shipped, tried, delivered."""
    day = FIRST_DAY + timedelta(days=shop.below(DAYS))
    placed = datetime(day.year, day.month, day.day, tzinfo=UTC) + shop.hours(6, 20)
    promised = day + timedelta(days=2 + shop.below(3))
    customer, cents = _customer(shop), 500 + shop.below(40_000)
    shop.orders.append((order, customer, placed, promised, cents))
    if shop.has("empty_groups") and shop.chance(0.06):
        return  # nobody has heard of it since
    moment = placed
    for kind in ("packed", "shipped"):
        moment += shop.hours(2, 14)
        shop.event(order, kind, moment, moment + shop.hours(0, 1))
    if shop.chance(0.08):
        return  # still on its way
    if shop.chance(0.1):
        moment += shop.hours(8, 16)
        shop.event(order, "attempted", moment, moment + shop.hours(0, 1))
    _deliver(shop, order, _arrival(shop, promised))


def _arrival(shop: Shop, promised: date) -> datetime:
    """Choose when a parcel arrives: about one in four a day or more late."""
    late = 1 + shop.below(4) if shop.chance(0.26) else -shop.below(2)
    day = promised + timedelta(days=late)
    if shop.has("missing_days") and (day - FIRST_DAY).days in CLOSED_DAYS:
        day = FIRST_DAY + timedelta(days=CLOSED_DAYS.stop)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if shop.has("dst") and shop.chance(0.3):
        # 23:00 in winter is 22:00 UTC, in summer 21:00: on either side of Berlin's midnight
        return midnight + shop.hours(20.5, 23.9)
    return midnight + shop.hours(7, 19)


def _deliver(shop: Shop, order: int, arrived: datetime) -> None:
    received = arrived + shop.hours(0, 2)
    if shop.has("null_keys") and shop.chance(0.05):
        shop.event(None, "delivered", arrived, received)  # a label that nobody could read
        return
    shop.event(order, "delivered", arrived, received)
    shop.deliveries[order] = arrived
    if shop.chance(0.05):
        # handed over twice: to the neighbour, then to the customer
        again = arrived + shop.hours(5, 30)
        shop.event(order, "delivered", again, again + shop.hours(0, 2))
    if shop.has("late_events") and shop.chance(0.08):
        # an earlier hand-over, of which we hear when the books are closed
        earlier = arrived - shop.hours(1, 9)
        shop.event(order, "delivered", earlier, BOOKS_CLOSED + shop.hours(1, 90))


def _plant_copies(shop: Shop) -> None:
    """Send some events again: as they were, corrected, with and without their order."""
    for event, order, kind, occurred, received in list(shop.events):
        choice = shop.random.random()
        later = received + shop.hours(1, 50)
        if choice < 0.06:
            shop.events.append((event, order, kind, occurred, received))
        elif choice < 0.16:
            corrected = min(occurred + shop.hours(-6, 20), later)
            shop.events.append((event, order, kind, corrected, later))
        elif choice < 0.19:  # both copies at the same instant
            shop.events.append((event, order, kind, occurred - shop.hours(1, 9), received))
        elif choice < 0.23:
            # the correction says that it was another label after all
            shop.events.append((event, None, kind, occurred, later))
        elif choice < 0.26 and kind == "delivered":
            other = shop.orders[shop.below(len(shop.orders))][0]
            shop.events.append((event, other, kind, occurred, later))


def _plant_ties(shop: Shop) -> None:
    """Give three customers of every region more late orders than anybody else, two of them equal.

    The places are then 1, 2, 2, or 1, 1, 3: taking two rows is not taking two places.
    """
    order = 1001 + ORDERS
    regions: dict[object, list[int]] = {}
    for number, _, region in shop.customers[:CUSTOMERS]:
        regions.setdefault(region, []).append(int(str(number)))
    for turn, members in enumerate(regions.values()):
        for place, customer in enumerate(members[-3:]):
            for _ in range(9 if (place == 0) == (turn % 2 == 0) else 7):
                _plant_late(shop, order, customer)
                order += 1


def _plant_late(shop: Shop, order: int, customer: int) -> None:
    day = FIRST_DAY + timedelta(days=shop.below(DAYS - 8))
    placed = datetime(day.year, day.month, day.day, tzinfo=UTC) + shop.hours(6, 20)
    shop.orders.append((order, customer, placed, day + timedelta(days=1), 900 + shop.below(900)))
    arrived = placed + timedelta(days=3) + shop.hours(0, 2)
    shop.event(order, "delivered", arrived, arrived + shop.hours(0, 2))
    shop.deliveries[order] = arrived
