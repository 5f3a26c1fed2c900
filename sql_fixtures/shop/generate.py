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
CUSTOMERS = 45
ORDERS = 380
# A small shop: enough for one edge case, and quick to make.
FEW_CUSTOMERS = 14
FEW_ORDERS = 110
# A large one: what a query reads too often is seen in its plan.
MANY_CUSTOMERS = 400
MANY_ORDERS = 4000
# The clocks of Berlin went back on 26 October 2025; the year ends in the middle of its days.
AUTUMN = date(2025, 10, 6)
NEW_YEAR = date(2025, 12, 8)
HUGE_CENTS = 2_000_000_000
ODD_REGIONS = ("North", "north", "north ", "nörd", "Ünknown", "北", "")

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

    @property
    def first_day(self) -> date:
        """The day of the first orders."""
        if self.has("autumn"):
            return AUTUMN
        return NEW_YEAR if self.has("new_year") else FIRST_DAY

    @property
    def books_closed(self) -> datetime:
        """Until when events were booked: early in the morning, a week after the last orders."""
        day = self.first_day + timedelta(days=DAYS + 7)
        return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)

    @property
    def known_customers(self) -> int:
        """How many customers may order."""
        if self.has("many"):
            return MANY_CUSTOMERS
        return FEW_CUSTOMERS if self.has("few") else CUSTOMERS

    @property
    def placed_orders(self) -> int:
        """How many orders are drawn."""
        if self.has("many"):
            return MANY_ORDERS
        return FEW_ORDERS if self.has("few") else ORDERS

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
        The edge cases to plant. In keys: ``null_keys``, ``guests``; in events: ``duplicates``,
        ``chains``, ``late_events``, ``calls``, ``silence``; in counts: ``ties``, ``skew``,
        ``empty_groups``, ``punctual``; in time: ``missing_days``, ``dst``, ``autumn``,
        ``new_year``, ``borders``; in values: ``odd_text``, ``odd_amounts``; in size: ``few``,
        ``many``, ``one_row``.

    Returns
    -------
    dict
        Rows per table, in an order in which foreign keys hold.
    """
    shop = Shop(Random(seed), edges)
    if shop.has("one_row"):
        _plant_one_row(shop)
        return _tables(shop)
    _fill_customers(shop)
    for order in range(1001, 1001 + shop.placed_orders):
        _place(shop, order)
    if shop.has("ties"):
        _plant_ties(shop)
    if shop.has("duplicates"):
        _plant_copies(shop)
    if shop.has("chains"):
        _plant_chains(shop)
    if shop.has("borders"):
        _plant_borders(shop)
    if shop.has("calls"):
        _plant_calls(shop)
    if shop.has("silence"):
        shop.events.clear()  # no carrier sent anything; what was booked had come by telephone
    return _tables(shop)


def _tables(shop: Shop) -> dict[str, list[Row]]:
    shop.events.sort(key=lambda event: (event[4], event[0]))
    return {
        "customers": shop.customers,
        "orders": shop.orders,
        "order_events": shop.events,
        "deliveries": sorted(shop.deliveries.items()),
    }


def _fill_customers(shop: Shop) -> None:
    for number in range(1, shop.known_customers + 1):
        region: str | None = REGIONS[shop.below(len(REGIONS))]
        if shop.has("odd_text"):
            region = ODD_REGIONS[number % len(ODD_REGIONS)]
        if shop.has("null_keys") and shop.chance(0.15):
            region = None
        shop.customers.append((number, f"customer {number:03d}", region))
    if shop.has("empty_groups"):
        for number in range(shop.known_customers + 1, shop.known_customers + 6):
            shop.customers.append((number, f"customer {number:03d}", QUIET_REGION))


def _customer(shop: Shop) -> int | None:
    if shop.has("null_keys") and shop.chance(0.12):
        return None
    if shop.has("guests") and shop.chance(0.8):
        return None
    if shop.has("skew") and shop.chance(0.5):
        return 1
    return 1 + shop.below(shop.known_customers)


def _cents(shop: Shop) -> int:
    if not shop.has("odd_amounts"):
        return 500 + shop.below(40_000)
    # credit notes, gifts, and one wholesale order after another: their sum is no integer of 32 bits
    odd = (0, -shop.below(30_000) - 1, HUGE_CENTS + shop.below(100_000_000), 1 + shop.below(500))
    return odd[shop.below(len(odd))]


def _place(shop: Shop, order: int) -> None:
    """Place an order and let it travel: packed, shipped, tried, delivered."""
    day = shop.first_day + timedelta(days=shop.below(DAYS))
    placed = datetime(day.year, day.month, day.day, tzinfo=UTC) + shop.hours(6, 20)
    promised = day + timedelta(days=2 + shop.below(3))
    customer, cents = _customer(shop), _cents(shop)
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
    _deliver(shop, order, _arrival(shop, promised, late=_is_late(shop, customer)))


def _is_late(shop: Shop, customer: int | None) -> bool:
    """Choose whether a parcel is late: about one in four; of a punctual shop, one customer's."""
    drawn = shop.chance(0.26)
    return customer == 1 if shop.has("punctual") else drawn


def _arrival(shop: Shop, promised: date, *, late: bool) -> datetime:
    """Choose when a parcel arrives: where it is late, by a day or more."""
    day = promised + timedelta(days=1 + shop.below(4) if late else -shop.below(2))
    if shop.has("missing_days") and (day - shop.first_day).days in CLOSED_DAYS:
        day = shop.first_day + timedelta(days=CLOSED_DAYS.stop)
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
        shop.event(order, "delivered", earlier, shop.books_closed + shop.hours(1, 90))


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
    order = 1001 + shop.placed_orders
    regions: dict[object, list[int]] = {}
    for number, _, region in shop.customers[: shop.known_customers]:
        regions.setdefault(region, []).append(int(str(number)))
    for turn, members in enumerate(regions.values()):
        for place, customer in enumerate(members[-3:]):
            for _ in range(9 if (place == 0) == (turn % 2 == 0) else 7):
                _plant_late(shop, order, customer)
                order += 1


def _plant_late(shop: Shop, order: int, customer: int) -> None:
    day = shop.first_day + timedelta(days=shop.below(DAYS - 8))
    placed = datetime(day.year, day.month, day.day, tzinfo=UTC) + shop.hours(6, 20)
    shop.orders.append((order, customer, placed, day + timedelta(days=1), 900 + shop.below(900)))
    arrived = placed + timedelta(days=3) + shop.hours(0, 2)
    shop.event(order, "delivered", arrived, arrived + shop.hours(0, 2))
    shop.deliveries[order] = arrived


def _plant_chains(shop: Shop) -> None:
    """Correct some events several times, back and forth, and let the corrections come shuffled.

    The last word is by the time of receipt; neither the latest nor the earliest occurrence, nor
    the order of arrival in the table says it.
    """
    for event, order, kind, occurred, received in list(shop.events):
        if not shop.chance(0.25):
            continue
        received_at = received
        for turn in range(2 + shop.below(3)):
            received_at += shop.hours(0.2, 9)
            shift = shop.hours(1, 20)
            corrected = occurred - shift if turn % 2 else min(occurred + shift, received_at)
            belongs = None if kind == "delivered" and shop.chance(0.15) else order
            shop.events.append((event, belongs, kind, corrected, received_at))


def _plant_borders(shop: Shop) -> None:
    """Deliver at Berlin's midnight, a second before and after, of the promised day and the next.

    Among them is the midnight between two months, in winter time or in summer time.
    """
    order = 1 + max(int(str(row[0])) for row in shop.orders)
    winter = [datetime(2025, 3, 12 + turn, 23, 0, tzinfo=UTC) for turn in range(12)]
    month_ends = [datetime(2025, 3, 31, 22, 0, tzinfo=UTC)] * 3
    if shop.has("new_year"):
        winter, month_ends = [], [datetime(2025, 12, 31, 23, 0, tzinfo=UTC)] * 6
    for turn, midnight in enumerate(winter + month_ends):
        promised = midnight.date() + timedelta(days=turn % 2)
        arrived = midnight + timedelta(seconds=turn % 3 - 1)
        placed = arrived - timedelta(days=2)
        shop.orders.append((order, 1 + turn % 5, placed, promised, 1000 + turn))
        shop.event(order, "delivered", arrived, arrived)
        shop.deliveries[order] = arrived
        order += 1


def _plant_calls(shop: Shop) -> None:
    """Book deliveries when their customers call, hours before any event says that they came."""
    order = 1 + max(int(str(row[0])) for row in shop.orders)
    for turn in range(5):
        day = shop.first_day + timedelta(days=10 + turn)
        placed = datetime(day.year, day.month, day.day, 8, 0, tzinfo=UTC)
        called = placed + timedelta(days=1, hours=turn)
        scanned = called + timedelta(hours=3)
        shop.orders.append((order, 1 + turn, placed, day + timedelta(days=3), 2000 + turn))
        shop.event(order, "delivered", scanned, scanned)
        shop.deliveries[order] = called
        order += 1


def _plant_one_row(shop: Shop) -> None:
    """One customer without a region, one order, delivered late, one event."""
    day = shop.first_day
    placed = datetime(day.year, day.month, day.day, tzinfo=UTC) + shop.hours(6, 20)
    arrived = placed + timedelta(days=3)
    shop.customers.append((1, "customer 001", None))
    shop.orders.append((1001, 1, placed, day + timedelta(days=1), 500 + shop.below(40_000)))
    shop.event(1001, "delivered", arrived, arrived + shop.hours(0, 2))
    shop.deliveries[1001] = arrived
